"""One mistake of an author: its place, what was found, what was expected, the nearest word.

A `Problem` holds a code and values, not a sentence. The sentences stand in `WORDS`, Japanese and
English beside each other; a test checks that every code has both. This file is long because that
table is: a new mistake is one entry here and one broken file among the tests.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worker.domain.errors import AuthorError

_SHOWN = 96  # cells of a line that are shown; longer lines are cut around the caret
_BEGINNING = 3  # letters of a word that are enough to guess its end
_NAMED = 14  # expected words that are named before the rest is left out


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. Sorts by place."""

    path: str
    line: int  # 1-based; 0: the file as a whole
    column: int  # 1-based, in terminal cells (a kanji is two)
    code: str  # a key of WORDS
    values: tuple[tuple[str, str], ...] = ()  # what the sentence needs
    expected: tuple[str, ...] = ()  # the words that could stand there
    nearest: str = ""  # the one that was probably meant
    source: str = ""  # the whole line as written
    width: int = 1  # of the caret, in terminal cells
    warning: bool = False  # does not stop anything unless the settings say so


class Mistakes(AuthorError):  # noqa: N818 - the author's word for them
    """What somebody wrote cannot be used: every problem of it, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("")
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))

    def __str__(self) -> str:
        return render_all(self.problems, "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one code: what is wrong, and what to do where no word is near."""

    ja: str
    en: str
    ja_do: str = ""
    en_do: str = ""


def render_all(problems: Iterable[Problem], language: str) -> str:
    """Write the whole page: every problem in the order of its place, a blank line between."""
    return "\n\n".join(render(problem, language) for problem in sorted(problems))


def render(problem: Problem, language: str) -> str:
    """Write one problem as its author reads it; *language* is `ja` or `en`.

    The place, the line with a caret, what was expected; the last line is something to type or do.
    """
    japanese = language == "ja"
    page = [f"{place(problem)}: {_kind(problem, japanese=japanese)}{sentence(problem, language)}"]
    if problem.source:
        page += _pointed(problem)
    if problem.expected:
        page.append(_expectation(problem.expected, japanese=japanese))
    if problem.nearest:
        page.append(
            f"「{problem.nearest}」ではありませんか。"
            if japanese
            else f"did you mean '{problem.nearest}'?"
        )
    else:
        page += [line for line in [advice(problem, language)] if line]
    return "\n".join(page)


def as_json(problem: Problem, language: str) -> dict[str, object]:
    """Give the problem for a machine: stable keys, the sentences beside the code."""
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "width": problem.width,
        "severity": "warning" if problem.warning else "error",
        "code": problem.code,
        "message": sentence(problem, language),
        "advice": advice(problem, language),
        "expected": list(problem.expected),
        "nearest": problem.nearest,
        "values": dict(problem.values),
    }


def place(problem: Problem) -> str:
    """Write `path:line:column`, or the path alone where the whole file is meant."""
    if not problem.line:
        return problem.path
    return f"{problem.path}:{problem.line}:{problem.column}"


def sentence(problem: Problem, language: str) -> str:
    """Say what is wrong, in one sentence."""
    words = WORDS[problem.code]
    return (words.ja if language == "ja" else words.en).format_map(dict(problem.values))


def advice(problem: Problem, language: str) -> str:
    """Say what to do about it; empty where the expected words say it all."""
    words = WORDS[problem.code]
    return (words.ja_do if language == "ja" else words.en_do).format_map(dict(problem.values))


def cells(text: str) -> int:
    """Count terminal cells: a kanji or a full-width letter takes two, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def nearest(word: str, choices: Iterable[str]) -> str:
    """Give the choice that *word* was probably meant to be, or nothing.

    >>> nearest("busines days", ["days", "business days"])
    'business days'
    >>> nearest("ｍａｉｌ", ["mail", "meeting"])
    'mail'
    >>> nearest("xyz", ["mail", "meeting"])
    ''
    """
    written = _folded(word)
    choices = tuple(choices)
    best, least = "", 0
    for choice in choices:
        known = _folded(choice)
        allowed = max(1, min(len(written), len(known)) // 3)
        if abs(len(written) - len(known)) > allowed or not written:
            continue
        slips = _slips(written, known)
        if slips <= allowed and slips < len(known) and (not best or slips < least):
            best, least = choice, slips
    if best or len(written) < _BEGINNING:
        return best
    longer = [choice for choice in choices if _folded(choice).startswith(written)]
    return longer[0] if len(longer) == 1 else ""


def _kind(problem: Problem, *, japanese: bool) -> str:
    if not problem.warning:
        return ""
    return "注意: " if japanese else "warning: "


def _expectation(expected: Sequence[str], *, japanese: bool) -> str:
    named = ", ".join(expected[:_NAMED])
    left = len(expected) - _NAMED
    if japanese:
        return f"書けるもの: {named}" + (f" ほか{left}個" if left > 0 else "")
    lead = "expected: " if len(expected) == 1 else "expected one of: "
    return lead + named + (f" and {left} more" if left > 0 else "")


def _pointed(problem: Problem) -> list[str]:
    """Give the line as written and the caret beneath it, cut where the line is very long."""
    source = problem.source
    before = problem.column - 1
    lead, begins = "", 0
    if before > _SHOWN // 2 and (len(source) > _SHOWN or cells(source) > _SHOWN):
        skipped = 0
        while begins < len(source) and before - skipped > _SHOWN // 2:
            skipped += _cells_of(source[begins])
            begins += 1
        before, lead = before - skipped + 1, "…"
    kept, used = [], cells(lead)
    for character in source[begins : begins + _SHOWN + 1]:
        used += _cells_of(character)
        if used > _SHOWN:
            kept.append("…")
            break
        kept.append(_visible(character))
    width = max(1, min(problem.width, _SHOWN - before))
    gutter = f"{problem.line:>5} | "
    return [
        (gutter + lead + "".join(kept)).rstrip(),
        " " * (len(gutter) + before) + "^" * width,
    ]


def _visible(character: str) -> str:
    """Give a character as a terminal shows it in one place: a tab and controls as signs."""
    if character == "\t":
        return "⇥"
    return character if character.isprintable() or character == "　" else "·"


def _cells_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _folded(word: str) -> str:
    """Forget what people slip on: width, case, and which of space, `-` and `_` joins words."""
    return unicodedata.normalize("NFKC", word).casefold().replace("_", " ").replace("-", " ")


def _slips(written: str, known: str) -> int:
    """Count typing slips: a letter too many, too few, wrong, or two changed places."""
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, a in enumerate(written, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(known, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == known[j - 2] and written[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


WORDS: dict[str, Words] = {
    # --- the file as a file
    "file.missing": Words(
        ja="ファイルがありません",
        en="this file does not exist",
        ja_do="フォルダーとファイルの名前を確かめてください。",
        en_do="check the names of the folder and of the file",
    ),
    "file.large": Words(
        ja="ファイルが大きすぎます({size} MB)。1 MBまで読めます",
        en="this file is too large ({size} MB); up to 1 MB is read",
        ja_do="別のファイルと取り違えていないか確かめ、長い文面はmails/の中に分けてください。",
        en_do="check that it is the right file, and move long texts into mails/",
    ),
    "file.long": Words(
        ja="ファイルの項目が多すぎます",
        en="this file holds too many entries",
        ja_do="プレイブックを二つ以上に分けてください。",
        en_do="split the playbook into two or more",
    ),
    "file.deep": Words(
        ja="入れ子が深すぎます({most}段まで)",
        en="this is nested too deeply (up to {most} levels)",
        ja_do="この行の手前で閉じていない括弧や、余分な字下げがないか確かめてください。",
        en_do="look for brackets left open or needless indentation before this line",
    ),
    "file.encoding": Words(
        ja="文字コードがUTF-8ではありません({found})",
        en="this file is not written in UTF-8 ({found})",
        ja_do="エディターの「名前を付けて保存」で、文字コードにUTF-8を選んで保存し直してください。",
        en_do="save it again with the encoding UTF-8 ('Save as…' in your editor)",
    ),
    "file.many": Words(
        ja="間違いが多いので、ここまでにします",
        en="there are more mistakes than are shown here",
        ja_do="上の間違いを直してから、もう一度 tsunagu check を実行してください。",
        en_do="correct those above, then run: tsunagu check",
    ),
    "file.empty": Words(
        ja="ファイルに何も書かれていません",
        en="this file is empty",
        ja_do="tsunagu init で作られるプレイブックを写して始めてください。",
        en_do="begin with a copy of one that tsunagu init makes",
    ),
    "bundle.link": Words(
        ja="フォルダーの外を指すリンクです",
        en="this link leads out of the playbook's folder",
        ja_do="リンクの代わりに、ファイルそのものをこのフォルダーに置いてください。",
        en_do="put the file itself into the folder",
    ),
    "bundle.large": Words(
        ja="ファイルが大きすぎます({size} MB)。1ファイル10 MB、全部で50 MBまでです",
        en="this file is too large ({size} MB); 10 MB a file and 50 MB in all are kept",
        ja_do="小さくするか、本文にリンクを書いてください。",
        en_do="make it smaller, or put a link into the mail",
    ),
    # --- YAML, and the slips of a Japanese keyboard
    "yaml.wide_colon": Words(
        ja="コロンが全角「：」になっています",
        en="this colon is the full-width '：'",
        ja_do="半角のコロンと空白「: 」に直してください。",
        en_do="type a plain ':' and a space",
    ),
    "yaml.wide_space": Words(
        ja="行頭の字下げに全角の空白が使われています",
        en="this line is indented with full-width spaces",
        ja_do="全角の空白を消し、半角の空白で字下げしてください。",
        en_do="delete them and indent with plain spaces",
    ),
    "yaml.wide_dash": Words(
        ja="行頭の「－」が全角です",
        en="the '－' that begins this line is full-width",
        ja_do="半角のハイフンと空白「- 」に直してください。",
        en_do="type a plain '-' and a space",
    ),
    "yaml.wide_comma": Words(
        ja="区切りが「{found}」になっています",
        en="these entries are separated by '{found}'",
        ja_do="半角のコンマと空白「, 」に直してください。",
        en_do="type a plain ',' and a space",
    ),
    "yaml.no_comma": Words(
        ja="ここで区切りのコンマが足りません",
        en="a comma is missing here",
        ja_do="半角のコンマと空白「, 」で区切ってください。",
        en_do="separate the entries by ', '",
    ),
    "yaml.tab": Words(
        ja="行頭の字下げにタブが使われています",
        en="this line is indented with a tab",
        ja_do="タブを消し、半角の空白で字下げしてください。",
        en_do="delete it and indent with spaces",
    ),
    "yaml.indent": Words(
        ja="字下げが前の行と揃っていません",
        en="the indentation does not fit the lines above",
        ja_do="同じ段の項目は、行頭の空白の数を揃えてください。",
        en_do="give entries of the same level the same number of spaces",
    ),
    "yaml.no_space": Words(
        ja="「{found}」のあとに空白がありません",
        en="a space is missing after '{found}'",
        ja_do="「{found} 」のように、半角の空白を一つ入れてください。",
        en_do="type a space after it",
    ),
    "yaml.second_colon": Words(
        ja="値の中に「: 」があり、どこまでが項目名か分かりません",
        en="this value holds ': ', so it is unclear where it begins",
        ja_do='値の全体を "…" で囲んでください。',
        en_do='put the whole value in "…"',
    ),
    "yaml.braces": Words(
        ja="「{{{{」で始まる値が引用符で囲まれていません",
        en="a value with '{{{{' needs quotes around it",
        ja_do='値の全体を "…" で囲んでください。例: title: "{{{{ mentor.name }}}}さんとの1on1"',
        en_do='put the whole value in "…", as in title: "1on1 with {{{{ mentor.name }}}}"',
    ),
    "yaml.unclosed": Words(
        ja="「{found}」が閉じられていません",
        en="this '{found}' is never closed",
        ja_do="閉じる記号を書き足してください。",
        en_do="write the sign that closes it",
    ),
    "yaml.after_quote": Words(
        ja="引用符のあとに「{found}」が続いています",
        en="'{found}' follows the closing quote",
        ja_do="引用符で値の全体を囲んでください。",
        en_do="put the quotes around the whole value",
    ),
    "yaml.reserved": Words(
        ja="「{found}」で始まる値は、そのままでは書けません",
        en="a value cannot begin with '{found}' as it stands",
        ja_do='値の全体を "…" で囲んでください。',
        en_do='put the whole value in "…"',
    ),
    "yaml.control": Words(
        ja="目に見えない制御文字({found})が入っています",
        en="an invisible control character ({found}) stands here",
        ja_do="この文字を消してください。",
        en_do="delete it",
    ),
    "yaml.repeated": Words(
        ja="「{found}」が二度書かれています(一度目は{first}行目)",
        en="'{found}' is written twice (first on line {first})",
        ja_do="どちらか一方を消してください。",
        en_do="delete one of the two",
    ),
    "yaml.anchor": Words(
        ja="「&」で始まる名前(アンカー)は使えません",
        en="anchors ('&name') are not used here",
        ja_do='繰り返す内容はその場に書き、文章なら "…" で囲んでください。',
        en_do='write the content out where it is needed; put a text in "…"',
    ),
    "yaml.alias": Words(
        ja="「*」で始まる値(エイリアス)は使えません",
        en="aliases ('*name') are not used here",
        ja_do='繰り返す内容はその場に書き、文章なら "…" で囲んでください。',
        en_do='write the content out where it is needed; put a text in "…"',
    ),
    "yaml.merge": Words(
        ja="「<<」による取り込みは使えません",
        en="merging with '<<' is not used here",
        ja_do="取り込みたい内容をその場に書いてください。",
        en_do="write the content out where it is needed",
    ),
    "yaml.tag": Words(
        ja="「!」で始まる値(タグ)は使えません",
        en="tags ('!name') are not used here",
        ja_do='文章なら "…" で囲んでください。',
        en_do='put a text in "…"',
    ),
    "yaml.key": Words(
        ja="ここには項目名が必要です",
        en="a word is needed here, not a list or a table",
        ja_do="「項目名: 値」の形で書いてください。",
        en_do="write it as 'word: value'",
    ),
    "yaml.documents": Words(
        ja="一つのファイルに「---」で区切られた文書が二つ以上あります",
        en="this file holds more than one document",
        ja_do="「---」の行を消すか、ファイルを分けてください。",
        en_do="delete the line '---', or make two files of it",
    ),
    "yaml.unreadable": Words(
        ja="ここから先が読めません({found})",
        en="the text cannot be read from here on ({found})",
        ja_do='この行と一つ前の行の記号を確かめ、文章なら "…" で囲んでください。',
        en_do='look at the signs on this line and the one above; put a text in "…"',
    ),
    # --- what may stand in a place
    "shape.text": Words(
        ja="ここには一つの値を書きます",
        en="one value is expected here, not a list or a table",
        ja_do="値を一つだけ、同じ行に書いてください。",
        en_do="write a single value on the same line",
    ),
    "shape.language": Words(
        ja="「{found}」は言語の名前ではありません",
        en="'{found}' is not the name of a language",
        ja_do="例: {{ja: いかがでしたか, en: How was it?}}",
        en_do="as in: {{ja: いかがでしたか, en: How was it?}}",
    ),
    "shape.empty": Words(
        ja="値が書かれていません",
        en="nothing is written here",
        ja_do="値を書くか、使わないならこの行を消してください(「#」から後ろは読み飛ばされます)。",
        en_do="write a value, or delete the line (whatever follows '#' is skipped)",
    ),
    "shape.empty_table": Words(
        ja="「{where}」の中身が書かれていません",
        en="nothing is written in '{where}'",
        ja_do="次の行から、字下げして中身を書いてください。",
        en_do="write its words on the next lines, indented",
    ),
    "shape.empty_list": Words(
        ja="一覧が空です",
        en="this list is empty",
        ja_do="少なくとも一つ書いてください。",
        en_do="write at least one entry",
    ),
    "shape.list": Words(
        ja="ここには一覧を書きます",
        en="a list is expected here",
        ja_do="一つずつ「- 」で始めて、字下げして書いてください。",
        en_do="begin each entry with '- ', indented, on a line of its own",
    ),
    "shape.table": Words(
        ja="「{where}」には「項目名: 値」の組を書きます",
        en="'{where}' takes pairs of 'word: value'",
        ja_do="「項目名: 値」の形で、コロンのあとに半角の空白を入れて書いてください。",
        en_do="write 'word: value', with a space after the colon",
    ),
    "shape.one_of": Words(
        ja="「{found}」は、ここに書けることばではありません",
        en="'{found}' is not one of the words for this place",
        ja_do="上のどれかを書いてください。",
        en_do="write one of these",
    ),
    "shape.whole": Words(
        ja="「{found}」は整数ではありません",
        en="'{found}' is not a whole number",
        ja_do="{least}から{most}までの数字だけを書いてください。",
        en_do="write digits alone: {least} to {most}",
    ),
    "shape.bounds": Words(
        ja="{found}は範囲の外です({least}から{most}まで)",
        en="{found} is out of range ({least} to {most})",
        ja_do="{least}から{most}までの数を書いてください。",
        en_do="write a number from {least} to {most}",
    ),
    "shape.yes_no": Words(
        ja="「{found}」は、はい・いいえのどちらか分かりません",
        en="'{found}' is neither yes nor no",
        ja_do="はいなら true、いいえなら false と書いてください。",
        en_do="write true or false",
    ),
    # --- words of the language
    "word.unknown": Words(
        ja="「{where}」に「{found}」という項目はありません",
        en="'{found}' is not known in '{where}'",
        ja_do="上のどれかに直すか、この行を消してください。",
        en_do="write one of these, or delete the line",
    ),
    "word.elsewhere": Words(
        ja="「{found}」は「{where}」ではなく「{home}」の中に書く項目です",
        en="'{found}' belongs in '{home}', not in '{where}'",
        ja_do="「{home}」の中に移してください。どこに入るかは字下げで決まります。",
        en_do="move it into '{home}'; the indentation decides what a line belongs to",
    ),
    "word.missing": Words(
        ja="「{where}」に「{word}」がありません",
        en="'{word}' is missing in '{where}'",
        ja_do="この段に書き足してください。例: {example}",
        en_do="add it here, as in: {example}",
    ),
    "word.both": Words(
        ja="「{first}」と「{second}」は一緒に書けません",
        en="'{first}' and '{second}' cannot both be written here",
        ja_do="どちらかを消すか、ステップを二つに分けてください。",
        en_do="delete one, or make two steps of it",
    ),
    "word.idle": Words(
        ja="「{word}」は {kind} のステップでは何も変えません",
        en="'{word}' changes nothing on a step of kind '{kind}'",
        ja_do="この行は消してかまいません。",
        en_do="you may delete it",
    ),
    "list.repeated": Words(
        ja="「{found}」が一覧に二度あります",
        en="'{found}' is listed twice",
        ja_do="片方は消してかまいません。",
        en_do="you may delete one",
    ),
    "id.form": Words(
        ja="「{found}」は名前に使えません。文字・数字・「-」・「_」だけで、64文字までです",
        en="'{found}' cannot be a name: letters, digits, '-' and '_', up to 64",
        ja_do="例: {example}",
        en_do="write, for example: {example}",
    ),
    "id.repeated": Words(
        ja="「{found}」という名前は{first}行目で使われています",
        en="the name '{found}' is already taken on line {first}",
        ja_do="別の名前にしてください。例: {found}-2",
        en_do="choose another name, such as {found}-2",
    ),
    "id.reserved": Words(
        ja="「{found}」はほかの意味で使うことばなので、名前にできません",
        en="'{found}' means something else here and cannot be a name",
        ja_do="別の名前にしてください。例: {found}-step",
        en_do="choose another name, such as {found}-step",
    ),
    "question.reserved": Words(
        ja="「{found}」は仕組みが使うことばなので、質問の名前にできません",
        en="'{found}' is a word of ours and cannot be the name of a question",
        ja_do="別の名前にしてください。例: {found}-q",
        en_do="choose another name, such as {found}-q",
    ),
    # --- steps
    "step.kind": Words(
        ja="このステップが何をするのか書かれていません",
        en="this step does not say what it does",
        ja_do="上のどれか一つを書き足してください。例: mail: {{template: welcome, from: hr}}",
        en_do="add one of these, as in: mail: {{template: welcome, from: hr}}",
    ),
    "step.when": Words(
        ja="このステップがいつなのか書かれていません",
        en="this step does not say when",
        ja_do="書き足してください。例: when: offer + 2 business days at 10:00",
        en_do="add it, as in: when: offer + 2 business days at 10:00",
    ),
    "step.itself": Words(
        ja="「{found}」は自分自身を待っているので、いつまでも始まりません",
        en="'{found}' waits for itself and will never come",
        ja_do="ほかのステップか、本人の事実(offer など)から数えてください。",
        en_do="count from another step, or from a fact of the person such as offer",
    ),
    "step.circle": Words(
        ja="ステップが互いに待ち合っていて、どれも始まりません({way})",
        en="these steps wait for each other and none will ever come ({way})",
        ja_do="どれか一つを、本人の事実(offer など)から数えるように直してください。",
        en_do="let one of them count from a fact of the person, such as offer",
    ),
    "step.stopped": Words(
        ja="「{fact}」はstop_onにあるので、そのあとのこのステップは決して行われません",
        en="'{fact}' is in stop_on, so this step after it will never come",
        ja_do="stop_onから外すか、別のプレイブックに分けてください。",
        en_do="take it out of stop_on, or move this step to a playbook of its own",
    ),
    "step.later": Words(
        ja="ステップ「{step}」の {kind} は、計画はできますが、この版ではまだ行えません",
        en="step '{step}': this build plans '{kind}' and does not perform it yet",
        ja_do="tsunagu up はこのステップがあると始まりません。外すか、task で人に頼んでください。",
        en_do="tsunagu up will not start on it; take it out, or make it a task for a human",
    ),
    "survey.kind": Words(
        ja="この質問に答え方が書かれていません",
        en="this question does not say how it is answered",
        ja_do="scale: 1..5 か text: optional を書き足してください。",
        en_do="add scale: 1..5, or text: optional",
    ),
    "survey.no_url": Words(
        ja="候補者のブラウザーから開けないアンケートです(public_url がありません)",
        en="nobody's browser can open this survey: there is no public_url",
        ja_do="tsunagu.yaml に書き足してください。例: public_url: https://tsunagu.example.co.jp",
        en_do="add to tsunagu.yaml, for example: public_url: https://tsunagu.example.co.jp",
    ),
    "survey.never_open": Words(
        ja="このアンケートには、答えられる時間がありません",
        en="this survey is never open",
        ja_do="長さを書いてください。例: open_for: 14 days",
        en_do="say how long, as in: open_for: 14 days",
    ),
    "survey.long": Words(
        ja="答えるのに{minutes}分ほどかかります(目安は{most}分まで)",
        en="this takes about {minutes} minutes to answer ({most} are a fair limit)",
        ja_do="質問を減らすか、自由記述を一つにしてください。",
        en_do="ask fewer questions, or only one that is answered in words",
    ),
    "survey.reminders": Words(
        ja="アンケートの催促は一度までです",
        en="a survey is reminded of once at most",
        ja_do="この段を消してください。答えないことも、一つの答えです。",
        en_do="take this rung out: not to answer is an answer, too",
    ),
    "survey.scale_long": Words(
        ja="段階「{found}」は多すぎます({most}段階まで)",
        en="the scale '{found}' has too many points ({most} at most)",
        ja_do="5段階が答えやすい数です。例: scale: 1..5",
        en_do="five points are easy to answer, as in: scale: 1..5",
    ),
    "survey.ends": Words(
        ja="ends は、段階の両端のことばを二つ書きます",
        en="'ends' are two words, for the two ends of a scale",
        ja_do="例: ends: [話しにくい, 話しやすい]",
        en_do="as in: ends: [hard, easy]",
    ),
    "rung.nothing": Words(
        ja="この段で何をするのか書かれていません",
        en="this rung does not say what happens",
        ja_do="書き足してください。例: alert: hr",
        en_do="add it, as in: alert: hr",
    ),
    "rung.step": Words(
        ja="if_silent の中に「{found}」は書けません",
        en="'{found}' cannot stand in if_silent",
        ja_do="返事のないことから数える、別のステップにしてください。例: when: welcome.silent",
        en_do="make it a step of its own that follows the silence: when: welcome.silent + 1 day",
    ),
    "update.nothing": Words(
        ja="何を書き換えるのか書かれていません",
        en="this does not say what changes",
        ja_do="書き足してください。例: tag: [要フォロー]",
        en_do="add it, as in: tag: [close-call]",
    ),
    "update.both": Words(
        ja="「{found}」を付けると同時に外そうとしています",
        en="'{found}' is put on and taken off at once",
        ja_do="tag か untag のどちらかから消してください。",
        en_do="delete it from tag or from untag",
    ),
    "update.record": Words(
        ja="「{found}」は、プレイブックからは書き換えられません",
        en="'{found}' is not changed by a playbook",
        ja_do="名簿を直して取り込んでください。タグは tag と untag で付け外しします。",
        en_do="correct the table of people and import it; for tags write tag and untag",
    ),
    # --- words for time
    "time.unit": Words(
        ja="「{found}」という単位はありません",
        en="'{found}' is not known here",
        ja_do="上のどれかを書いてください。例: offer + 2 business days",
        en_do="write one of these, as in: offer + 2 business days",
    ),
    "time.number": Words(
        ja="「{found}」の所に数字が必要です",
        en="a number is needed where '{found}' stands",
        ja_do="数字と単位を書いてください。例: 2 business days",
        en_do="write a number and a unit, as in: 2 business days",
    ),
    "time.glued": Words(
        ja="「{found}」は、数字や記号がくっついていて読めません",
        en="'{found}' needs spaces",
        ja_do="数字と単位、記号の間に半角の空白を入れてください。例: offer + 2 days",
        en_do="put spaces between sign, number and unit, as in: offer + 2 days",
    ),
    "time.turned": Words(
        ja="「{found}」は、もとになる事実を先に書きます",
        en="'{found}' is written the other way round here",
        ja_do="例: offer + 2 days、join - 1 week",
        en_do="as in: offer + 2 days, join - 1 week",
    ),
    "time.rest": Words(
        ja="「{found}」から先が読めません",
        en="'{found}' cannot follow here",
        ja_do="例: offer + 2 business days at 10:00",
        en_do="as in: offer + 2 business days at 10:00",
    ),
    "time.ends": Words(
        ja="「{found}」のあとに続きが必要です",
        en="'{found}' ends too early",
        ja_do="続きを書いてください。例: {example}",
        en_do="write the rest, as in: {example}",
    ),
    "time.word": Words(
        ja="「{found}」の所に、つなぎのことばが必要です",
        en="another word is needed where '{found}' stands",
        ja_do="例: {example}",
        en_do="as in: {example}",
    ),
    "time.moment": Words(
        ja="「{found}」の所に、事実の名前か日付が必要です",
        en="the name of a fact, or a date, is needed where '{found}' stands",
        ja_do="例: offer + 1 hour、2026-08-20 at 14:00",
        en_do="as in: offer + 1 hour, or 2026-08-20 at 14:00",
    ),
    "time.once": Words(
        ja="ここには、くり返し(every)は書けません",
        en="a cadence (every) cannot stand here",
        ja_do="一度だけの時を書いてください。例: {example}",
        en_do="write a moment that comes once, as in: {example}",
    ),
    "time.every_from": Words(
        ja="くり返しを、いつから始めるのか書かれていません",
        en="this cadence does not say from when",
        ja_do="例: every 1 month from accept until join - 2 weeks",
        en_do="as in: every 1 month from accept until join - 2 weeks",
    ),
    "time.year_of": Words(
        ja="月日だけでは、どの年か分かりません",
        en="a month and a day alone do not say which year",
        ja_do="例: 08-20 at 14:00 in year of offer、または 2026-08-20 at 14:00",
        en_do="as in: 08-20 at 14:00 in year of offer, or 2026-08-20 at 14:00",
    ),
    "time.leap_day": Words(
        ja="「{found}」は、うるう年にしかありません",
        en="'{found}' exists in leap years only",
    ),
    "time.clock": Words(
        ja="「{found}」は時刻として読めません",
        en="'{found}' is not a time of day",
        ja_do="00:00から23:59までを、10:00 のように書いてください。",
        en_do="write 00:00 to 23:59, as in 10:00",
    ),
    "time.date": Words(
        ja="「{found}」は日付の書き方と違います",
        en="'{found}' is not how a date is written here",
        ja_do="例: 2026-08-20",
        en_do="as in: 2026-08-20",
    ),
    "time.day": Words(
        ja="「{found}」は月日の書き方と違います",
        en="'{found}' is not how a day of the year is written here",
        ja_do="例: 08-20",
        en_do="as in: 08-20",
    ),
    "time.season": Words(
        ja="「{found}」は月日の書き方と違います",
        en="'{found}' is not how days of the year are written here",
        ja_do="例: 08-01..09-30",
        en_do="as in: 08-01..09-30",
    ),
    "time.no_such_day": Words(
        ja="「{found}」という日はありません",
        en="there is no day '{found}'",
        ja_do="月と日を確かめてください。",
        en_do="check the month and the day",
    ),
    "time.far": Words(
        ja="「{found}」は遠すぎます(前後10年まで)",
        en="'{found}' is too far away (ten years at most)",
        ja_do="数字と単位を確かめてください。",
        en_do="check the number and the unit",
    ),
    "time.zero": Words(
        ja="「{found}」は1以上でなければなりません",
        en="'{found}' must be 1 or more",
        ja_do="1以上の数を書いてください。",
        en_do="write 1 or more",
    ),
    "time.hours": Words(
        ja="「{found}」は時間帯の書き方と違います",
        en="'{found}' is not how hours are written here",
        ja_do="例: 09:30-18:30",
        en_do="as in: 09:30-18:30",
    ),
    "time.hours_order": Words(
        ja="時間帯「{found}」は、始まる前に終わっています",
        en="the hours '{found}' end before they begin",
        ja_do="早い時刻を先に、遅い時刻をあとに書いてください。例: 09:30-18:30",
        en_do="write the earlier time first, as in: 09:30-18:30",
    ),
    "time.range": Words(
        ja="「{found}」は範囲の書き方と違います",
        en="'{found}' is not how a range is written here",
        ja_do="小さい数と大きい数を「..」でつないでください。例: {example}",
        en_do="write the least and the most with '..' between, as in: {example}",
    ),
    "time.range_order": Words(
        ja="範囲「{found}」は、小さい数から大きい数の順になっていません",
        en="the range '{found}' does not go from less to more",
        ja_do="1以上の数を、小さい順に書いてください。例: 2..3",
        en_do="write it from less to more, from 1 on, as in: 2..3",
    ),
    "time.backwards": Words(
        ja="期間「{found}」は、始まる前に終わっています",
        en="'{found}' ends before it begins",
        ja_do="早い日を先に書いてください。",
        en_do="write the earlier day first",
    ),
    "time.budget": Words(
        ja="「{found}」は上限の書き方と違います",
        en="'{found}' is not how a limit is written here",
        ja_do="例: 1 per day、3 per 2 weeks",
        en_do="as in: 1 per day, or 3 per 2 weeks",
    ),
    "time.budget_unit": Words(
        ja="上限を「{found}」で数えることはできません",
        en="a limit is not counted in '{found}'",
        ja_do="例: 1 per day、3 per 2 weeks",
        en_do="as in: 1 per day, or 3 per 2 weeks",
    ),
    "time.expect": Words(
        ja="「{found}」の所に、待つ返事の種類が必要です",
        en="the kind of answer is needed where '{found}' stands",
        ja_do="例: reply within 3 business days",
        en_do="as in: reply within 3 business days",
    ),
    "time.or": Words(
        ja="「{found}」の所に、返事と同じとみなす事実の名前が必要です",
        en="the name of a fact that is as good as the answer is needed where '{found}' stands",
        ja_do="例: reply or accept within 5 business days",
        en_do="as in: reply or accept within 5 business days",
    ),
    # --- conditions
    "if.constant": Words(
        ja="条件「{found}」は、誰についても同じ答えになります",
        en="the condition '{found}' is the same for everybody",
        ja_do='人や事実の名前を含めてください。例: person.pace != "gentle"',
        en_do='let it name something, as in: person.pace != "gentle"',
    ),
    "if.ends": Words(
        ja="条件が途中で終わっています",
        en="this condition ends too early",
        ja_do='続きを書いてください。例: person.pace != "gentle"',
        en_do='write the rest, as in: person.pace != "gentle"',
    ),
    "if.sign": Words(
        ja="条件の中で「{found}」は使えません",
        en="'{found}' is not used in conditions",
    ),
    "if.quotes": Words(
        ja="{found}の引用符は半角ではありません",
        en="the quotes of {found} are not plain ones",
    ),
    "if.unclosed": Words(
        ja="引用符「{found}」が閉じられていません",
        en="the quote {found} is never closed",
        ja_do="閉じる引用符を書き足してください。",
        en_do="write the quote that closes it",
    ),
    "if.unquoted": Words(
        ja="「{found}」という名前はありません。文字として比べるなら引用符が必要です",
        en="'{found}' is not a name; a text to compare with needs quotes",
    ),
    "if.bracket": Words(
        ja="「{found}」が閉じられていません",
        en="this '{found}' is never closed",
        ja_do="閉じる括弧を書き足してください。",
        en_do="write the bracket that closes it",
    ),
    "if.list": Words(
        ja="一覧は丸括弧ではなく角括弧で囲みます",
        en="a list stands in square brackets",
        ja_do='例: person.department in ["営業", "開発"]',
        en_do='as in: person.department in ["sales", "design"]',
    ),
    "if.list_value": Words(
        ja="一覧の中に「{found}」は書けません",
        en="'{found}' cannot stand in a list",
        ja_do='引用符で囲んだ文字か数字を書いてください。例: ["営業", "開発"]',
        en_do='write texts in quotes, or numbers, as in: ["sales", "design"]',
    ),
    "if.in": Words(
        ja="in のあとには、一覧か person.tags が必要です",
        en="'in' needs a list, or person.tags, behind it",
    ),
    "if.operator": Words(
        ja="「{found}」の前に、比べる記号かつなぎのことばが必要です",
        en="something is missing before '{found}'",
        ja_do='例: person.pace != "gentle" and welcome.replied',
        en_do='as in: person.pace != "gentle" and welcome.replied',
    ),
    "if.unexpected": Words(
        ja="条件の中で「{found}」は読めません",
        en="'{found}' cannot stand here in a condition",
        ja_do="書けるのは、名前・値と、== != < <= > >= in not and or ( ) だけです。",
        en_do="names, values, == != < <= > >= in not and or ( ) are all there is",
    ),
    "if.chain": Words(
        ja="「{found}」のように続けて比べることはできません",
        en="'{found}' compares twice in a row",
        ja_do="and でつないでください。例: 1 < pulse.ease and pulse.ease < 5",
        en_do="join two comparisons, as in: 1 < pulse.ease and pulse.ease < 5",
    ),
    "if.compared": Words(
        ja="「{found}」は条件なので、何かと比べることはできません",
        en="'{found}' is a condition and cannot be compared with something",
        ja_do="比べるのは名前と値です。条件どうしは and や or でつないでください。",
        en_do="compare names with values; join conditions by and, or",
    ),
    "if.deep": Words(
        ja="条件の括弧が深すぎます",
        en="this condition is nested too deeply",
        ja_do="括弧を減らすか、ステップを分けてください。",
        en_do="use fewer brackets, or make two steps of it",
    ),
    # --- names
    "fact.unknown": Words(
        ja="「{found}」という事実は、誰にも起きません",
        en="nothing brings about a fact '{found}'",
        ja_do="ほかで記録する事実なら、上のほうに「facts: [{found}]」と書いてください。",
        en_do="if somebody notes it by hand, declare it at the top: facts: [{found}]",
    ),
    "fact.word": Words(
        ja="「{step}」は {kind} なので、「{word}」という事実は起きません",
        en="'{step}' is of kind '{kind}' and never brings about '{word}'",
        ja_do="上のどれかに直してください。",
        en_do="write one of these",
    ),
    "fact.no_expect": Words(
        ja="「{step}」は返事を待っていないので、「{found}」は起きません",
        en="'{step}' awaits no answer, so '{found}' never happens",
        ja_do="ステップ「{step}」に書き足してください。例: expect: reply within 3 business days",
        en_do="add to step '{step}', for example: expect: reply within 3 business days",
    ),
    "fact.no_approve": Words(
        ja="「{step}」は確認を待たないので、「{found}」は起きません",
        en="'{step}' waits for no approval, so '{found}' never happens",
        ja_do="ステップ「{step}」に書き足してください。例: approve: hr_manager",
        en_do="add to step '{step}', for example: approve: hr_manager",
    ),
    "fact.anonymous": Words(
        ja="「{step}」は匿名なので、「{found}」は誰の事実にもなりません",
        en="'{step}' is anonymous: '{found}' is a fact of nobody",
        ja_do="anonymous を外すか「{step}.answered」を待ってください。集計は tsunagu survey で。",
        en_do="take out 'anonymous', or wait for {step}.answered; tsunagu survey shows the figures",
    ),
    "fact.of_person": Words(
        ja="「{found}」はステップの事実なので、名簿にはありません",
        en="'{found}' is a fact of a step and stands in nobody's record",
        ja_do="needs には、名簿にある事実だけを書いてください。例: needs: [offer, join]",
        en_do="needs names facts of the record alone, as in: needs: [offer, join]",
    ),
    "facts.known": Words(
        ja="「{found}」は、書かなくてもすでに知られている事実です",
        en="'{found}' is known without being declared",
        ja_do="消してかまいません。",
        en_do="you may delete it",
    ),
    "for.step": Words(
        ja="「{found}」は始まってから起きることなので、for では使えません",
        en="'{found}' happens after the start, so 'for' cannot ask for it",
        ja_do='名簿にあることを条件にしてください。例: person.kind == "offer_holder"',
        en_do='ask for what the record holds, as in: person.kind == "offer_holder"',
    ),
    "name.unknown": Words(
        ja="「{found}」という名前はありません",
        en="'{found}' is not a name that is known here",
        ja_do="上のどれかで始まる名前に直してください。例: person.department",
        en_do="write a name that begins with one of these, as in: person.department",
    ),
    "person.unknown": Words(
        ja="名簿に「{found}」という項目はありません",
        en="people have no '{found}'",
        ja_do="名簿の列の名前を確かめてください: tsunagu people list",
        en_do="look at the columns of your list: tsunagu people list",
    ),
    "person.unlike": Words(
        ja="「{found}」は、まだ名簿に見当たらない項目です",
        en="'{found}' is not seen in any record so far",
    ),
    "person.role": Words(
        ja="「{found}」は本人の項目ではなく、担当者の役割です",
        en="'{found}' is a role of staff, not something of the person",
    ),
    "person.value": Words(
        ja="{name} が「{found}」になることはありません",
        en="{name} is never '{found}'",
        ja_do="上のどれかに直してください。",
        en_do="write one of these",
    ),
    "staff.unknown": Words(
        ja="担当者に「{found}」という項目はありません",
        en="staff have no '{found}'",
        ja_do="上のどれかに直してください。",
        en_do="write one of these",
    ),
    "meeting.place": Words(
        ja="役割「{role}」の人の予定表({other})では、{found} のリンクを作れません",
        en="the calendar of '{role}' is at {other}, which makes no link for '{found}'",
        ja_do="place: {instead} とするか、その人たちだけの会に分けてください。"
        "予定表は staff.csv の calendar 列か、設定の calendars.default です。",
        en_do="write place: {instead}, or change where their calendars are: the column calendar "
        "of staff.csv, or calendars.default of the settings",
    ),
    "meeting.no_link": Words(
        ja="役割「{role}」の人の予定表は Google にも Microsoft にもないので、"
        "{found} のリンクを作れません",
        en="the calendar of '{role}' is at neither Google nor Microsoft, so nobody makes a link "
        "for '{found}'",
        ja_do="place: には会う場所やつなぎ方を書いてください。"
        "予定表があるなら staff.csv の calendar 列か、設定の calendars.default に "
        "{provider} と書いてください。",
        en_do="write in place: where or how they meet; or, if they have a calendar there, write "
        "{provider} into the column calendar of staff.csv, or calendars.default of the settings",
    ),
    "role.unknown": Words(
        ja="「{found}」という役割の担当者はいません",
        en="nobody has the role '{found}'",
        ja_do="staff.csvのrole列に書くか、上のどれかに直してください。",
        en_do="write one of these, or add the role to staff.csv",
    ),
    "mailbox.unknown": Words(
        ja="「{found}」という差出人は設定にありません",
        en="there is no mailbox '{found}' in the settings",
        ja_do="tsunagu.yamlのmailboxesに書き足すか、上のどれかに直してください。",
        en_do="write one of these, or add it to mailboxes in tsunagu.yaml",
    ),
    "template.missing": Words(
        ja="文面「{found}」のファイルがありません",
        en="there is no text '{found}'",
        ja_do="{file} を作ってください。",
        en_do="create the file {file}",
    ),
    "template.idle": Words(
        ja="この文面を送るステップはありません",
        en="no step sends this text",
        ja_do="消すか、どこかのステップに template: として書いてください。",
        en_do="delete it, or name it in a step: template: …",
    ),
    "attach.missing_person": Words(
        ja="{person} に添付する「{found}」がありません",
        en="there is no file '{found}' to attach for {person}",
        ja_do="プレイブックのフォルダーに、この人のファイルを置いてください。",
        en_do="put this person's file into the playbook's folder",
    ),
    "attach.missing": Words(
        ja="添付する「{found}」がありません",
        en="there is no file '{found}' to attach",
        ja_do="プレイブックのフォルダーに、このファイルを置いてください。",
        en_do="put the file into the playbook's folder",
    ),
    "attach.too_large": Words(
        ja="添付ファイルを入れると {found} で、このメールボックスから送れる {most} を超えます",
        en="with its files the mail has {found}, and its mailbox takes {most}",
        ja_do="ファイルを小さくするか、リンクにするか、SMTP で送ってください(docs/connecting.md)。",
        en_do="make the files smaller, link to them, or send by smtp (docs/connecting.md)",
    ),
    "attach.outside": Words(
        ja="「{found}」は、このプレイブックのフォルダーの外です",
        en="'{found}' lies outside the playbook's folder",
        ja_do="ファイルをこのフォルダーに置き、その名前だけを書いてください。",
        en_do="put the file into the folder and write its name alone",
    ),
    "mail.reply_to_idle": Words(
        ja="返信先が差出人と同じ「{found}」です",
        en="replies go to the sender '{found}' anyway",
        ja_do="この項目は消してかまいません。",
        en_do="you may delete it",
    ),
    "playbook.twice": Words(
        ja="「{found}」という名前は {other} でも使われています",
        en="{other} is named '{found}' as well",
        ja_do="どちらか一方を別の名前にしてください。名前はフォルダーと同じにします。",
        en_do="give one of the two another name: that of its folder",
    ),
    "enroll.circle": Words(
        ja="ここから元に戻ってきます({way})",
        en="this leads back: {way}",
        ja_do="同じプレイブックに二度は入らないので、そこから来た人には何も起きません。"
        "どれか一つを消すか、どちらの向きも要るならこのままにしてください。",
        en_do="nobody enters a playbook twice: it does nothing for those who came from there;"
        " leave one of these steps out, or keep it if both ways are meant",
    ),
    "enroll.unknown": Words(
        ja="「{found}」というプレイブックはありません",
        en="there is no playbook '{found}'",
        ja_do="playbooksのフォルダーの名前を確かめてください。",
        en_do="look at the names of the folders in playbooks/",
    ),
    "enroll.itself": Words(
        ja="「{found}」は、このプレイブック自身です",
        en="'{found}' is this playbook itself",
        ja_do="別のプレイブックの名前を書いてください。",
        en_do="write the name of another playbook",
    ),
    "webhook.url": Words(
        ja="「{found}」は https:// で始まるアドレスではありません",
        en="'{found}' is no address that begins with https://",
        ja_do="https:// で始まるアドレスを書いてください。",
        en_do="write an address that begins with https://",
    ),
    "webhook.secret": Words(
        ja="その名前の署名の鍵は設定にありません",
        en="the settings hold no signing secret of that name",
        ja_do="tsunagu.yamlのwebhooksに鍵を書き、ここにはその名前だけを書いてください。",
        en_do="write the secret to webhooks in tsunagu.yaml, and its name alone here",
    ),
    "calendar.zone": Words(
        ja="「{found}」というタイムゾーンはありません",
        en="there is no time zone '{found}'",
        ja_do="例: Asia/Tokyo",
        en_do="as in: Asia/Tokyo",
    ),
    "calendar.country": Words(
        ja="「{found}」の祝日は分かりません",
        en="the holidays of '{found}' are not known",
        ja_do="国の記号を書いてください。例: JP。祝日なしなら none",
        en_do="write the code of a country, as in JP, or none",
    ),
    # --- what can never happen, and what makes no difference
    "expect.kind": Words(
        ja="{kind} のステップに返事は来ません",
        en="nobody answers a step of kind '{kind}'",
        ja_do="expect を消すか、上のどれかのステップに書いてください。",
        en_do="delete expect, or write it on a step of these kinds",
    ),
    "expect.word": Words(
        ja="{kind} のステップは「{found}」を待てません",
        en="a step of kind '{kind}' cannot await '{found}'",
        ja_do="上のどれかに直してください。",
        en_do="write one of these",
    ),
    "expect.unheard": Words(
        ja="返事を待ちますが、返事がなくても何も起きません",
        en="an answer is awaited here, and nothing follows when none comes",
        ja_do="if_silent を書き足すか、expect を消してください。",
        en_do="add if_silent, or delete expect",
    ),
    "expect.at_once": Words(
        ja="「{found}」では、送ったその時に「返事なし」になります",
        en="'{found}' takes everybody for silent in the moment the question goes out",
        ja_do="待つ長さを書いてください。例: expect: reply within 3 business days",
        en_do="say how long to wait, as in: expect: reply within 3 business days",
    ),
    "expect.stops": Words(
        ja="「{found}」は stop_on にあるので、書かなくても待つのは終わります",
        en="'{found}' is in stop_on: the wait ends with it anyway",
        ja_do="or {found} を消しても同じです。",
        en_do="without 'or {found}' it means the same",
    ),
    "expect.repeated": Words(
        ja="「{found}」は、もう書かれています",
        en="'{found}' stands here already",
        ja_do="一つを消してください。",
        en_do="delete one of them",
    ),
    "ladder.no_expect": Words(
        ja="何の返事を待つのか書かれていないので、if_silent は始まりません",
        en="if_silent never begins: no answer is awaited",
        ja_do="このステップに書き足してください。例: expect: reply within 3 business days",
        en_do="add to this step, for example: expect: reply within 3 business days",
    ),
    "window.never": Words(
        ja="期限「{found}」は「{when}」より前なので、決して間に合いません",
        en="the deadline '{found}' lies before '{when}' and can never be kept",
        ja_do="期限を when よりあとにしてください。",
        en_do="write a deadline that comes after 'when'",
    ),
    "cadence.never": Words(
        ja="「{found}」は、一度も来ないうちに終わります",
        en="'{found}' ends before it comes even once",
        ja_do="from と until の間を、くり返しの間隔より長くしてください。",
        en_do="let more time pass between from and until than one gap",
    ),
    "when.outside_hours": Words(
        ja="{found} は送信できる時間({hours})の外なので、次の時間帯まで待ちます",
        en="{found} is outside the hours of sending ({hours}), so it waits for them",
        ja_do="at を時間の中にするか、sending: hours を広げてください。",
        en_do="write a time within them, or widen sending: hours",
    ),
    "when.weekend": Words(
        ja="{found} は週末なので、次の営業日まで待ちます",
        en="{found} falls on a weekend, so it waits for the next business day",
        ja_do="日付を確かめてください。",
        en_do="check the date",
    ),
    "budget.idle": Words(
        ja="上限「{found}」は、「{other}」があれば必ず守られます",
        en="the limit '{found}' is kept by '{other}' anyway",
        ja_do="片方は消してかまいません。",
        en_do="you may delete it",
    ),
    "meeting.size_idle": Words(
        ja="together がないので、size は何も変えません",
        en="'size' changes nothing without 'together'",
        ja_do="together: department のように、誰を一つの会に集めるかを書いてください。",
        en_do="say whom to bring together, as in: together: department",
    ),
    "meeting.too_long": Words(
        ja="{minutes}分の会は、{room}分の時間帯に入りません",
        en="{minutes} minutes do not fit into {room} minutes",
        ja_do="between を広げるか、minutes を短くしてください。",
        en_do="widen between, or shorten minutes",
    ),
    "meeting.at_once": Words(
        ja="within が0では、入れられる時間がありません",
        en="within 0 there is no time in which the meeting could be",
        ja_do="長さを書いてください。例: within: 10 business days",
        en_do="say how long, as in: within: 10 business days",
    ),
    "meeting.notice_long": Words(
        ja="案内から {found} 空けると、within の {within} を過ぎてしまいます",
        en="{found} from the invitation is later than all of {within}",
        ja_do="notice を短くするか、within を延ばしてください。",
        en_do="shorten notice, or lengthen within",
    ),
    # --- the settings, and the environment they name
    "settings.none_here": Words(
        ja="ここにも、上のフォルダーにも tsunagu.yaml がありません",
        en="there is no tsunagu.yaml here or in any folder above",
        ja_do="ワークスペースのフォルダーで実行するか、--workspace で場所を指定してください。"
        "新しくつくるには: tsunagu init my-hr",
        en_do="run it in your workspace's folder or name it with --workspace; to make one: "
        "tsunagu init my-hr",
    ),
    "settings.none_there": Words(
        ja="tsunagu.yaml がありません",
        en="there is no tsunagu.yaml",
        ja_do="場所を確かめてください。新しくつくるには: tsunagu init my-hr",
        en_do="check the path; to make a workspace: tsunagu init my-hr",
    ),
    "settings.unknown": Words(
        ja="「{found}」という項目は {where} にありません",
        en="'{found}' is not known in {where}",
    ),
    "settings.needed": Words(
        ja="{where} に「{word}」がありません",
        en="'{word}' is missing in {where}",
        ja_do="「{word}: …」の行を加えてください。",
        en_do="add a line '{word}: …'",
    ),
    "settings.table": Words(
        ja="「{word}」には、字下げした「項目: 値」の行が必要です",
        en="'{word}' needs indented lines of 'word: value'",
        ja_do="書き方は docs/workspace.md にあります。",
        en_do="docs/workspace.md shows how it is written",
    ),
    "settings.list": Words(
        ja="「{word}」には一覧が必要です",
        en="'{word}' needs a list",
        ja_do="[一つ目, 二つ目] の形で書いてください。",
        en_do="write it as [first, second]",
    ),
    "settings.text": Words(
        ja="「{word}」に書けるのは値一つだけです",
        en="'{word}' takes a single value",
        ja_do="「{word}: 値」の形で書いてください。",
        en_do="write it as '{word}: value'",
    ),
    "settings.name": Words(
        ja="「{found}」は名前に使えません",
        en="'{found}' cannot be a name",
        ja_do="空白・コロン・括弧・コンマのない名前にしてください。",
        en_do="choose a name without spaces, colons, brackets or commas",
    ),
    "settings.choice": Words(
        ja="「{word}」に「{found}」とは書けません",
        en="'{word}' cannot be '{found}'",
    ),
    "settings.number": Words(
        ja="「{word}」は {least} から {most} までの整数です(「{found}」)",
        en="'{word}' is a whole number from {least} to {most}, not '{found}'",
        ja_do="半角の数字で書いてください。",
        en_do="write it in plain digits",
    ),
    "settings.decimal": Words(
        ja="「{word}」は0より大きい数です(「{found}」)",
        en="'{word}' is a number above 0, not '{found}'",
        ja_do="3 や 2.5 のように書いてください。",
        en_do="write it like 3 or 2.5",
    ),
    "settings.zone": Words(
        ja="「{found}」というタイムゾーンはありません",
        en="there is no time zone '{found}'",
        ja_do="Asia/Tokyo のように、地域/都市の形で書いてください。",
        en_do="write it as Region/City, like Asia/Tokyo",
    ),
    "settings.country": Words(
        ja="「{found}」の祝日は分かりません",
        en="the holidays of '{found}' are not known",
        ja_do="JP のような国コード、US-CA のような地域、または none と書いてください。",
        en_do="write a country like JP, a region like US-CA, or none",
    ),
    "settings.address": Words(
        ja="「{found}」はメールアドレスとして読めません",
        en="'{found}' is not a mail address",
        ja_do="saiyo@example.co.jp のように、半角で、名前を付けずに書いてください。",
        en_do="write it like saiyo@example.co.jp, without a name; the name goes into 'name'",
    ),
    "settings.reply_tag": Words(
        ja="「{found}」は返信先の印の付け方ではありません",
        en="'{found}' does not say how an address carries a tag",
        ja_do="plus か、全アドレスが届くドメインを @reply.example.co.jp のように書いてください。",
        en_do="write plus, or a domain all of whose addresses reach you: '@reply.example.co.jp'",
    ),
    "settings.host": Words(
        ja="「{found}」はサーバー名として読めません",
        en="'{found}' is not the name of a server",
        ja_do="smtp.example.co.jp のように書き、ポートは port に分けてください。",
        en_do="write it like smtp.example.co.jp, and the port in 'port'",
    ),
    "settings.web": Words(
        ja="「{found}」はウェブアドレスとして読めません",
        en="'{found}' is not a web address",
        ja_do="https://example.co.jp のように書いてください。",
        en_do="write it like https://example.co.jp",
    ),
    "settings.network": Words(
        ja="「{found}」はアドレスとして読めません",
        en="'{found}' is not the address of a machine or a network",
        ja_do="127.0.0.1 か 10.0.0.0/8 のように書いてください。",
        en_do="write it like 127.0.0.1 or 10.0.0.0/8",
    ),
    "settings.key_short": Words(
        ja="リンクに署名する鍵が短すぎます({least}文字以上)",
        en="the key that signs links is too short ({least} characters or more)",
        ja_do="python3 -c 'import secrets; print(secrets.token_hex(32))'",
        en_do="python3 -c 'import secrets; print(secrets.token_hex(32))'",
    ),
    "settings.topic": Words(
        ja="「{found}」は Cloud Pub/Sub のトピックの名前として読めません",
        en="'{found}' is not the name of a topic of Cloud Pub/Sub",
        ja_do="projects/プロジェクトID/topics/名前 と、全体を書いてください。",
        en_do="write the whole of it: projects/PROJECT/topics/NAME",
    ),
    "settings.word_short": Words(
        ja="プッシュの合言葉が短すぎます({least}文字以上)",
        en="the word that pushes bear is too short ({least} characters or more)",
        ja_do="python3 -c 'import secrets; print(secrets.token_hex(16))'",
        en_do="python3 -c 'import secrets; print(secrets.token_hex(16))'",
    ),
    "settings.push_unheard": Words(
        ja="public_url が https ではないので、Gmail からの知らせは届きません",
        en="Gmail's pushes reach nobody: public_url is not https",
        ja_do="public_url を https で書くか、push を消してください。メールはいつもどおり読みます。",
        en_do="set public_url with https, or remove push; mail is read as ever",
    ),
    "settings.plain_url": Words(
        ja="「{found}」は https ではないので、候補者のお答えが途中で読まれることがあります",
        en="'{found}' is not https: what people answer can be read on the way",
        ja_do="https:// で始まる入り口を用意してください。例は docs/pages.md にあります。",
        en_do="put an https address before it; docs/pages.md shows how",
    ),
    "settings.caldav_url": Words(
        ja="「{found}」は https ではないので、パスワードが途中で読まれます",
        en="'{found}' is not https: the password could be read on the way",
        ja_do="https:// で始まるアドレスにしてください。",
        en_do="give an address that begins with https",
    ),
    "settings.span": Words(
        ja="「{found}」は長さとして使えません",
        en="'{found}' cannot be a stretch of time here",
        ja_do="30 seconds、12 hours、7 days、2 weeks のように書いてください。",
        en_do="write it like 30 seconds, 12 hours, 7 days or 2 weeks",
    ),
    "settings.age": Words(
        ja="「{found}」では短すぎます。返信や催促がまだ来る間は、しまえません",
        en="'{found}' is too short: answers and reminders are still to come",
        ja_do="30 days 以上を 180 days、52 weeks のように書いてください。",
        en_do="write 30 days or more, like 180 days or 52 weeks",
    ),
    "settings.store": Words(
        ja="記録の置き場所「{found}」は使えません",
        en="the store '{found}' cannot be used",
        ja_do="sqlite:///.tsunagu/store.db か postgresql://… と書いてください。",
        en_do="write sqlite:///.tsunagu/store.db or postgresql://…",
    ),
    "settings.broker": Words(
        ja="broker に「{found}」とは書けません",
        en="the broker cannot be '{found}'",
        ja_do="embedded か redis://… と書いてください。",
        en_do="write embedded or redis://…",
    ),
    "settings.no_way": Words(
        ja="メールボックス「{found}」に送り方がありません",
        en="mailbox '{found}' has no way to send",
        ja_do="smtp、google、microsoft のどれか一つを書いてください。",
        en_do="say one of smtp, google or microsoft",
    ),
    "settings.ways": Words(
        ja="メールボックス「{found}」に送り方が二つ以上あります",
        en="mailbox '{found}' has more than one way to send",
        ja_do="smtp、google、microsoft のうち一つだけ残してください。",
        en_do="keep one of smtp, google and microsoft",
    ),
    "settings.no_user": Words(
        ja="{found} にパスワードはありますが、user がありません",
        en="{found} has a password and no user",
        ja_do="「user: サインインの名前」の行を加えてください。",
        en_do="add a line 'user: …' with the name to sign in with",
    ),
    "settings.two_sign_ins": Words(
        ja="{found} に sign_in と、パスワードかトークンの両方があります",
        en="{found} has a sign_in, and a password or a token as well",
        ja_do="sign_in だけか、password・token だけを残してください。",
        en_do="keep sign_in, or password or token",
    ),
    "settings.clear_text": Words(
        ja="暗号化なしで {found} にパスワードは送れません",
        en="a password cannot go to {found} without encryption",
        ja_do="tls: starttls か tls: implicit にしてください。",
        en_do="write tls: starttls or tls: implicit",
    ),
    "settings.tls_port": Words(
        ja="ポート465は最初から暗号化する接続(implicit)のものです",
        en="port 465 is encrypted from the start (implicit)",
        ja_do="tls: implicit にするか、port: 587 にしてください。",
        en_do="write tls: implicit, or port: 587",
    ),
    "settings.connection": Words(
        ja="「{found}」への接続が設定されていません",
        en="there is no connection to '{found}'",
        ja_do="tsunagu.yaml に「{found}:」の項目を加えてください。",
        en_do="add a section '{found}:' to tsunagu.yaml",
    ),
    "settings.mailbox": Words(
        ja="「{found}」というメールボックスはありません",
        en="there is no mailbox '{found}'",
        ja_do="mailboxes に書いた名前にしてください。",
        en_do="name one of your mailboxes",
    ),
    "settings.variable": Words(
        ja="環境変数 {found} がありません",
        en="the environment has no {found}",
        ja_do="tsunagu.yaml の隣の .env に「{found}=…」と書いてください。",
        en_do="write {found}=… into the file .env beside tsunagu.yaml",
    ),
    "settings.variable_name": Words(
        ja="「{found}」は環境変数の名前になりません",
        en="'{found}' cannot be the name of a variable",
        ja_do="${{SMTP_PASSWORD}} のように、英数字と _ で書いてください。",
        en_do="write it like ${{SMTP_PASSWORD}}, in letters, digits and _",
    ),
    "settings.variable_open": Words(
        ja="「${{」が閉じていません",
        en="this '${{' is not closed",
        ja_do="${{SMTP_PASSWORD}} のように「}}」で閉じてください。",
        en_do="close it, like ${{SMTP_PASSWORD}}",
    ),
    "settings.secret": Words(
        ja="「{word}」がそのまま書かれています。このファイルを見る人すべてに見えます",
        en="'{word}' is written out: everybody who sees this file sees it",
        ja_do=".env に「{name}=…」と書き、ここは ${{{name}}} にしてください。",
        en_do="write {name}=… into .env, and ${{{name}}} here",
    ),
    "env.line": Words(
        ja="「名前=値」の形ではありません",
        en="this line is not NAME=value",
        ja_do="SMTP_PASSWORD=… のように書くか、行頭に # を付けてください。",
        en_do="write it like SMTP_PASSWORD=…, or begin it with #",
    ),
    "env.quote": Words(
        ja="引用符が閉じていないか、そのあとに文字があります",
        en="a quotation mark is left open, or something follows the closed one",
        ja_do='「NAME="値"」のように同じ引用符で閉じてください。',
        en_do='close it with the same mark, like NAME="value"',
    ),
    "file.unreadable": Words(
        ja="ファイルを開けません({why})",
        en="this file cannot be opened ({why})",
        ja_do="読み取りの権限を確かめてください。",
        en_do="check that you may read it",
    ),
    # --- mail templates
    "template.front": Words(
        ja="テンプレートの最初に件名がありません",
        en="the template does not begin with its subject",
        ja_do="1行目に --- 、次の行に subject: 件名 、その次の行に --- と書いてください",
        en_do="begin with a line ---, a line subject: …, and a line ---",
    ),
    "template.key": Words(
        ja="「{word}」はテンプレートの先頭部分では使えません",
        en="'{word}' is not known at the head of a template",
        ja_do="「名前: 値」の形で、1行に1つ書いてください",
        en_do="write one 'name: value' a line",
    ),
    "template.continued": Words(
        ja="{key} が2行に分かれています",
        en="{key} goes over two lines",
        ja_do="1行に続けて書いてください",
        en_do="write it on one line",
    ),
    "template.twice": Words(
        ja="{key} が2回書かれています",
        en="{key} is written twice",
        ja_do="どちらか1つを残してください",
        en_do="keep one of them",
    ),
    "template.subject": Words(
        ja="件名(subject)がありません",
        en="there is no subject",
        ja_do="先頭の --- の次の行に subject: 件名 と書いてください",
        en_do="write subject: … beneath the first ---",
    ),
    "template.empty": Words(
        ja="この文面には本文がありません",
        en="this text has nothing beneath its subject",
        ja_do="2つ目の --- の下に本文を書いてください",
        en_do="write the mail beneath the second ---",
    ),
    "template.large": Words(
        ja="テンプレートが大きすぎます",
        en="the template is too large",
        ja_do="メール1通分の文章だけにしてください(画像は別のファイルに)",
        en_do="keep to the text of one mail; pictures are files of their own",
    ),
    "template.control": Words(
        ja="目に見えない文字({sign})が含まれています",
        en="an unseen character ({sign}) stands here",
        ja_do="その場所の文字を消して、打ち直してください",
        en_do="delete it and type the place again",
    ),
    "template.syntax": Words(
        ja="{{{{ }}}} または {{% %}} の中を読み取れません ({why})",
        en="what stands between the braces cannot be read ({why})",
        ja_do="例: {{{{ person.name }}}}、{{% if mentor %}} … {{% endif %}}",
        en_do="for example {{{{ person.name }}}}, {{% if mentor %}} … {{% endif %}}",
    ),
    "template.wide": Words(
        ja="全角の波かっこ「{found}」は差し込みになりません",
        en="'{found}' has full-width braces and would be sent as it stands",
        ja_do="半角の {{{{ }}}} で書いてください",
        en_do="write {{{{ … }}}} with plain braces",
    ),
    "template.single": Words(
        ja="「{found}」は差し込まれず、そのまま送られます",
        en="'{found}' has single braces and would be sent as it stands",
        ja_do="差し込むときは {{{{ }}}} と二重に書いてください",
        en_do="write {{{{ … }}}} with double braces",
    ),
    "template.tag": Words(
        ja="「{word}」という命令はありません",
        en="there is no tag '{word}'",
        ja_do="使えるのは if、for、set、with です",
        en_do="if, for, set and with may be used",
    ),
    "template.filter": Words(
        ja="「{word}」という書式はありません",
        en="there is no filter '{word}'",
        ja_do="例: {{{{ join | date }}}}",
        en_do="for example {{{{ join | date }}}}",
    ),
    "template.refused": Words(
        ja="「{word}」はテンプレートでは使えません",
        en="'{word}' may not be used in a template",
        ja_do="差し込み、if、for だけで書いてください",
        en_do="keep to values, if and for",
    ),
    "template.unknown": Words(
        ja="「{word}」という項目はありません",
        en="'{word}' is not known",
        ja_do="名簿の列、役割、事実のいずれかの名前を書いてください",
        en_do="name a column of the people, a role or a fact",
    ),
    "template.outside": Words(
        ja="「{word}」は、面談の案内(meeting の mail)の文面でだけ使えます",
        en="'{word}' is known only in the text that invites to a meeting",
        ja_do="この文面を meeting の mail: に書くか、この項目を消してください",
        en_do="name this text in the mail: of a meeting, or take the word out",
    ),
    "text.as_written": Words(
        ja="ここの「{found}」は差し込まれません",
        en="'{found}' is not filled in here",
        ja_do="書いたまま相手に届きます。差し込めるのは、メールの文面と meeting の title です。",
        en_do="people would read it as it stands; only mails and titles of meetings are filled in",
    ),
    "template.lacking": Words(
        ja="{person} には「{word}」がありません",
        en="{person} has no '{word}'",
        ja_do='名簿に書き足すか、{{{{ {word} | default("…") }}}} としてください',
        en_do='add it to the record, or write {{{{ {word} | default("…") }}}}',
    ),
    "template.unwritable": Words(
        ja="{person} あてのメールを作れません ({why})",
        en="the mail to {person} cannot be written ({why})",
        ja_do="テンプレートと、この人の名簿の内容を確かめてください",
        en_do="check the template and this person's record",
    ),
    "template.clipped": Words(
        ja="メールが{size}kBあり、Gmailでは途中で切れます",
        en="the mail is {size} kB, and Gmail cuts it off at 102",
        ja_do="文章かレイアウトを短くしてください",
        en_do="shorten the text or the layout",
    ),
    "template.picture": Words(
        ja="画像「{file}」がプレイブックのフォルダーにありません",
        en="the picture '{file}' is not in the playbook's folder",
        ja_do="ファイルの名前と場所を確かめてください",
        en_do="check the name of the file and its folder",
    ),
    "template.no_content": Words(
        ja="レイアウトに {{{{ content }}}} がありません",
        en="the layout has no {{{{ content }}}}",
        ja_do="本文を入れる場所に {{{{ content }}}} と書いてください",
        en_do="write {{{{ content }}}} where the text belongs",
    ),
    # --- pressure on candidates: the rule brings its own sentences
    "pressure.file": Words(
        ja="pressure.yaml は rules: の下に規則を並べて書きます",
        en="pressure.yaml lists its rules beneath rules:",
        ja_do="rules: の次の行から、「  - id: 名前」の形で書いてください",
        en_do="write rules: and beneath it '  - id: …', one a rule",
    ),
    "pressure.word": Words(
        ja="「{word}」は規則では使えません",
        en="'{word}' is not known in a rule",
        ja_do="id、find、unless、why、instead、source、example、off が使えます",
        en_do="use id, find, unless, why, instead, source, example or off",
    ),
    "pressure.id": Words(
        ja="規則に id がありません",
        en="a rule has no id",
        ja_do="id: 半角の名前 を書いてください",
        en_do="give it an id",
    ),
    "pressure.needed": Words(
        ja="規則「{rule}」には find と why が必要です",
        en="the rule '{rule}' needs find and why",
        ja_do="find: 言い回し と why: 理由 を書いてください",
        en_do="write find: with a turn of phrase, and why:",
    ),
    "pressure.pattern": Words(
        ja="この言い回しは読み取れません",
        en="this turn of phrase cannot be read",
        ja_do="言葉、3つまでの … 、(あ|い) の形だけで書いてください(かっこの中に … は書けません)",
        en_do="write words, at most three …, and (a|b); no … inside the brackets",
    ),
    "pressure": Words(
        ja="「{found}」 {why_ja}",
        en="'{found}': {why_en}",
        ja_do="{instead_ja}",
        en_do="{instead_en}",
    ),
    # --- tables of people and staff
    "people.large": Words(
        ja="表が大きすぎます({size} MB)。500 MBまで読めます",
        en="this table is too large ({size} MB); up to 500 MB is read",
        ja_do="いくつかのファイルに分けて、順に取り込んでください。",
        en_do="split it into several files and import one after the other",
    ),
    "people.old_excel": Words(
        ja="古い形式のExcelファイル(.xls)か、パスワードの付いたファイルです",
        en="this is an old Excel file (.xls) or one with a password",
        ja_do="Excelで開き、パスワードを外して「Excelブック (.xlsx)」か"
        "「CSV UTF-8」で保存し直してください。",
        en_do="open it in Excel, remove the password and save it as .xlsx or as CSV UTF-8",
    ),
    "people.no_table": Words(
        ja="Excelの表として読めません",
        en="this cannot be read as an Excel table",
        ja_do="Excelで開き、「Excelブック (.xlsx)」か「CSV UTF-8」で保存し直してください。",
        en_do="open it in Excel and save it as .xlsx or as CSV UTF-8",
    ),
    "people.encoding": Words(
        ja="文字コードが分かりません(UTF-8、UTF-16、Shift_JIS を読めます)",
        en="the encoding is not known (UTF-8, UTF-16 and Shift_JIS are read)",
        ja_do="Excelの「名前を付けて保存」で「CSV UTF-8(コンマ区切り)」を選んでください。",
        en_do="save it as 'CSV UTF-8 (comma delimited)'",
    ),
    "people.quote": Words(
        ja='引用符「"」が閉じていないか、値の途中にあります',
        en="a quotation mark is left open or stands inside a value",
        ja_do="Excelで開いて保存し直すか、この行のあたりの引用符を確かめてください。",
        en_do="open and save it in Excel, or look at the quotation marks about this row",
    ),
    "people.formula": Words(
        ja="セル {cell} の数式の結果が保存されていません",
        en="the result of the formula in {cell} has not been saved",
        ja_do="Excelで開いて一度保存するか、値として貼り付けてください。",
        en_do="open and save the file in Excel once, or paste the values",
    ),
    "people.error": Words(
        ja="セル {cell}({heading})が {found} になっています",
        en="cell {cell} ({heading}) says {found}",
        ja_do="数式を直すか、値を入れてください。",
        en_do="correct the formula or type the value",
    ),
    "people.empty": Words(
        ja="表に何も書かれていません",
        en="this table is empty",
        ja_do="一行目に見出し(氏名、メールアドレスなど)を書いてください。",
        en_do="put headings (name, email, …) into the first row",
    ),
    "people.no_rows": Words(
        ja="見出しの下に一行もありません",
        en="there is no row below the headings",
        ja_do="一人を一行にして書いてください。",
        en_do="write one person a row",
    ),
    "people.many": Words(
        ja="直すところが多いので、ここまでにします",
        en="there is more to correct than is shown here",
        ja_do="上のところを直してから、もう一度取り込んでください。",
        en_do="correct what is above and import again",
    ),
    "people.column_needed": Words(
        ja="「{found}」の列がありません",
        en="there is no column '{name}'",
        ja_do="見出しを「{found}」にした列を加えてください。",
        en_do="add a column with the heading '{name}'",
    ),
    "people.column_twice": Words(
        ja="セル {cell} の見出し「{found}」は {first} 列と同じ意味です",
        en="the heading '{found}' in {cell} means the same as column {first}",
        ja_do="どちらかの列を消すか、見出しを変えてください。",
        en_do="delete one of the two or change its heading",
    ),
    "people.no_heading": Words(
        ja="セル {cell} に値がありますが、その列に見出しがありません",
        en="cell {cell} holds a value, and its column has no heading",
        ja_do="見出しを書いてください。見出しのセルが結合されていれば、結合を解除してください。",
        en_do="give it a heading; if heading cells are merged, unmerge them",
    ),
    "people.no_name": Words(
        ja="{cell} に氏名がありません",
        en="there is no name in {cell}",
        ja_do="氏名を入れるか、要らない行なら消してください。",
        en_do="fill it in, or delete the row if it is not needed",
    ),
    "people.name": Words(
        ja="セル {cell} の氏名に改行などの使えない文字があるか、長すぎます",
        en="the name in {cell} holds a line break or is too long",
        ja_do="一行の氏名にしてください。",
        en_do="write the name on one line",
    ),
    "people.polite": Words(
        ja="セル {cell} の氏名に敬称「{found}」が付いています",
        en="the name in {cell} holds '{found}'",
        ja_do="メールの文面が「さん」を付けるので、氏名だけにしてください。",
        en_do="write the name alone: the mails say how they address people",
    ),
    "people.joins_before": Words(
        ja="{cell} の入社日が、内定日より前です",
        en="the first day in {cell} lies before the offer",
        ja_do="どちらの年月日も確かめてください。",
        en_do="look at both dates, above all at their years",
    ),
    "people.id": Words(
        ja="セル {cell} のID「{found}」に改行などの使えない文字があるか、長すぎます",
        en="the id '{found}' in {cell} holds a line break or is too long",
        ja_do="一行の短いIDにしてください。",
        en_do="write a short id on one line",
    ),
    "people.no_id": Words(
        ja="{cell} に社員のIDがありません",
        en="there is no id in {cell}",
        ja_do="社員番号など、変わらない番号を「ID」の列に入れてください。",
        en_do="put a number that never changes into a column 'id'",
    ),
    "people.twice": Words(
        ja="セル {cell} の「{found}」は {first} と同じです",
        en="'{found}' in {cell} stands in {first} already",
        ja_do="同じ人なら一行にまとめ、別の人なら正しい値にしてください。",
        en_do="make one row of them, or correct one if they are two people",
    ),
    "people.no_address": Words(
        ja="{cell} にメールアドレスがありません。この人にはメールが送られません",
        en="there is no address in {cell}: this person gets no mail",
        ja_do="分かったら、アドレスを入れてもう一度取り込んでください。",
        en_do="import the table again once the address is known",
    ),
    "people.address_empty": Words(
        ja="セル {cell} の「{found}」はメールアドレスとして読めません",
        en="'{found}' in {cell} is not a mail address",
        ja_do="taro@example.jp のように書いてください。",
        en_do="write it like taro@example.jp",
    ),
    "people.address_no_at": Words(
        ja="セル {cell} の「{found}」に @ がありません",
        en="'{found}' in {cell} has no @",
        ja_do="taro@example.jp のように書いてください。",
        en_do="write it like taro@example.jp",
    ),
    "people.address_two_at": Words(
        ja="セル {cell} の「{found}」にアドレスが二つ以上あります",
        en="'{found}' in {cell} holds more than one address",
        ja_do="連絡に使うアドレスを一つだけ残してください。",
        en_do="keep the one to write to",
    ),
    "people.address_local": Words(
        ja="セル {cell} のアドレスの @ の前「{detail}」が読めません",
        en="what stands before the @ in {cell}, '{detail}', cannot be read",
        ja_do="本人に確かめて、正しいアドレスにしてください。",
        en_do="ask for the right address",
    ),
    "people.address_domain": Words(
        ja="セル {cell} のアドレスの @ の後「{detail}」が読めません",
        en="what stands after the @ in {cell}, '{detail}', cannot be read",
        ja_do="本人に確かめて、正しいアドレスにしてください。",
        en_do="ask for the right address",
    ),
    "people.address_long": Words(
        ja="セル {cell} のアドレスが長すぎます",
        en="the address in {cell} is too long",
        ja_do="本人に確かめて、正しいアドレスにしてください。",
        en_do="ask for the right address",
    ),
    "people.choice": Words(
        ja="セル {cell}({heading})の「{found}」は分かりません",
        en="'{found}' in {cell} ({heading}) is not known",
    ),
    "people.number": Words(
        ja="セル {cell}({heading})の「{found}」は 0 から {most} までの整数ではありません",
        en="'{found}' in {cell} ({heading}) is not a whole number from 0 to {most}",
        ja_do="半角の数字で書いてください。",
        en_do="write it in digits",
    ),
    "people.hours": Words(
        ja="セル {cell}({heading})の「{found}」は時間帯として読めません",
        en="'{found}' in {cell} ({heading}) cannot be read as hours",
        ja_do="09:30-18:30 のように書いてください。",
        en_do="write them like 09:30-18:30",
    ),
    "people.zone": Words(
        ja="セル {cell} の「{found}」というタイムゾーンはありません",
        en="there is no time zone '{found}' ({cell})",
        ja_do="Asia/Tokyo のように、地域/都市の形で書いてください。",
        en_do="write it as Region/City, like Asia/Tokyo",
    ),
    "people.unavailable": Words(
        ja="セル {cell}({heading})の「{found}」は、都合の悪い時間として読めません",
        en="'{found}' in {cell} ({heading}) cannot be read as a time when somebody cannot come",
        ja_do="曜日か日付に時間を添え、「;」で区切って書いてください。例: {example}",
        en_do="write days or dates with a time, parted by ';', like: {example}",
    ),
    "people.date": Words(
        ja="セル {cell}({heading})の「{found}」は日付として読めません",
        en="'{found}' in {cell} ({heading}) cannot be read as a date",
        ja_do="2026/4/1、2026年4月1日、令和8年4月1日のように、年から書いてください。"
        "日付の列でなければ、見出しの終わりの「日」を変えてください。",
        en_do="write the year first, like 2026-04-01; if the column holds no dates, "
        "change its heading",
    ),
    "people.date_far": Words(
        ja="セル {cell}({heading})の「{found}」は1990年から2100年までの日付ではありません",
        en="'{found}' in {cell} ({heading}) does not lie between 1990 and 2100",
        ja_do="年を確かめてください。",
        en_do="check the year",
    ),
    "people.staff": Words(
        ja="セル {cell}({heading})の「{found}」という社員はいません",
        en="'{found}' in {cell} ({heading}) is nobody of the staff",
        ja_do="社員の表のID・氏名・アドレスのどれかで書くか、先に社員を取り込んでください: "
        "tsunagu staff import staff.csv",
        en_do="write an id, a name or an address of the staff table, or import that first: "
        "tsunagu staff import staff.csv",
    ),
    "people.staff_several": Words(
        ja="セル {cell}({heading})の「{found}」に当たる社員が二人以上います({several})",
        en="'{found}' in {cell} ({heading}) may be any of {several}",
        ja_do="社員のIDかアドレスで書いてください。",
        en_do="write the id or the address instead",
    ),
    "people.staff_none": Words(
        ja="セル {cell}({heading})に「{found}」とありますが、社員がまだ登録されていません",
        en="{cell} ({heading}) names '{found}', and no staff has been imported",
        ja_do="先に社員を取り込んでください: tsunagu staff import staff.csv",
        en_do="import them first: tsunagu staff import staff.csv",
    ),
    "people.fact_needed": Words(
        ja="{row}行目の人に「{fact}」の日付がありません(プレイブック「{playbook}」に要ります)",
        en="row {row} has no date for '{fact}', which playbook '{playbook}' needs",
        ja_do="日付が決まったら入れて、もう一度取り込んでください。それまで、"
        "その日付を使う手順は待ちます。",
        en_do="import it again with the date; until then the steps that use it wait",
    ),
    "people.other_id": Words(
        ja="{row}行目の人は、ID「{known}」で登録されています(アドレスが同じです)",
        en="row {row} is known as '{known}': the address is the same",
        ja_do="表のIDを「{known}」にするか、アドレスを確かめてください。",
        en_do="write '{known}' as the id, or check the address",
    ),
    "people.address_taken": Words(
        ja="{row}行目の人の新しいアドレスは、ID「{known}」の人のものです",
        en="the new address of row {row} belongs to '{known}'",
        ja_do="アドレスを確かめてください。",
        en_do="check the address",
    ),
}
