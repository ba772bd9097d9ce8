"""What a text asks of HR: a question, a worry, times, thanks, a wish to decline, less contact.

For replies of people, Japanese and English; and for automatic answers the day on which somebody
is back, and a new address. Words decide, never a score on the person. A suspected decline is a
suspicion: it holds everything and a human reads it.
"""

import re
from datetime import date, timedelta
from enum import Enum

_CAP = 8_000


class Intent(Enum):
    """What HR would do with a reply; the first that fits is the one named."""

    WISH_TO_DECLINE = "wish_to_decline"
    LESS_CONTACT = "less_contact"
    WORRY = "worry"
    QUESTION = "question"
    TIME_ANSWER = "time_answer"
    THANKS = "thanks"
    NONE = ""


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_DECLINE = _any(
    r"(?:内定|選考|オファー|内々定)(?:の|を|について|に関して|は).{0,20}(?:辞退|お断り|見送|取り消|白紙)",
    r"(?:入社|就職|貴社|御社).{0,20}(?:辞退|見送(?:り|ら)|できなくな|難しくな|断念|お断り)",
    r"辞退(?:させて|いたし|致し|したく|したい|を(?:希望|考え|検討|決め|お願い|申し)|の(?:ご連絡|連絡|意思|お申し|旨))",
    r"(?:他社|別の会社|他の企業|ほかの会社|公務員|大学院|進学).{0,25}(?:決め(?:まし|た|ること)|入社(?:する|を決)|進む|進学(?:する|を決)|"
    r"行くこと|承諾)",
    r"(?:ご縁|縁)が(?:な|無)かった",
    r"(?:i|we)(?:'d| would| will|'ll| have| must| want|'m| am)?.{0,30}(?:like to |decided to |"
    r"going to |have to |to )?"
    r"(?:decline|turn down|withdraw(?:ing)? (?:my|from)|not (?:be )?accept(?:ing)?|"
    r"reject) .{0,30}(?:offer|application|position|process)?",
    r"accept(?:ed|ing)? (?:an(?:other)? |a (?:different|another) )?(?:offer|position|job|"
    r"role) (?:at|from|with|elsewhere)",
    r"(?:no longer|not) (?:be )?(?:able to join|joining|interested in (?:the|this) (?:position|"
    r"offer|role))",
    r"decided (?:not to|against) (?:join|accept|tak)|chosen (?:to go with )?another (?:company|"
    r"offer)",
)
_NOT_DECLINE = _any(
    r"辞退(?:する|した)?(?:つもり|気持ち|考え|予定|こと)(?:は|も)?(?:ござい|あり)?(?:ませ|な)",
    r"辞退(?:は|など)?(?:考えて(?:おら|い)ない|しません|いたしません|致しません)",
    r"他社(?:は|を|の(?:内定|選考)(?:は|を)).{0,10}(?:辞退|断)(?:し|り|する)",
    r"(?:not|n't|no intention (?:to|of)|never) (?:going to |want to |"
    r"plan(?:ning)? to )?(?:declin|withdraw|turn)",
    r"declined? (?:the |my |all )?other",
)
_LESS = _any(
    r"(?:連絡|メール|ご連絡).{0,15}(?:頻度|回数).{0,12}(?:減ら|下げ|少な|控え)",
    r"(?:連絡|メール|電話).{0,12}(?:控えて|少なめ|減らし|多すぎ|多い(?:ので|と|です)|しばらく(?:は)?(?:不要|結構))",
    r"(?:しばらく|当分|当面).{0,12}(?:連絡|メール).{0,10}(?:控え|不要|遠慮|いりません|結構)",
    r"(?:fewer|less(?: frequent)?) (?:e-?mails?|contact|messages|mails?)|(?:too many|"
    r"so many) (?:e-?mails?|messages)",
    r"(?:stop|pause) (?:contacting|e-?mailing|messaging|reminding) me|(?:contact|e-?mail) me less|"
    r"prefer (?:less|not to be contacted)",
)
_WORRY = _any(
    r"不安(?:です|に|な|が|を|も)|心配(?:です|し|な|が|に|事|ごと)|悩(?:んで|み|ましい)|迷(?:って|い(?:が|を|も))|自信が(?:な|あり)|怖い|"
    r"ついていけるか|やっていけるか|気がかり|モヤモヤ|もやもや",
    r"\b(?:i(?:'m| am)|feel(?:ing)?|bit|little|somewhat) (?:a (?:bit|little) )?(?:worried|"
    r"nervous|anxious|unsure|concerned|uneasy|hesitant)|"
    r"\b(?:worries|worry about|concerns? (?:about|regarding)|having (?:second thoughts|doubts))",
)
_QUESTION = _any(
    r"[？?]\s*(?:$|[\s」』)）])",
    r"(?:でしょうか|ますか|ですか|ませんか|のか(?:教え|伺|知り)|かどうか)",
    r"(?:教えて|お聞き|お伺い|質問|お尋ね|確認したい|ご教示|ご教授|伺いたい|聞きたい)",
    r"\b(?:could|can|would|may|do|does|is|are|what|when|where|which|who|how|should|"
    r"will) .{2,200}\?",
    r"\b(?:i have|just) (?:a |one |some |few )?(?:quick )?question|i was wondering|"
    r"please (?:let me know|advise)|could you (?:tell|confirm|clarify)",
)
_TIME = _any(
    r"\d{1,2}[月/／]\d{1,2}日?.{0,12}\d{1,2}\s?[:：時]",
    r"(?:月|火|水|木|金|土|日)曜(?:日)?.{0,10}\d{1,2}\s?[:：時]",
    r"(?:第[一二三1-3１-３]希望|候補日|都合(?:の良い|のよい|が良い|がつく)|以下の日程|日程(?:は|です)|いずれか|"
    r"(?:午前|午後|終日).{0,6}(?:可能|空い|大丈夫|都合))",
    r"\d{1,2}[:：]\d{2}\s?[-~〜～–]\s?\d{1,2}[:：]\d{2}",
    r"\b(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?\b.{0,25}\b\d{1,2}(?::\d{2})?\s?(?:am|"
    r"pm|a\.m|p\.m|:)",
    r"\b(?:i(?:'m| am)|would be) (?:available|free) (?:on|from|at|any|after|before|between|"
    r"in the)|works (?:best )?for me|"
    r"\bmy availability\b",
)
_THANKS = _any(
    r"ありがとう|有難う|有り難う|感謝|お礼|嬉し(?:く|い|かった)|うれし(?:く|い)|承知(?:いた|致|し)|了解(?:いた|致|し|です)|かしこまり|"
    r"^はい[。、！\s]*$|楽しみに",
    r"\bthank(?:s| you)\b|\bappreciate|\bgrateful|\bgot it\b|\bsounds good|\blooking forward|"
    r"^(?:yes|ok(?:ay)?|sure)[.!\s]*$",
)


def intent_of(text: str) -> Intent:
    """Say what *text* asks for; the weightiest first. Never raises."""
    text = text[:_CAP]
    if _DECLINE.search(text) and not _NOT_DECLINE.search(text):
        return Intent.WISH_TO_DECLINE
    for pattern, intent in (
        (_LESS, Intent.LESS_CONTACT),
        (_WORRY, Intent.WORRY),
        (_TIME, Intent.TIME_ANSWER),
        (_QUESTION, Intent.QUESTION),
        (_THANKS, Intent.THANKS),
    ):
        if pattern.search(text):
            return intent
    return Intent.NONE


_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"),
            ("february", "feb"),
            ("march", "mar"),
            ("april", "apr"),
            ("may",),
            ("june", "jun"),
            ("july", "jul"),
            ("august", "aug"),
            ("september", "sep", "sept"),
            ("october", "oct"),
            ("november", "nov"),
            ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_DATE = (
    r"(?:(?P<y{n}>20\d\d)[年/.\-]\s?)?(?P<m{n}>\d{{1,2}})(?:月|"
    r"[/.\-])\s?(?P<d{n}>\d{{1,2}})日?(?:\s?[(（].{{1,3}}[)）])?"
)
_ENGLISH_DATE = (
    rf"(?:(?:mon|tues?|wednes|thurs?|fri|satur|sun)(?:day)?,?\s{{1,3}})?"
    rf"(?:(?P<em>{_MONTH})\.?\s{{1,3}}(?P<ed>\d{{1,2}})(?:st|nd|rd|th)?|"
    rf"(?P<ed2>\d{{1,2}})(?:st|nd|rd|th)?\s{{1,3}}(?:of\s{{1,3}})?(?P<em2>{_MONTH})\.?)"
    rf"(?:,?\s{{1,3}}(?P<ey>20\d\d))?"
)
_UNTIL_JA = re.compile(
    _DATE.format(n=1)
    + r"\s{0,3}(?:\d{1,2}[:：時]\d{0,2}分?)?\s{0,2}(?P<how>まで|迄|より(?!前)|から(?!.{0,12}まで)|以降|に(?:戻|復帰|出社|出勤))"
)
_RANGE_JA = re.compile(
    _DATE.format(n=1) + r"\s{0,3}(?:から|より|~|〜|～|-|–|―)\s{0,3}" + _DATE.format(n=2)
)
_UNTIL_EN = re.compile(
    r"(?P<how>until|till|through|thru|to|back (?:in the office )?(?:on|by)?|"
    r"return(?:ing)?(?: to (?:the )?(?:office|work))?(?: on)?|"
    r"(?:available|reachable) (?:again )?(?:on|from)|as of|from)\s{1,3}(?:the\s{1,3})?"
    + _ENGLISH_DATE,
    re.IGNORECASE,
)
_ISO_UNTIL = re.compile(
    r"(?P<how>until|till|through|back on|return(?:ing)? on|bis(?: zum)?|jusqu.au)\s{1,3}(?P<y>20\d\d)-(?P<m>\d\d)-(?P<d>\d\d)",
    re.IGNORECASE,
)
_AWAY = re.compile(
    r"不在|休暇|休業|休み|出張|外出|休職|out of|away|vacation|leave|holiday|absent|return|back|abwesen|"
    r"urlaub|limited access",
    re.IGNORECASE,
)


def return_date(text: str, written_on: date) -> date | None:
    """Give the day on which the writer of an automatic answer is back.

    "8月20日まで" is back on the 21st, "8月20日から出社" on the 20th. A day without a year is the next
    such day from *written_on*; days more than a year ahead are not believed.
    """
    text = text[:_CAP]
    if not _AWAY.search(text):
        return None
    for found in (
        _range(text, written_on),
        _until(text, written_on),
        _iso(text),
        _english(text, written_on),
    ):
        if found is not None and written_on - timedelta(days=1) <= found <= written_on + timedelta(
            days=400
        ):
            return found
    return None


def _range(text: str, written_on: date) -> date | None:
    found = _RANGE_JA.search(text)
    if not found:
        return None
    last = _day(found["y2"] or found["y1"], found["m2"], found["d2"], written_on)
    return last + timedelta(days=1) if last else None


def _until(text: str, written_on: date) -> date | None:
    best: date | None = None
    for found in _UNTIL_JA.finditer(text):
        day = _day(found["y1"], found["m1"], found["d1"], written_on)
        if day is None:
            continue
        back = day + timedelta(days=1) if found["how"] in {"まで", "迄"} else day
        starts = found["how"] in {"から", "より"} and not re.match(
            r".{0,12}(?:出社|出勤|復帰|対応|通常|営業|業務|戻)", text[found.end() :]
        )
        if not starts and (best is None or back > best):
            best = back
    return best


def _iso(text: str) -> date | None:
    found = _ISO_UNTIL.search(text)
    if not found:
        return None
    day = _made(int(found["y"]), int(found["m"]), int(found["d"]))
    return _after(day, found["how"])


def _english(text: str, written_on: date) -> date | None:
    best: date | None = None
    for found in _UNTIL_EN.finditer(text):
        how = found["how"].lower()
        month = _MONTHS[(found["em"] or found["em2"]).lower()]
        day = _day(found["ey"], str(month), found["ed"] or found["ed2"], written_on)
        if how == "from":
            continue
        back = _after(day, how)
        if back and (best is None or back > best):
            best = back
    return best


def _after(day: date | None, how: str) -> date | None:
    """Give the day of being back: "until" and "through" a day mean the next one."""
    if day is None:
        return None
    last_day_away = how.lower().split()[0] in {
        "until",
        "till",
        "through",
        "thru",
        "to",
        "bis",
        "jusqu'au",
    }
    return day + timedelta(days=1) if last_day_away else day


def _day(year: str | None, month: str, day: str, written_on: date) -> date | None:
    if year:
        return _made(int(year), int(month), int(day))
    this_year = _made(written_on.year, int(month), int(day))
    if this_year is None or this_year >= written_on - timedelta(days=60):
        return this_year
    return _made(written_on.year + 1, int(month), int(day))


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
