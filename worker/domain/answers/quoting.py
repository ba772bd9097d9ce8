"""What somebody newly wrote: the text of a mail without quotes, signature and device lines.

A scanner over lines, linear in their number; every pattern is anchored and bounded. The whole
text is kept by the caller: this feeds reading and display, it never deletes anything.
"""

import re
from dataclasses import dataclass

LINE_CAP = 2_000
LINES_CAP = 10_000
_ATTRIBUTION_CAP = 400
_SIGNATURE_CAP = 14

_LABELS = {
    "from": "from von de da van från fra od от від lähettäjä kimden expéditeur mittente remitente"
    " 差出人 送信者 送信元 发件人 寄件者 보낸사람 보낸 사람",
    "date": "sent date gesendet datum envoyé enviado inviato verzonden skickat sendt dato wysłano data fecha"
    " отправлено дата lähetetty tarih 送信日時 送信日 日時 日付 发送时间 日期 寄件日期 보낸날짜 날짜",
    "to": "to an à a para aan till til do кому vastaanottaja kime destinataire 宛先 收件人 收件者 받는사람",
    "cc": "cc kopie копия ｃｃ bcc 抄送 副本 참조",
    "subject": "subject betreff objet asunto assunto oggetto onderwerp ämne emne temat тема aihe konu"
    " 件名 主题 主旨 標題 제목",
    "reply-to": "reply-to antwort 返信先",
}
_LABEL_OF = {word: label for label, words in _LABELS.items() for word in words.split()}
_HEADER_LINE = re.compile(
    r"^[ \t>|*_]{0,6}([^\s:：*][^:：*\n]{0,24}?)\*{0,2}[ \t　]{0,4}[:：]\*{0,2}(?=[ \t　<\[\"(]|\S|$)"
)

_WROTE = (
    "wrote|writes|schrieb|a écrit|a ecrit|écrit|escribió|escribio|escreveu|ha scritto|scrisse|schreef|skrev|"
    "napisał|napisała|napsal|napsala|пишет|писал|писала|написал|написала|kirjoitti|yazdı|geschreven|написа|"
    "írta|a scris|さんは書きました|が書きました|は書きました|wrote|のメール|さんのメール|写道|寫道|"
    "đã viết|님이 작성|כתב|كتب|said|replied|viết"
)
_WROTE_END = re.compile(rf"(?:{_WROTE})[\s:：\-–—.>]{{0,12}}$", re.IGNORECASE)
_WROTE_SOMEWHERE = re.compile(rf"(?:^|[\s,)>\]])(?:{_WROTE})(?=[\s:：,(<]|$)", re.IGNORECASE)
_HAS_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}月\d{1,2}日|"
    r"\b\d{1,2}h\d\d\b"
)
_HAS_ADDRESS = re.compile(r"[^\s<>()\"]{1,64}@[^\s<>()\"]{1,255}")
_OPENING = re.compile(
    r"^[ \t*\-_>]{0,8}(?:on|am|le|el|il|em|in data|op|den|dnia|w dniu|на|от|date|at|mnoh|pada|vào|"
    r"\d{1,4}[年./-]|\d{1,2} |lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|"
    r"do|fr|sa|so|\"|<|"
    r"[^\s].{0,80}<[^<>\s]{1,100}@)",
    re.IGNORECASE,
)
_JA_ATTRIBUTION = re.compile(
    r"^[ \t　>]{0,4}(?:On )?(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|"
    r"\d{1,2}月\d{1,2}日)"
    r"[ 　]{0,3}(?:[(（].{1,4}[)）])?.{0,250}[:：>＞]\s*$"
)
_SEPARATOR = re.compile(
    r"^[\s>]{0,4}[-_=–—*]{2,40}\s{0,4}(?:original\s?message|original appointment|"
    r"ursprüngliche nachricht|"
    r"message d['’]origine|message original|mensaje original|mensagem original|messaggio originale|"
    r"oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|original meddelelse|"
    r"исходное сообщение|пересылаемое сообщение|wiadomość oryginalna|původní zpráva|reply message|"
    r"forwarded message|forwarded by .{1,60}|weitergeleitete nachricht|message transféré|元のメッセージ|"
    r"オリジナル\s?メッセージ|original\s?メッセージ|転送メッセージ|転送されたメッセージ|原始邮件|原始郵件|원본 ?메시지|"
    r"start original message|antwort|quoted message)\s{0,4}[-_=–—*]{0,40}\s*$",
    re.IGNORECASE,
)
_WROTE_RULE = re.compile(
    rf"^[\s>]{{0,4}}-{{2,20}}\s{{0,3}}.{{1,200}}(?:{_WROTE})\s{{0,3}}-{{2,20}}\s*$", re.IGNORECASE
)
_BEGIN_FORWARD = re.compile(
    r"^[\s>]{0,4}(?:begin forwarded message|anfang der weitergeleiteten|début du message|"
    r"転送されたメッセージ|以下、転送|"
    r"inizio messaggio inoltrato|inicio del mensaje reenviado)[^\n]{0,40}[:：]?\s*$",
    re.IGNORECASE,
)
_QUOTE = re.compile(r"^[ \t　]{0,3}(?:>|＞|»|｜|\|[ \t]|&gt;)")
_DEVICE = re.compile(
    r"^[\s_*\-—]{0,5}(?:sent (?:from|via|by|with|using) .{0,60}|get outlook for .{0,30}|"
    r".{0,20}(?:iphone|ipad|android|galaxy|xperia|スマートフォン|スマホ|携帯|モバイル).{0,10}(?:から|より|"
    r"で)?(?:の)?送信(?:しました|されました)?.{0,4}|"
    r"(?:outlook|yahoo!?メール|gmail|ios版|android版).{0,40}(?:を入手|から送信|で送信|アプリ).{0,20}|"
    r"(?:von meinem|envoyé de(?:puis)? mon|enviado desde mi|enviado do meu|inviato da|"
    r"verzonden vanaf|skickat från|"
    r"sendt fra min|wysłane z|odesláno z|отправлено с|lähetetty|"
    r"diese nachricht wurde von meinem|von iphone|"
    r"gesendet (?:von|mit)|发自我的|從我的|從我|provenait de|envoyé à partir|envoyé par|trimis de pe|"
    r"iphoneから).{0,60})\s*$",
    re.IGNORECASE,
)
_SIGNATURE_MARK = re.compile(r"^(?:--|—|–|- -|__|－－|‐‐)[ \t　]?$")
_RULE_MARKS = frozenset("━─=＝*＊_-＿ー―—–~〜+＋・.･:◆◇■□☆★○●◎△▲▽▼※┏┗┌└┓┛┐┘│┃ 　")
_CONTACT = re.compile(
    r"@|(?:tel|phone|mobile|携帯|電話|e-?mail|メール|mail|〒|https?://|www\.)|\d{2,4}-\d{2,4}-\d{3,4}",
    re.IGNORECASE,
)
_REPLY_ABOVE = re.compile(
    r"^[\s#>\-—–_*=]{0,10}(?:please )?(?:reply above this line|type your reply above|"
    r"write above this line|"
    r"この(?:行|線)(?:より|の)上に|(?:上|ここ)より上に(?:ご)?返信)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """What was newly written; `quoted` says that something of an earlier mail was left out."""

    text: str
    quoted: bool
    signature: str = ""


def newly_written(whole: str) -> Reply:
    """Give what somebody newly wrote in *whole*. Linear; never raises; may be empty."""
    lines = _lines(whole)
    kept: list[str] = []
    quoted = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if _ends_here(lines, at, kept_any=any(text.strip() for text in kept)):
            quoted = True
            break
        span = _attribution(lines, at)
        if span:
            quoted = True
            after = at + span
            while after < len(lines) and not lines[after].strip():
                after += 1
            if after < len(lines) and not _QUOTE.match(lines[after]):
                break  # the earlier mail stands here without marks: all the rest is its
            at += span
            continue
        if _QUOTE.match(line):
            quoted = True
            at += 1
            # A mailer that wraps quoted lines leaves their tails unmarked between two marked ones.
            continue
        kept.append(line)
        at += 1
    body, signature = _without_signature(kept)
    return Reply(_trimmed(body), quoted, _trimmed(signature))


def _lines(whole: str) -> list[str]:
    text = whole.replace("\r\n", "\n").replace("\r", "\n")
    for mark in ("\ufeff", "\u200b", "\u200c", "\u200d\u200b", "\u2060", "\x00"):
        text = text.replace(mark, "")
    text = text.replace("\xa0", " ")
    return [line[:LINE_CAP].rstrip() for line in text.split("\n")[:LINES_CAP]]


def _ends_here(lines: list[str], at: int, *, kept_any: bool) -> bool:
    """Say whether the rest from *at* is somebody's earlier mail."""
    line = lines[at]
    if not line.strip():
        return False
    if _SEPARATOR.match(line) or _WROTE_RULE.match(line) or _REPLY_ABOVE.match(line):
        return True
    if _BEGIN_FORWARD.match(line):
        return True
    if not _HEADER_LINE.match(line):
        if line.strip().strip("_-—─━=") == "" and len(line.strip()) >= 3:  # noqa: PLR2004 - a rule
            below = at + 1
            while below < len(lines) and below < at + 3 and not lines[below].strip():
                below += 1
            return below < len(lines) and _header_block(lines, below)
        return False
    return _header_block(lines, at) and (kept_any or at > 0 or len(lines) > 6)  # noqa: PLR2004


def _header_block(lines: list[str], at: int) -> bool:
    """Say whether a block like From/Sent/To/Subject begins at *at*: three labels, or two strong."""
    first = _label(lines[at])
    if first is None or first in {"cc", "to"}:
        return False
    seen = [first]
    strong = bool(_HAS_ADDRESS.search(lines[at])) or bool(_HAS_DATE.search(lines[at]))
    blank = 0
    for line in lines[at + 1 : at + 9]:
        if not line.strip():
            blank += 1
            if blank > 2:  # noqa: PLR2004
                break
            continue
        label = _label(line)
        if label is not None and label not in seen:
            seen.append(label)
            strong = strong or bool(_HAS_DATE.search(line))
    if len(seen) >= 3:  # noqa: PLR2004 - the number of labels nobody writes by chance
        return True
    return len(seen) == 2 and "from" in seen and "date" in seen and strong  # noqa: PLR2004


def _label(line: str) -> str | None:
    found = _HEADER_LINE.match(line)
    if not found:
        return None
    return _LABEL_OF.get(found[1].strip(" *_　").lower())


def _attribution(lines: list[str], at: int) -> int:
    """Give how many lines from *at* are the line "On …, somebody wrote:"; 0 if none."""
    line = lines[at].strip()
    if not line or len(line) > _ATTRIBUTION_CAP:
        return 0
    if _QUOTE.match(line):
        return 0
    if _JA_ATTRIBUTION.match(line) and (
        _HAS_ADDRESS.search(line)
        or re.search(r"\d{1,2}[:：時]\d{0,2}", line)
        or _next_is_quote(lines, at + 1)
    ):
        return 1
    joined = line
    for span in range(1, 5):
        if span > 1:
            if at + span > len(lines):
                return 0
            more = lines[at + span - 1].strip()
            if (
                not more
                or (_QUOTE.match(more) and more not in {">", ">:", "> :"})
                or len(joined) + len(more) > _ATTRIBUTION_CAP
            ):
                return 0
            joined += " " + more
        if _is_attribution(joined, next_is_quote=_next_is_quote(lines, at + span)):
            return span
        if span == 1 and not (_OPENING.match(line) or _HAS_ADDRESS.search(line)):
            return 0
    return 0


def _is_attribution(joined: str, *, next_is_quote: bool) -> bool:
    if _WROTE_END.search(joined):
        return bool(
            _HAS_DATE.search(joined)
            or _HAS_ADDRESS.search(joined)
            or (next_is_quote and len(joined) < 120)  # noqa: PLR2004
        )
    ends = joined.endswith((":", "：", ">", "＞"))
    if (
        ends
        and _WROTE_SOMEWHERE.search(joined)
        and (_HAS_DATE.search(joined) or _HAS_ADDRESS.search(joined))
    ):
        return _OPENING.match(joined) is not None
    return (
        joined.endswith((":", "：", ">", "> :"))
        and bool(_HAS_ADDRESS.search(joined))
        and bool(_HAS_DATE.search(joined))
        and (bool(_OPENING.match(joined)) or next_is_quote)
    )


def _next_is_quote(lines: list[str], at: int) -> bool:
    for line in lines[at : at + 3]:
        if line.strip():
            return bool(_QUOTE.match(line))
    return False


def _without_signature(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut the signature and device lines off the end."""
    while lines and (not lines[-1].strip() or _DEVICE.match(lines[-1])):
        lines = lines[:-1]
    for at, line in enumerate(lines):
        if _DEVICE.match(line) and not any(text.strip() for text in lines[at + 1 : at + 2]):
            lines = [*lines[:at], *lines[at + 1 :]]
            break
    for at, line in enumerate(lines):
        if _SIGNATURE_MARK.match(line.strip()) and len(lines) - at <= 30:  # noqa: PLR2004
            return lines[:at], lines[at + 1 :]
    start = max(0, len(lines) - _SIGNATURE_CAP)
    for at in range(start, len(lines)):
        if at == 0 or not _is_rule(lines[at]):
            continue
        tail = [text for text in lines[at + 1 :] if text.strip()]
        if not tail or _looks_like_signature(tail):
            return lines[:at], lines[at + 1 :]
    return _without_tail(lines)


def _is_rule(line: str) -> bool:
    """Say whether a line is drawn and not written: `━━━━`, `*-*-*-*`, `====`."""
    drawn = line.strip(" \t　")
    return len(drawn) >= 4 and len(set(drawn)) <= 5 and _RULE_MARKS.issuperset(drawn)  # noqa: PLR2004


def _looks_like_signature(tail: list[str]) -> bool:
    if any(_CONTACT.search(line) for line in tail):
        return True
    return all(len(line.strip()) <= 40 and not _is_sentence(line) for line in tail)  # noqa: PLR2004


def _without_tail(lines: list[str]) -> tuple[list[str], list[str]]:
    """Cut a last short paragraph with a way to reach somebody and no sentence in it."""
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    start = end
    while start and lines[start - 1].strip():
        start -= 1
    tail = lines[start:end]
    contacts = sum(1 for line in tail if _CONTACT.search(line))
    short = 2 <= len(tail) <= 8  # noqa: PLR2004
    if start and short and contacts >= 2 and not any(_is_sentence(line) for line in tail):  # noqa: PLR2004
        return lines[:start], tail
    return lines, []


def _is_sentence(line: str) -> bool:
    return line.rstrip().endswith(
        ("。", "．", "！", "？", "?", "!", "ます", "です", "ません", "ください", ".")
    )


def _trimmed(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n \t　")
