"""Templates: what HR writes once becomes each person's mail, in two forms that say the same."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.playbook.templates import AOI, BARE, PLAYBOOK, SETTING, compiled, html, rendered
from worker.domain.facts import Facts, Person, PersonId
from worker.playbook.templates.layout import HTML, TEXT, layout_of, shipped
from worker.playbook.templates.mail import compile_template, language_of, render
from worker.playbook.templates.words import words_of


def test_a_mail_is_filled_with_the_words_of_its_person() -> None:
    """Subject, preheader, text and HTML know the person, their mentor, the sender and dates."""
    mail = rendered(
        """\
        {{ person.name | family }}さん

        {{ company.name }}の{{ sender.name }}です。{{ mentor.name }}さんと{{ join | date }}に。
        """,
        subject='"{{ person.name | family }}さん、{{ sender.name }}です"',
        head="preheader: '{{ company.name }}より'\n",
    )

    assert mail.subject == "山田さん、田中です"
    assert mail.preheader == "株式会社つなぐより"
    assert mail.text == (
        "山田さん\n\n株式会社つなぐの田中です。佐藤 健さんと2027年4月1日(木)に。\n"
    )
    assert "<p>山田さん</p>" in mail.html


def test_front_matter_is_taken_as_it_is_written() -> None:
    """Braces and colons need no quotes: a subject is the rest of its line."""
    assert rendered("本文", subject="{{ person.name }}さん: 10:00").subject == "山田 葵さん: 10:00"
    assert rendered("本文", subject='"引用 \\"あり\\""').subject == '引用 "あり"'
    assert rendered("本文", subject="'it''s'").subject == "it's"


@pytest.mark.parametrize(
    ("written", "ja", "en"),
    [
        ("join | date", "2027年4月1日(木)", "Thursday, 1 April 2027"),
        ("join | day", "4月1日(木)", "Thursday, 1 April"),
        ("join | month", "4月", "April"),
        ("join | weekday", "木曜日", "Thursday"),
        ("offer | time", "14:00", "14:00"),
        ("offer | datetime", "2026年5月11日(月) 14:00", "Monday, 11 May 2026 14:00"),
        ("join", "2027年4月1日(木)", "Thursday, 1 April 2027"),
        ("now.year", "2026", "2026"),
    ],
)
def test_dates_are_said_as_people_say_them(written: str, ja: str, en: str) -> None:
    """In the language of the mail, and in the zone of the person."""
    body = f"{{{{ {written} }}}}"

    assert rendered(body, path="mails/x.ja.md").text == f"{ja}\n"
    assert rendered(body, path="mails/x.en.md").text == f"{en}\n"


def test_a_date_is_told_in_the_persons_own_zone() -> None:
    """Somebody in Honolulu reads their own clock, not Tokyo's."""
    abroad = Person(PersonId("leilani"), "Leilani", "l@example.jp", timezone="Pacific/Honolulu")

    assert rendered("{{ offer | datetime }}", person=abroad).text == "2026年5月10日(日) 19:00\n"


@pytest.mark.parametrize(
    ("name", "family", "given"),
    [("山田 葵", "山田", "葵"), ("山田　葵", "山田", "葵"), ("山田葵", "山田葵", "山田葵"),
     ("Emma Schmidt", "Schmidt", "Emma"), ("김 민준", "김", "민준")],
)  # fmt: skip
def test_people_are_called_by_the_right_half_of_their_name(
    name: str, family: str, given: str
) -> None:
    """山田さん and Emma: the family name stands first in Japanese, last in English."""
    person = Person(PersonId("x"), name, "x@example.jp")

    assert rendered("{{ person.name | family }}", person=person).text == f"{family}\n"
    assert rendered("{{ person.name | given }}", person=person).text == f"{given}\n"


def test_answers_and_steps_are_words_too() -> None:
    """A survey's answer is its value, a step's fact its instant; `facts` knows them by name."""
    mail = rendered('{{ pulse.ease }} {{ welcome.sent | day }} {{ facts["welcome.sent"] | time }}')

    assert mail.text == "4 5月11日(月) 15:00\n"


def test_lists_of_values_are_read_aloud() -> None:
    """Tags come as words with the comma of the language."""
    assert rendered("{{ person.tags }}").text == "テニス、図書館\n"
    assert rendered("{{ person.tags }}", path="mails/x.en.md").text == "テニス, 図書館\n"


def test_a_value_is_never_read_as_markdown_or_html() -> None:
    """What a person is called cannot become bold, a link or a script."""
    sly = Person(
        PersonId("x"), "**太字** [x](https://evil.example) <script>alert(1)</script> {{ 7*7 }}", ""
    )

    mail = rendered("{{ person.name }}です", person=sly)

    assert "<script" not in mail.html
    assert "<strong>" not in mail.html
    assert "evil.example&quot;" not in mail.html
    assert "<a " not in mail.html
    assert "{{ 7*7 }}" in mail.html
    assert mail.text == f"{sly.name}です\n"


@pytest.mark.parametrize(
    ("body", "expected", "text"),
    [
        ("**「約束」**です", "<p><strong>「約束」</strong>です</p>", "「約束」です"),
        ("これは**重要**です。", "<p>これは<strong>重要</strong>です。</p>", "これは重要です。"),
        ("*a* **{{ person.id }}**", "<p><em>a</em> <strong>aoi</strong></p>", "a aoi"),
        ("一行目\n二行目", "<p>一行目<br />\n二行目</p>", "一行目\n二行目"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>", "<b>x</b> & y"),
        ("[採用](https://example.jp/)へ", '<p><a href="https://example.jp/">採用</a>へ</p>',
         "採用 <https://example.jp/> へ"),
        ("詳細はhttps://example.jp/aをご覧ください",
         '<p>詳細は<a href="https://example.jp/a">https://example.jp/a</a>をご覧ください</p>',
         "詳細はhttps://example.jp/aをご覧ください"),
        ("(https://example.jp/a(b).)",
         '<p>(<a href="https://example.jp/a(b)">https://example.jp/a(b)</a>.)</p>',
         "(https://example.jp/a(b).)"),
        ("[メール](mailto:saiyo@example.jp)", '<p><a href="mailto:saiyo@example.jp">メール</a></p>',
         "メール <saiyo@example.jp>"),
        ("{% raw %}{{ そのまま }}{% endraw %}", "<p>{{ そのまま }}</p>", "{{ そのまま }}"),
        ("a{# 覚え書き #}b", "<p>ab</p>", "ab"),
    ],
)  # fmt: skip
def test_markdown_says_the_same_in_both_forms(body: str, expected: str, text: str) -> None:
    """Emphasis, links, line breaks: the text part drops the looks and keeps the words."""
    mail = rendered(body)

    assert expected in mail.html.replace("<br>", "<br />")
    assert mail.text == f"{text}\n"


def test_text_has_headings_lists_quotes_and_tables() -> None:
    """Without HTML a mail is still in order: headings, bullets, numbers, quotes, rows."""
    mail = rendered(
        """\
        ## 予定

        - 一つ目
          - 中の一つ
        - 二つ目

        1. 初め
        2. 終わり

        > 引用の
        > 二行

        | 時刻 | 内容 |
        |---|---|
        | 9:00 | 朝会 |

        ---

        ```
        コード
        ```
        """
    )

    assert mail.text == (
        "■ 予定\n\n・一つ目\n  ・中の一つ\n・二つ目\n\n1. 初め\n2. 終わり\n\n"
        "> 引用の\n> 二行\n\n時刻 | 内容\n9:00 | 朝会\n\n----------\n\nコード\n"
    )


def test_a_quote_of_several_paragraphs_is_one_quote() -> None:
    """A colleague's words and the name beneath them: the line between them is marked, too."""
    mail = rendered("> 静かな部署です。\n>\n> > 中の\n> >\n> > 引用\n>\n> 加藤\n\n続き\n")

    assert mail.text == "> 静かな部署です。\n>\n> > 中の\n> >\n> > 引用\n>\n> 加藤\n\n続き\n"


@pytest.mark.parametrize("known", [True, False])
def test_a_choice_on_lines_of_its_own_leaves_no_hole(known: bool) -> None:
    """`{% if %}` between lines: taken or not, no empty paragraph and no stray line is left."""
    person = AOI if known else Person(PersonId("x"), "x", "")
    mail = rendered(
        """\
        前の段落です。

        {% if mentor %}
        {{ mentor.name }}さんがいます。

        {% else %}
        まだ決まっていません。

        {% endif %}
        後の段落です。
        """,
        person=person,
    )

    middle = "佐藤 健さんがいます。" if known else "まだ決まっていません。"
    assert mail.text == f"前の段落です。\n\n{middle}\n\n後の段落です。\n"
    assert mail.html.count("<p") == 3
    assert "<p></p>" not in mail.html


@pytest.mark.parametrize("known", [True, False])
def test_a_choice_within_lines_keeps_them_together(known: bool) -> None:
    """Lines written together stay one paragraph, with or without the line that is chosen."""
    person = AOI if known else Person(PersonId("x"), "x", "")
    mail = rendered(
        """\
        一行目
        {% if mentor %}
        二行目
        {% endif %}
        三行目
        """,
        person=person,
    )

    lines = ["一行目", "二行目", "三行目"] if known else ["一行目", "三行目"]
    assert mail.text == "\n".join(lines) + "\n"
    assert mail.html.count("<p") == 1


def test_a_choice_inside_a_sentence_stays_inside() -> None:
    """`{% if %}` in the middle of a line chooses words, not paragraphs."""
    body = "こんにちは{% if mentor %}、{{ mentor.name }}さんも{% endif %}元気です。"

    assert html(body) == "<p>こんにちは、佐藤 健さんも元気です。</p>"


def test_a_loop_makes_one_list_of_many_items() -> None:
    """A `for` around an item, on lines of its own, is one list in both forms."""
    mail = rendered(
        """\
        {% for tag in person.tags %}
        - {{ tag }}
        {% endfor %}
        - 最後
        """
    )

    assert mail.text == "・テニス\n・図書館\n・最後\n"
    assert mail.html.count("<ul") == 1
    assert mail.html.count("<li") == 3


def test_numbers_go_on_counting_through_choices_and_loops() -> None:
    """An item that is left out leaves no gap in the numbers, in HTML and in text."""
    mail = rendered(
        """\
        1. 一
        {% if nobody %}
        2. 抜ける
        {% endif %}
        {% for tag in person.tags %}
        3. {{ tag }}
        {% endfor %}
        4. 終わり
        """
    )

    assert mail.text == "1. 一\n2. テニス\n3. 図書館\n4. 終わり\n"
    assert mail.html.count("<ol") == 1
    assert mail.html.count("<li") == 4


def test_a_loop_makes_rows_of_a_table() -> None:
    """Rows may be repeated; the lines of the loop are no rows themselves."""
    mail = rendered(
        """\
        | 番号 | 内容 |
        |---|---|
        {% for tag in person.tags %}
        | {{ loop.index }} | {{ tag }} |
        {% endfor %}
        """
    )

    assert mail.text == "番号 | 内容\n1 | テニス\n2 | 図書館\n"
    assert mail.html.count("<tr") == 3


def test_a_link_alone_becomes_a_button_and_a_line_of_its_own() -> None:
    """A paragraph that is one link is for thumbs; in the text its address stands below it."""
    mail = rendered("[日程を選ぶ]({{ person.link }})")

    assert 'class="button"' in mail.html
    assert 'href="https://example.jp/s/1?a=1&amp;b=2"' in mail.html
    assert mail.text == "日程を選ぶ\nhttps://example.jp/s/1?a=1&b=2\n"


def test_a_value_within_an_address_is_one_part_of_it() -> None:
    """What a value holds cannot add to an address: spaces, slashes and ampersands are encoded."""
    sly = Person(PersonId("x"), "a&b=1/../ 葵", "")

    page = rendered("[見る](https://example.jp/?n={{ person.name }}) です", person=sly).html

    assert 'href="https://example.jp/?n=a%26b%3D1%2F..%2F%20%E8%91%B5"' in page


def test_pictures_lie_in_the_mail_itself() -> None:
    """A picture of the playbook's folder goes along; nothing is fetched, nothing tracks."""
    mail = compiled("![席の写真](photos/desk.png)")
    ((content_id, path),) = mail.images

    assert path == "photos/desk.png"
    assert f'src="cid:{content_id}"' in render(mail, {}).html
    assert render(mail, {}).text == "席の写真\n"


def test_the_languages_of_a_template_are_in_its_name() -> None:
    """`welcome.en.md` is English; a name without a language is in the one that is asked for."""
    assert language_of("mails/welcome.en.md") == "en"
    assert language_of("mails/welcome.ja.md") == "ja"
    assert language_of("mails/welcome.md", "en") == "en"
    plain = compile_template("---\nsubject: s\n---\n{{ join | day }}", "mails/x.md", BARE,
                             language="en")  # fmt: skip

    assert render(plain, {"join": datetime(2027, 4, 1, tzinfo=UTC)}).text == "Thursday, 1 April\n"


def test_a_layout_of_their_own_replaces_ours() -> None:
    """HR's layout stands around every mail; a playbook's own goes before the workspace's."""
    theirs = {HTML: b"<body><p>A</p>{{ content }}</body>", TEXT: b"A {{ content }}"}
    own = {HTML: b"<body><p>B</p>{{ content }}</body>"}

    assert layout_of({}).html == shipped().html
    assert "A" in layout_of({}, theirs).html
    assert "B" in layout_of(own, theirs).html
    assert layout_of(own, theirs).text == "A {{ content }}"


def test_styles_are_written_into_the_elements_and_dark_mode_stays() -> None:
    """Mail programs drop style sheets: each element carries its own, media queries stay beside."""
    page = rendered("段落です。", layout=shipped()).html

    assert '<p style="margin: 0 0 20px;overflow-wrap: anywhere;">段落です。</p>' in page
    assert "@media (prefers-color-scheme: dark)" in page
    assert '<meta name="color-scheme" content="light dark">' in page
    assert 'lang="ja"' in page


@pytest.mark.parametrize(
    ("person", "expected"),
    [(AOI, "佐藤 健さんのご紹介"), (replace(AOI, roles={}), "先輩のご紹介")],
)
def test_a_choice_in_a_subject_is_one_in_the_title_of_its_page(
    person: Person, expected: str
) -> None:
    """A browser's tab and a screen reader say the title: the subject, and no markup of ours."""
    subject = '"{% if mentor %}{{ mentor.name }}さん{% else %}先輩{% endif %}のご紹介"'

    mail = rendered("本文", subject=subject, person=person, layout=shipped())

    assert mail.subject == expected
    assert f"<title>{expected}</title>" in mail.html


def test_the_shipped_layout_offers_to_stop_where_it_is_asked_to() -> None:
    """The link to stop stands at the foot, in the language of the mail, only where it is wanted."""
    mail = compiled("本文", layout=shipped(), path="mails/x.en.md")
    known: dict[str, object] = {"unsubscribe": "https://example.jp/u/1"}

    assert "Stop these mails" in render(mail, known).html
    assert "Stop these mails: https://example.jp/u/1" in render(mail, known).text
    assert "Stop these mails" not in render(mail, {}).html
    assert "Stop these mails" not in render(mail, {}).text


def test_the_preheader_is_hidden_and_only_there_when_written() -> None:
    """The line a phone shows beneath the subject stands at the top, unseen in the mail itself."""
    with_one = rendered("本文", head="preheader: 予告の一行\n", layout=shipped()).html
    without = rendered("本文", layout=shipped()).html

    assert "予告の一行" in with_one.partition("<table")[0]
    assert "display:none" in with_one
    assert "display:none" not in without


def test_the_shipped_layout_leaves_room_below_what_gmail_cuts() -> None:
    """Gmail hides the end of a mail beyond 102 kB; the layout alone takes a tenth of that."""
    assert len(rendered("本文", layout=shipped()).html.encode()) < 10_000


def test_an_unknown_person_without_facts_renders_what_needs_neither() -> None:
    """Nothing is asked of a person that the template does not name."""
    nobody = Person(PersonId("x"), "", "")
    mail = compiled("ごあいさつ")

    known = words_of(nobody, Facts(), PLAYBOOK, setting=SETTING,
                     now=datetime(2026, 1, 1, tzinfo=UTC), names=mail.roots)  # fmt: skip
    assert render(mail, known).text == "ごあいさつ\n"
