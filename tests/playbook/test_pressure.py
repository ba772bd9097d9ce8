"""Pressure on candidates: found where it is, and not where it is not; each with what to write."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.playbook.pressure import (
    pressure_in,
    read_rules,
    shipped_rules,
    with_own,
)
from worker.playbook.templates.pressing import pressure_in_template
from worker.problems import Mistakes, render_all

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
RULES = shipped_rules()


def found(text: str) -> set[str]:
    """Name the rules that a text breaks."""
    return {finding.rule.id for finding in pressure_in(text, RULES)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_finds_its_own_example_and_says_why(rule: object) -> None:
    """A rule without an example, a reason, a better way or a source is no rule."""
    (one,) = [known for known in RULES if known is rule]

    assert found(one.example) == {one.id}
    assert all(one.why)
    assert all(one.instead)
    assert one.source


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("他社の内定は、すべて辞退していただけますか。", "decline-others"),
        ("ほかの会社の選考を\nお断りいただいたうえで、ご返信ください。", "decline-others"),
        ("Please decline all other offers before you sign.", "decline-others"),
        ("内定をお受けいただく場合、就活は終了してください。", "stop-job-hunting"),
        ("就職活動を本日で終えていただくことが前提です。", "stop-job-hunting"),
        ("We ask you to stop your job hunt now.", "stop-job-hunting"),
        ("今日中に承諾のご返信をお願いします。", "hasty-answer"),
        ("至急、ご回答ください。", "hasty-answer"),
        ("3日以内に入社のご決断をお願いします。", "hasty-answer"),
        ("Let us know by tomorrow.", "hasty-answer"),
        ("You have to accept within 24 hours", "hasty-answer"),
        ("辞退されるのはもったいないと思います。", "persuade-again"),
        ("もう一度、考え直してもらえませんか。", "persuade-again"),
        ("Please reconsider your decision.", "persuade-again"),
        ("同期の皆さんはすでに全員、書類を提出しています。", "compare"),
        ("Everyone else has accepted.", "compare"),
        ("メールを開封されていないようですが、お元気ですか。", "watched"),
        ("ページへのアクセス状況を見てご連絡しました。", "watched"),
        ("We noticed that you have not opened our mail.", "watched"),
        ("SNSを拝見しました。", "watched"),
        ("研修への参加は義務です。", "binding"),
        ("懇親会には必ず参加してください。", "binding"),
        ("Attendance is mandatory.", "binding"),
        ("入社されない場合、研修費用を請求いたします。", "penalty"),
        ("連絡がない場合は内定を取り消します。", "penalty"),
        ("We may revoke your offer.", "penalty"),
        ("入社することを誓約する書類です。", "promise"),
        ("内定の条件として、ほかの選考を受けないこととします。", "promise"),
        ("ご両親の署名をいただいてください。", "guardian"),
        ("学校推薦の書類をご用意ください。", "recommendation"),
        ("席を空けて待っていますので、困ります。", "guilt"),
        ("弊社は第一志望でしょうか。", "probing"),
        ("先着順で承諾を締め切ります。", "scarcity"),
        ("再三ご連絡していますが、お返事がありません。", "chasing"),
        ("Why have you not answered our mails?", "chasing"),
    ],
)
def test_pressure_is_found(text: str, rule: str) -> None:
    """What a candidate would feel as pressure is found, across line breaks, in both languages."""
    assert rule in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "他社の選考を辞退していただく必要はありません。",
        "他社に進まれるとのこと、辞退のご連絡をありがとうございました。ご辞退のお手続きは不要です。",
        "就職活動、お疲れさまでした。",
        "就職活動を続けるかどうかは、ご自身で決めてください。",
        "就職活動を終えることを求めるものではありません。",
        "48時間以内に、こちらからお返事いたします。",
        "ご質問には本日中に返信します。",
        "お急ぎではありませんので、ご都合のよいときにお返事ください。",
        "今すぐのご返信は必要ありません。",
        "4月30日ごろまでにお返事をいただければ十分です。",
        "辞退されたいときは、いつでもご連絡ください。",
        "皆さんにお会いできるのを楽しみにしています。",
        "すでにご提出いただいた方は、行き違いですのでご容赦ください。",
        "下のリンクをクリックして、内容を確認してください。",
        "オフィスへのアクセスはこちらです。",
        "履歴書を拝見しました。",
        "参加は任意です。欠席しても評価に影響はありません。",
        "ご都合がよければ、ぜひご参加ください。",
        "内定を取り消すことはありません。",
        "辞退されても費用は一切かかりません。",
        "ご家族にも読んでいただけるパンフレットを同封します。",
        "お席をご用意してお待ちしています。",
        "気になっていることがあれば教えてください。",
        "面接では、志望理由をお聞かせいただきありがとうございました。",
        "メールが届いているか気になり、ご連絡しました。",
        "There is no need to decline your other offers.",
        "There is no rush; answer whenever it suits you, we will reply within 24 hours.",
        "You are free to go on with your job search elsewhere.",
        "If you ever change your mind, our door is open.",
        "Attendance is optional and will not affect anything.",
        "We are sorry that we cannot go on together, and thank you for your time.",
        "Please let us know what you would like to ask.",
    ],
)
def test_kind_words_are_left_alone(text: str) -> None:
    """Saying that nothing is asked for, offering time, thanking: none of it is pressure."""
    assert found(text) == set()


@pytest.mark.parametrize("path", sorted(PLAYBOOKS.glob("*/mails/*.md")), ids=lambda path: path.stem)
def test_no_shipped_mail_puts_pressure_on_anybody(path: Path) -> None:
    """What we hand to HR keeps to our own rules."""
    assert pressure_in_template(path.read_text(encoding="utf-8"), path.name, RULES) == ()


def test_a_finding_points_at_its_line_in_the_template() -> None:
    """The place is that of the file, also when expressions and blocks stand before it."""
    text = (
        "---\nsubject: お知らせ\n---\n{% if person.x %}{{ person.name }}さん{% endif %}、"
        "本日中にご返信ください。\n\n就活は\n終了しましょう。\n"
    )

    first, second = pressure_in_template(text, "mails/x.ja.md", RULES)

    assert (first.line, first.column, dict(first.values)["rule"]) == (4, 52, "hasty-answer")
    assert (second.line, second.column, dict(second.values)["rule"]) == (6, 1, "stop-job-hunting")
    assert "余裕のある日" in render_all([first], "ja")
    assert "too short to think" in render_all([first], "en")


def test_findings_are_warnings_unless_the_settings_make_them_mistakes() -> None:
    """HR decides whether pressure stops a playbook or is pointed out."""
    text = "---\nsubject: 至急ご返信ください\n---\n本文"

    assert [p.warning for p in pressure_in_template(text, "x", RULES)] == [True]
    assert [p.warning for p in pressure_in_template(text, "x", RULES, strict=True)] == [False]


def test_a_company_adds_replaces_and_drops_rules() -> None:
    """A workspace's own file: one rule more, one said otherwise, one not used."""
    own = read_rules(
        "pressure.yaml",
        """\
rules:
  - id: our-word
    find: 囲い込み
    why: 社内で使わない言葉です
  - id: compare
    find: [みんな決めています]
    why: {ja: 比べない, en: do not compare}
  - id: guardian
    off: true
""".encode(),
    )

    rules = with_own(own)

    assert {f.rule.id for f in pressure_in("囲い込みをします。", rules)} == {"our-word"}
    assert {f.rule.id for f in pressure_in("みんな決めています。", rules)} == {"compare"}
    assert pressure_in("保護者の同意書を提出してください。", rules) == ()
    assert len(rules) == len(RULES)


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("rule: []", "pressure.file", 1),
        ("rules:\n  - id: a\n    fnd: x\n    find: x\n    why: y\n", "pressure.word", 3),
        ("rules:\n  - find: x\n    why: y\n", "pressure.id", 2),
        ("rules:\n  - id: a\n    why: y\n", "pressure.needed", 2),
        ("rules:\n  - id: a\n    find: x\n", "pressure.needed", 2),
        ("rules:\n  - id: a\n    find: [x, '(a|b']\n    why: y\n", "pressure.pattern", 3),
        ("rules:\n  - id: a\n    find: [x, a…b…c…d…e]\n    why: y\n", "pressure.pattern", 3),
        ("rules:\n  - id: a\n    find: [x, '(a…b|c)']\n    why: y\n", "pressure.pattern", 3),
        ("rules:\n  - id: a\n    find: [x, '((a))']\n    why: y\n", "pressure.pattern", 3),
        ("rules:\n  - id: a\n    find: [x, '…']\n    why: y\n", "pressure.pattern", 3),
        ("rules: [a]", "pressure.file", 1),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_line(text: str, code: str, line: int) -> None:
    """HR's own rules are checked as carefully as a playbook."""
    with pytest.raises(Mistakes) as mistakes:
        read_rules("pressure.yaml", text.encode())

    assert [(p.code, p.line) for p in mistakes.value.problems] == [(code, line)]
    assert render_all(mistakes.value.problems, "ja")


def test_what_looks_like_a_regular_expression_is_taken_literally() -> None:
    """A dot is a dot, a star a star: nothing HR writes can run away."""
    (rule,) = read_rules("p", b"rules:\n  - {id: a, find: 'a.*+[b]{2}', why: y}")

    assert pressure_in("a.*+[b]{2}", [rule])
    assert not pressure_in("axxxb", [rule])


@pytest.mark.parametrize(
    "hostile",
    ["就職活動" * 25_000, "他社" * 50_000, "何度もご連絡返信" * 12_500, "reply " * 16_000,
     "あ" * 100_000, "we noticed " * 9_000, "。" * 100_000],
)  # fmt: skip
def test_a_text_of_any_length_is_looked_through(hostile: str) -> None:
    """A hundred thousand characters of anything are looked through to their end."""
    found = pressure_in(hostile + "\n他社の選考は辞退してください。", RULES)

    assert found


@given(st.text(max_size=300))
def test_looking_never_fails(text: str) -> None:
    """Whatever a text holds, each finding is a stretch of it."""
    for finding in pressure_in(text, RULES):
        assert text[finding.at : finding.at + len(finding.found)] == finding.found
