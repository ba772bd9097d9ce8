"""Reports of mail systems that are no bounces: complaints, receipts, aggregate reports."""

import re

from worker.domain.answers.letter import Letter

_FEEDBACK = re.compile(r"(?im)^[ \t>]{0,2}feedback-type[ \t]*:[ \t]*([a-z\-]{1,40})")
_AUTHENTICATION = re.compile(r"dmarc (?:failure|forensic) report|authentication failure report")
_SUBJECT = re.compile(
    r"email feedback report|abuse report|^(?:fw: )?complaint (?:about|from)|spam complaint"
)
_AGGREGATE = re.compile(r"report[ -]?domain:.*submitter:")
_TLS_REPORTS = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})


def complaint_in(letter: Letter) -> str:
    """Give the kind of an RFC 5965 report (abuse, opt-out, auth-failure, …); empty if none."""
    for part in letter.parts:
        if part.type == "message/feedback-report":
            found = _FEEDBACK.search(part.text)
            return found[1].lower() if found else "abuse"
    if _AUTHENTICATION.search(letter.subject):
        return "auth-failure"
    told = _FEEDBACK.search(letter.text[:5_000])
    is_one = (
        _is_report_of(letter, "feedback-report")
        or letter.headers.get("x-hmxmroriginalrecipient")
        or ("staff@hotmail" in letter.sender and "complaint" in letter.subject)
        or (_SUBJECT.search(letter.subject) and not _answers(letter))
        or letter.header("x-loop").lower() == "scomp"  # AOL's feedback loop
        or (told and told[1].lower() == "abuse")
    )
    return "abuse" if is_one else ""


def is_receipt(letter: Letter) -> bool:
    """Say whether it is a disposition notification (RFC 8098): read, displayed, deleted."""
    return _is_report_of(letter, "disposition-notification") or any(
        part.type == "message/disposition-notification" for part in letter.parts
    )


def is_aggregate_report(letter: Letter) -> bool:
    """Say whether it is a DMARC (RFC 7489) or TLS (RFC 8460) report of a receiving domain."""
    if _AGGREGATE.search(letter.subject) or letter.headers.get("tls-report-domain"):
        return True
    return any(part.type in _TLS_REPORTS for part in letter.parts)


def _is_report_of(letter: Letter, kind: str) -> bool:
    content = letter.header("content-type").lower().replace('"', "")
    return f"report-type={kind}" in content


def _answers(letter: Letter) -> bool:
    return bool(letter.headers.get("in-reply-to") or letter.headers.get("references"))
