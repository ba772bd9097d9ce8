"""Any bytes at all: our own mails mutated, and real ones where they lie beside the checkout."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from hypothesis import event, given, settings
from hypothesis import strategies as st

from tests.domain.answers.mails import block, mail, multipart, report
from worker.domain.answers.answer import Answer, Kind, classify
from worker.domain.answers.authentication import Verdict, authentication
from worker.domain.answers.letter import read
from worker.domain.answers.quoting import newly_written
from worker.domain.matching_clues import clues_of

CORPUS = Path(__file__).parents[4] / "shared" / "corpus"
CAP = 60_000
OUR_OWN = (
    mail(
        "はい、伺います。\n\n2026年11月20日(金) 10:00 採用担当 <hr@example.co.jp>:\n> ご案内です。"
    ),
    mail("8月20日まで不在です。", subject="自動応答: ご案内", Auto_Submitted="auto-replied"),
    mail("<p>はい<blockquote type=cite>前</blockquote>", content="text/html; charset=utf-8"),
    report("失敗", block("aoi@example.jp", "failed", "5.1.1", "550 5.1.1 User unknown")),
    multipart(
        ("text/plain", "ok"),
        ("text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1@x\n"),
    ),
)
PIECES = st.sampled_from(
    [
        *(
            b"\r\n\r\n",
            b"Content-Type: text/plain; charset=idna\r\n",
            b"=?x?b?",
            b"\x1b$B",
            b"--=b=",
        ),
        *(b"<blockquote>", b"\r\nOn ", b"\x00", b"\xff\xfe", b"Status: ", b"METHOD:REPLY\n", b">"),
    ]
)


@cache
def mails() -> tuple[bytes, ...]:
    """Give the mails to mutate: our own always, those of the corpus where it lies beside us."""
    index = CORPUS / "index.jsonl"
    if not index.exists():
        return OUR_OWN
    paths = [json.loads(line)["path"] for line in index.read_text(encoding="utf-8").splitlines()]
    return (*OUR_OWN, *((CORPUS / path).read_bytes()[:CAP] for path in paths))


@st.composite
def mutants(draw: st.DrawFn) -> bytes:
    """Give a mail with pieces cut out, doubled, put in from another or made of anything."""
    event(
        "with the corpus" if len(mails()) > len(OUR_OWN) else "our own mails only: no corpus here"
    )
    raw = draw(st.sampled_from(mails()))
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, len(raw)))
        end = min(len(raw), at + draw(st.integers(0, 200)))
        other = draw(st.sampled_from(mails()))
        place = draw(st.integers(0, len(other)))
        piece = draw(
            st.one_of(
                st.just(b""),
                st.just(raw[at:end] * 20),
                st.just(other[place : place + 1_000]),
                st.binary(max_size=12),
                PIECES,
            )
        )
        raw = raw[:at] + piece + raw[end:]
    return raw


def read_wholly(raw: bytes) -> Answer:
    """Ask everything that can be asked of a mail."""
    letter = read(raw)
    answer = classify(raw)
    clues_of(letter, answer)
    authentication(letter.all("authentication-results"), ["mx.example.jp", ""])
    return answer


@settings(max_examples=150)
@given(mutants())
def test_a_broken_mail_is_something_all_the_same(raw: bytes) -> None:
    """However a mail was mangled, it has a class, and the next one is not kept waiting."""
    answer = read_wholly(raw)

    assert isinstance(answer.kind, Kind)
    assert answer.rule


@settings(max_examples=100)
@given(st.binary(max_size=2_000))
def test_bytes_that_are_no_mail_are_something(raw: bytes) -> None:
    """Noise is read as a text, and never raises."""
    assert read_wholly(raw).rule


@given(st.text(max_size=2_000))
def test_nothing_is_invented_by_leaving_out(text: str) -> None:
    """Every line of what was newly written stands in the mail."""
    whole = text.replace("\xa0", " ").replace("\ufeff", "").replace("\x00", "")

    for line in newly_written(text).text.splitlines():
        assert line.strip() in whole


@given(st.lists(st.text(max_size=300), max_size=3))
def test_no_header_about_authentication_is_believed_by_itself(headers: list[str]) -> None:
    """Whatever such a header holds, it does not pass unless our receiver wrote it."""
    assert authentication(headers, ["mx.our.example"]).verdict is not Verdict.PASSED or any(
        "mx.our.example" in header.lower() for header in headers
    )


def _unread() -> Iterator[str]:
    if not (CORPUS / "index.jsonl").exists():
        yield f"no corpus lies at {CORPUS}: only our own {len(OUR_OWN)} mails were mutated"


def test_it_is_said_what_was_mutated() -> None:
    """Whoever reads the output sees whether real mails were among those that were mutated."""
    for sentence in _unread():
        print(sentence)  # noqa: T201 - pytest shows it with -rP; the test ran on our own mails

    assert len(mails()) >= len(OUR_OWN)
