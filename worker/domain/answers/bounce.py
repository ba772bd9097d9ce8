"""Notices that a mail did not arrive, was delayed, or arrived: whom they are about, and how final.

RFC 3464 reports first (any `message/delivery-status`, also where the type was lost and only the
text is left), then the forms of mailers that do not write one, by their phrases.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from worker.domain.answers.letter import Letter

_ADDRESS = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,250}[A-Za-z0-9])?"
)
ADDRESS = re.compile(_ADDRESS)
_FIELD = re.compile(
    r"^[ \t>]{0,4}(original-recipient|final-recipient|action|status|"
    r"diagnostic-code)[ \t]*:[ \t]*(.{0,1000})$",
    re.IGNORECASE | re.MULTILINE,
)
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_SMTP = re.compile(r"(?<![\d.:/\-])([45]\d\d)(?=[ \-](?:[45]\.|[A-Za-z<#:(\[]))")

SENDER = re.compile(
    r"mailer-?daemon|post[_-]?master|sysadmin@|mail ?delivery|delivery subsystem|mdaemon|"
    r"mailmaster|mail-?system|"
    r"microsoft ?exchange|system ?administrator|mail administrator|bounce|returned mail|"
    r"mail administrator|maileradmin|mailer agent|ndr|systemsadministrator|emaildaemon|"
    r"mailgateway|mail-?router",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"undeliver|non[- ]?delivery|error (?:sending|during|delivering)|mail error|メールエラー|"
    r"not delivered|delivery (?:status notification|failure|failed|report|problem|has failed|"
    r"error|warning|delayed|incomplete|notification)|"
    r"fail(?:ed|ure)[ :-]{1,3}.{0,20}(?:deliver|mail|notice|notification)|mail (?:delivery|"
    r"status|could not|failure|system|"
    r"not delivered|returned)|message (?:status|delayed|delivery|could not|undeliver|not)|"
    r"returned (?:mail|to sender|email|message)|"
    r"mail delivery|mail system error|failure notice|could not (?:be )?(?:send|deliver)|"
    r"could not send|unzustellbar|"
    r"unable to deliver|cannot deliver|can.t deliver|problem delivering|email not delivered|"
    r"nicht zugestellt|non remis|échec|echec de|mail non|avis de non|impossibile|"
    r"mancata consegna|devuelto|"
    r"no entregado|falha|niet bezorgd|kunne ikke|kan inte levereras|не доставлено|недоставлен|"
    r"невозможно|"
    r"配信不能|配信できません|送信できませんでした|送信できません|エラーメール|宛先不明|未達|配送不能|配送エラー|送信エラー|"
    r"配信エラー|退信|系统退信|無法傳遞|未送达|投递失败|배달|반송|bounce|permanent (?:fail|delivery)|"
    r"user unknown|mail returned|nondeliverable|undelivered|delivery to .{1,80} fail|"
    r"sendefehler|rejected|"
    r"your message to .{1,120} (?:could|was|has|can|blocked)|not accepted|address not found|"
    r"delayed|warning:",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"will (?:continue|keep|be retried|retry|attempt|try)|still (?:being )?(?:tr|in the queue|"
    r"queued)|has been delayed|"
    r"is delayed|been delayed|was delayed|delivery delay|warning message only|"
    r"do not need to resend|no action is required|"
    r"not need to (?:re-?send|do anything)|temporarily (?:un|def)|"
    r"delivery attempts will continue|try again for|retried for|"
    r"not yet been delivered|will be tried|wird weiterhin versucht|verzögert|"
    r"noch nicht zugestellt|再送(?:を|信を)?(?:試み|続け)|"
    r"遅延して|配信が遅れ|delivery to the following recipients? has been delayed",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"giv(?:e|en|ing) up|gave up|permanent|has failed|could not be delivered (?:for|within)|"
    r"no longer|timed? ?out|"
    r"failed permanently|undeliverable|unable to deliver|expired|not delivered|"
    r"returned to (?:the )?sender|failed after|"
    r"was not delivered|could not deliver|will not be retried|fatal error",
    re.IGNORECASE,
)
_HARD = re.compile(
    r"user[ _]?unknown|unknown user|no such (?:user|recipient|address|mailbox|person|account|"
    r"domain|local)|"
    r"(?:user|recipient|mailbox|account|address|addressee|alias|destinataire) (?:is |was |"
    r"name is |does |do )?"
    r"(?:un(?:known|available|routable)|not (?:found|exist|known|listed|valid|a (?:known|"
    r"valid)|a local|recognized)|n'existe|"
    r"invalid|inactive|disabled|deactivated|suspended|doesn'?t|does not exist|not have|"
    r"has been (?:dis|deac|sus|clos|term|rem)|"
    r"terminated|expired|closed|cancelled|deleted|rejected|removed|no longer)|"
    r"(?:does not|doesn'?t|don'?t|not) (?:exist|have an? .{0,30}(?:account|mailbox|user)|"
    r"handle mail)|not a valid|"
    r"invalid (?:recipient|user|mailbox|address|account|domain|final)|"
    r"unknown (?:recipient|address|account|local|mailbox|alias|domain|host|email|virtual)|"
    r"not (?:our|my) customer|"
    r"host (?:or domain name )?(?:unknown|not found)|unrouteable|unroutable|name service error|"
    r"bad destination|bad address|"
    r"domain (?:name )?(?:not found|does not exist|isn't in)|nxdomain|couldn'?t find any host|"
    r"no mailbox (?:here )?by that name|no mx|no valid recipient|no user by that|no such user|"
    r"there is no (?:user|such)|mailbox unavailable|no longer (?:valid|available|accept|active|"
    r"employed|works|in use)|"
    r"this (?:user|address|account) (?:doesn'?t|no longer|has moved)|(?:account|"
    r"address) (?:has been )?(?:disabled|closed)|"
    r"not listed in|not in (?:my|our|the) |i couldn'?t find|"
    r"recipient address rejected: (?!.{0,60}(?:greylist|policy|spf|temporar|"
    r"rate|try|blocked|denied))|"
    r"can(?:no|')t (?:find|verify)|verify the recipient|moved to|nullmx|null mx|"
    r"has no mail exchang|unable to route|"
    r"宛先(?:の)?(?:メール)?アドレス(?:が|は)?(?:見つか|存在|不明|正しく)|(?:存在|登録)(?:して(?:い|お)(?:ない|りません|ません)|しません|しない)|"
    r"宛先不明|ユーザー?(?:が|は)(?:不明|存在)|アドレスは変更|unbekannt|inconnu|desconocido|sconosciuto|onbekend",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"(?:mail ?box|quota|mailfolder|inbox|account|storage|disk|folder|user|"
    r"message store).{0,30}(?:full|exceed|over|limit|exhausted)|"
    r"over ?quota|out of (?:disk|storage)|quota|insufficient (?:disk|system|storage)|"
    r"not enough (?:disk|storage|space)|"
    r"exceed.{0,30}(?:size|quota|limit|storage)|too (?:large|big|many|old|much)|message size|"
    r"maximum (?:size|hop)|"
    r"temporar|try (?:again|later)|timed? ?out|time-?out|connection (?:refused|reset|lost|"
    r"dropped|timed|was)|delivery time expired|"
    r"greylist|graylist|spam|block(?:ed|ing|list)|black ?list|rbl|dnsbl|dnsblock|spamhaus|"
    r"reputation|policy|denied|virus|"
    r"dmarc|spf|dkim|content (?:filter|reject)|rejected for|unsolicited|loop|"
    r"relay(?:ing)? (?:access )?(?:denied|not)|"
    r"not (?:allowed|permitted|accept|authori[sz]ed)|unable to relay|rate limit|throttl|defer|"
    r"busy|overload|suspicious|"
    r"retry time|not responding|unreachable|network|service (?:un|not )available|"
    r"local (?:error|problem)|deny|refus|prohibited|"
    r"reverse dns|ptr|容量|いっぱい|受信拒否|受信制限|一時的|サイズ|超過|ドメイン(?:指定)?拒否|full$|storage",
    re.IGNORECASE | re.MULTILINE,
)
_NOTIFICATION = re.compile(r'\{"(?:notificationType|eventType)"\s{0,3}:\s{0,3}"Bounce"')
_SENTENCE_OF_FAILURE = re.compile(
    r"(?:could not be|was not|cannot be|couldn'?t be|can'?t be|not be) (?:delivered|sent|reached)|"
    r"(?:unable|failed) to deliver|undeliverable|delivery (?:to the following|failed|"
    r"has failed|failure)|did not reach|"
    r"permanent(?:ly)? (?:error|fatal|fail)|fatal errors?|"
    r"following address(?:es)?(?:\(es\))? (?:failed|had)|"
    r"following recipients?|rejected (?:by|your)|has been returned|bounced|user unknown|"
    r"未配信|配信(?:に失敗|でき)|送信(?:に失敗|でき)|お届けでき|届け(?:られ|ること)|送り先|nicht zugestellt|n'a pas pu|"
    r"in quarantine|message not delivered|trouble delivering|your (?:e-?mail|message) (?:was|"
    r"to|could|has)",
    re.IGNORECASE,
)
_ORIGINAL_BEGINS = re.compile(
    r"^[ \t>]{0,4}(?:-{2,}.{0,60}(?:copy|original|returned|unsent|undelivered|header|"
    r"message follows|below this line|body of|text of|"
    r"メッセージ|forwarded).{0,60}|(?:return-path|received|dkim-signature|x-.{1,40}|date|message-id|"
    r"mime-version):[ \t].{0,300}|"
    r"original message (?:follows|headers?).{0,20}|(?:the )?(?:header|text|content|"
    r"body) of (?:the|your) (?:original )?message.{0,40}|"
    r"(?:unsent|your) message (?:headers? )?follows.{0,40}|message header follows.{0,10}|"
    r"<{2,}.{1,60}>{2,})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LOCAL_BEFORE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}$")
_DOMAIN_AFTER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.?){1,12}")
_LABELLED = re.compile(
    r"^[ \t>]{0,6}(?:x-failed-recipients?|failed recipients?|recipients?|to|for|addressee|"
    r"empfänger|destinataire|"
    r"original recipient|user|address|受信者|宛先|送信先|送信先アドレス)[ \t(s)]{0,4}[:：].{0,70}$",
    re.IGNORECASE,
)
_LINE_START = re.compile(r"^[ \t>]{0,12}<?$")
_AFTER_NAME = re.compile(r"^>?[ \t]{0,8}(?:[:：(,;\-.]|$)")
_ADDRESSED = re.compile(
    r"(?:rcpt to:|recipient|user|account|address|mailbox|deliver(?:ed|y)? to|sent to|"
    r"message to|mail to|\bto:?)"
    r"[ \t(]{0,4}['\"“<(\[]{0,3}$",
    re.IGNORECASE,
)
_AFTER_FAILED = re.compile(
    r"^>[^\n]{0,80}?(?:unknown|not|reject|fail|full|deni|invalid|disab|unavail|quota|does|no )",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(r"(?:\b[45]\d\d\b|\b[45]\.\d\.\d)[^\n]{0,120}$")


@dataclass(frozen=True, slots=True)
class Failure:
    """One recipient of a report."""

    recipient: str
    also: str  # the original recipient, where a forward changed it
    action: str  # failed | delayed | delivered | relayed | expanded; empty if not said
    status: str
    diagnostic: str


@dataclass(frozen=True, slots=True)
class Bounce:
    """A notice about delivery; `kind` is bounce_hard, bounce_soft, delayed or delivered."""

    kind: str
    rule: str
    recipients: tuple[str, ...]
    status: str
    confidence: float


def bounce_in(letter: Letter) -> Bounce | None:
    """Say what notice of delivery *letter* is; None if it is none."""
    told = _NOTIFICATION.search(letter.text[:2_000])
    if told:
        return _of_notification(letter.text)
    failures = _reported(letter)
    if failures:
        return _of_report(letter, failures)
    return _of_phrases(letter)


def _of_notification(text: str) -> Bounce:
    """Read Amazon SES's notice, which comes as JSON (SES developer guide, "notification contents")."""
    recipients = tuple(
        re.findall(rf'"emailAddress"\s{{0,3}}:\s{{0,3}}"({_ADDRESS})"', text[:50_000])
    )
    kind = re.search(r'"bounceType"\s{0,3}:\s{0,3}"(\w{1,20})"', text)
    status = _best_status(text)
    hard = kind is not None and kind[1] == "Permanent" and (not status or status.startswith("5.1"))
    return Bounce(
        "bounce_hard" if hard else "bounce_soft", "ses.notification", recipients, status, 0.97
    )


def is_from_a_mailer(letter: Letter) -> bool:
    """Say whether the sender is a mail system by its name or an empty return path."""
    sender = letter.header("from")
    if SENDER.search(sender):
        return True
    paths = letter.all("return-path")
    return bool(paths) and paths[0].strip() in {"<>", "< >", "<MAILER-DAEMON>"}


def _reported(letter: Letter) -> list[Failure]:
    """Read RFC 3464 blocks: typed parts first, else the fields where they stand in a text."""
    texts = []
    for part in letter.parts:
        if part.type.endswith(("delivery-status", "global-delivery-status")):
            raw = part.message.get_payload()
            if isinstance(raw, list):
                texts.append("\n\n".join(str(block) for block in raw[:200]))
            else:
                texts.append(part.text or str(raw))
    if not texts:
        whole = letter.whole_text
        if not re.search(r"(?im)^[ \t>]{0,4}final-recipient[ \t]*:", whole):
            return []
        texts.append(whole)
    failures: list[Failure] = []
    for text in texts:
        failures.extend(_blocks(text))
    return failures


def _blocks(text: str) -> list[Failure]:
    text = re.sub(r"\n[ \t]+(?=\S)", " ", text.replace("\r\n", "\n"))
    found: list[Failure] = []
    now: dict[str, str] = {}

    def close() -> None:
        final = _address_in(now.get("final-recipient", ""))
        original = _address_in(now.get("original-recipient", ""))
        if final or original or "action" in now:
            found.append(
                Failure(
                    final or original,
                    original,
                    now.get("action", "").split("(")[0].strip().lower(),
                    _first_status(now.get("status", "")),
                    now.get("diagnostic-code", ""),
                )
            )

    for field in _FIELD.finditer(text):
        name = field[1].lower()
        if name in now and name in {"final-recipient", "action", "original-recipient"}:
            close()
            now = {}
        now.setdefault(name, field[2].strip())
    if now:
        close()
    return found[:200]


def _address_in(value: str) -> str:
    text = value.split(";", 1)[-1].strip()
    found = ADDRESS.search(text.replace("<", " ").replace(">", " "))
    return found[0].rstrip(".") if found else ""


def _first_status(value: str) -> str:
    found = _STATUS.search(value)
    return found[0] if found else ""


def _of_report(letter: Letter, failures: list[Failure]) -> Bounce | None:
    actions = {failure.action for failure in failures}
    failed = [
        f
        for f in failures
        if f.action not in {"delayed", "delivered", "relayed", "expanded", "delivery"}
    ]
    notice = _notice(letter)
    if not failed:
        if "delayed" in actions:
            late = [f for f in failures if f.action == "delayed"]
            if _GAVE_UP.search(letter.header("subject")) and not _DELAY.search(notice):
                return Bounce("bounce_soft", "rfc3464.expired", _names(late), late[0].status, 0.8)
            return Bounce("delayed", "rfc3464.delayed", _names(late), late[0].status, 0.98)
        return Bounce("delivered", "rfc3464.delivered", _names(failures), failures[0].status, 0.98)
    first = failed[0]
    recipients = _names(failed) or _named_in(notice, letter)
    told = " ".join(f"{f.status} {f.diagnostic}" for f in failed)
    status = first.status
    if not status or status in {"5.0.0", "4.0.0"}:
        status = _best_status(first.diagnostic) or status or _best_status(notice)
    kind = _finality(status, told, notice)
    return Bounce(kind, "rfc3464.failed", recipients, status, 0.97)


def _names(failures: list[Failure]) -> tuple[str, ...]:
    names: list[str] = []
    for failure in failures:
        name = failure.recipient
        if failure.also and "@" in failure.also and failure.also.lower() != name.lower():
            name = failure.also
        if name and name.lower() not in (known.lower() for known in names):
            names.append(name)
    return tuple(names)


def _best_status(text: str) -> str:
    """Prefer the status that says most: 5.1.1 before 5.0.0."""
    found = [match[0] for match in _STATUS.finditer(text[:20_000])]
    telling = [status for status in found if not status.endswith(".0.0") and status[0] != "2"]
    if telling:
        return telling[0]
    negative = [status for status in found if status[0] != "2"]
    return negative[0] if negative else ""


def _finality(status: str, told: str, notice: str) -> str:
    """Say hard or soft: the address itself is bad, or something that may pass."""
    words = told if len(told.strip()) > 20 else told + "\n" + notice  # noqa: PLR2004
    if status.startswith("4."):
        return "bounce_hard" if _HARD.search(told) and "4.4" not in status[:3] else "bounce_soft"
    group = status[:4]
    if status in {"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.1.0", "5.2.1", "5.4.4"}:
        soft = _SOFT.search(told)
        return (
            "bounce_soft" if soft and not _HARD.search(told) and group != "5.1." else "bounce_hard"
        )
    if status in {"5.2.2", "5.3.4", "5.3.1", "5.2.3", "5.4.5", "5.4.7"} or group == "5.7.":
        return "bounce_hard" if _HARD.search(told) and not _SOFT.search(told) else "bounce_soft"
    hard, soft = _HARD.search(words), _SOFT.search(words)
    if hard and (not soft or hard.start() <= soft.start()):
        return "bounce_hard"
    if soft:
        return "bounce_soft"
    if hard:
        return "bounce_hard"
    found = _SMTP.search(words)
    if found and found[1].startswith("4"):
        return "bounce_soft"
    return "bounce_hard" if found or status.startswith("5") else "bounce_soft"


def _notice(letter: Letter) -> str:
    """Give what the mail system itself says: the text before the returned mail begins."""
    pieces = []
    for part in letter.parts:
        if part.type in {"message/rfc822", "text/rfc822-headers"} or part.is_attachment:
            break
        if part.type == "text/plain":
            pieces.append(part.text)
        elif part.type == "text/html" and not pieces:
            pieces.append(letter.html_text)
    text = "\n".join(pieces) or letter.text
    begins = _ORIGINAL_BEGINS.search(text, 40)
    return text[: begins.start()] if begins else text[:20_000]


def _of_phrases(letter: Letter) -> Bounce | None:
    sender = letter.header("from")
    subject = letter.header("subject")
    notice = _notice(letter)
    from_mailer = is_from_a_mailer(letter)
    failed_header = letter.header("x-failed-recipients")
    by_name = bool(SENDER.search(sender))
    says_subject = bool(SUBJECT.search(subject))
    says_text = bool(_SENTENCE_OF_FAILURE.search(notice[:4_000])) or bool(
        _HARD.search(notice[:4_000])
    )
    has_code = bool(_STATUS.search(notice) or _SMTP.search(notice))
    report = letter.message.get_content_type() == "multipart/report"
    named = _named_in(notice, letter)
    told_first = any(
        _tier(before, after) in {1, 2} for _, before, after in _addresses(notice[:2_000])
    )
    returned = any(part.type in {"message/rfc822", "text/rfc822-headers"} for part in letter.parts)
    score = (
        returned
        + told_first
        + 2 * by_name
        + (from_mailer and not by_name)
        + 2 * says_subject
        + says_text
        + has_code
        + 3 * bool(failed_header)
        + 2 * report
    )
    if score < 3 or (not by_name and not from_mailer and not failed_header and score < 4):  # noqa: PLR2004
        return None
    if subject.lower().startswith(("re:", "返信:")) and not by_name:
        return None
    recipients = tuple(ADDRESS.findall(failed_header)) or named
    status = _best_status(notice)
    delay_in = _DELAY.search(notice) or re.search(r"(?i)delay|warning", subject)
    if (
        delay_in
        and not _HARD.search(notice)
        and not _GAVE_UP.search(notice)
        and not re.search(r"(?i)fail(?:ed|ure)", subject)
    ):
        return Bounce("delayed", "phrases.delayed", recipients, status, 0.85)
    if re.search(r"(?i)warning message only|delayed", notice[:2_000]) and _DELAY.search(notice):
        return Bounce("delayed", "phrases.delayed", recipients, status, 0.85)
    return Bounce(_finality(status, notice, ""), "phrases.failed", recipients, status, 0.9)


def _named_in(notice: str, letter: Letter) -> tuple[str, ...]:
    """Find whom the notice is about, by where addresses stand in it."""
    ours = _own_addresses(letter)
    tiers: list[list[str]] = [[] for _ in range(7)]
    for address, before, after in _addresses(notice[:20_000]):
        lower = address.lower()
        if lower in ours or SENDER.search(lower):
            continue
        tier = _tier(before, after)
        if lower not in (known.lower() for known in tiers[tier]):
            tiers[tier].append(address)
    for named in tiers:
        if named:
            return tuple(named[:20])
    whole = letter.whole_text
    for pattern in (
        re.compile(
            rf"(?im)^[ \t>]{{0,4}}(?:x-failed-recipients|x-actual-recipient|original-rcpt-to|"
            rf"envelope-to)[ \t]*:[^\n]{{0,80}}?({_ADDRESS})"
        ),
        re.compile(rf"(?im)^[ \t>]{{0,4}}to[ \t]*:[^\n]{{0,80}}?({_ADDRESS})"),
    ):
        found = pattern.search(whole)
        if found:
            return (found[1],)
    for part in letter.parts:
        if part.type == "message/rfc822":
            inner = part.message.get_payload()
            if isinstance(inner, list) and inner:
                to = ADDRESS.search(str(inner[0].get("to", "")))
                if to:
                    return (to[0],)
    return ()


def _addresses(text: str) -> Iterator[tuple[str, str, str]]:
    """Give every address with what stands before and after it in its line; linear in *text*."""
    for line in text.split("\n"):
        at = line.find("@")
        while at >= 0:
            local = _LOCAL_BEFORE.search(line, max(0, at - 64), at)
            domain = _DOMAIN_AFTER.match(line, at + 1, at + 256)
            if local and domain:
                end = domain.end()
                while line[end - 1] in ".-":
                    end -= 1
                start = local.start()
                while line[start] in "'*=/" and start < at - 1:
                    start += 1
                yield (
                    line[start:end],
                    line[max(0, local.start() - 200) : local.start()],
                    line[end : end + 200],
                )
            at = line.find("@", at + 1)


def _tier(before: str, after: str) -> int:
    """Say how much the place of an address tells that the notice is about it; 0 tells most."""
    if _LABELLED.match(before):
        return 0
    starts = bool(_LINE_START.match(before)) and bool(_AFTER_NAME.match(after))
    if starts and before.endswith("<"):
        return 1
    if starts:
        return 2
    if _ADDRESSED.search(before):
        return 3
    if before.endswith("<") and _AFTER_FAILED.match(after):
        return 4
    return 5 if _CODE_BEFORE.search(before) else 6


def _own_addresses(letter: Letter) -> set[str]:
    """Give the addresses that belong to the report's own ends: its sender and its receiver."""
    ours: set[str] = set()
    for name in ("from", "to", "delivered-to", "reply-to", "x-original-to"):
        for value in letter.all(name):
            ours.update(address.lower() for address in ADDRESS.findall(value))
    return ours
