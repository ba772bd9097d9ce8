"""Mails come into a real mailbox: who answered is not reminded, and a human sees the rest."""

from collections.abc import Iterator
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Typed, local
from tests.servers.dovecot import PASSWORD, Dovecot, Maildirs, laid_out, serving

pytestmark = pytest.mark.services
BEFORE, WELCOME, REMINDER = "2026-04-01 08:00", "2026-04-01 10:00", "2026-04-06 10:00"
IMAP = "imap: {{host: 127.0.0.1, port: {port}, tls: none, user: {user}, password: ${{PW}}}}"


class Reading:
    """A workspace whose mailbox is read from a real server."""

    def __init__(self, office: Office, maildirs: Maildirs) -> None:
        self.office = office
        self.maildirs = maildirs
        settings = office.desk.root / "tsunagu.yaml"
        imap = IMAP.format(port=maildirs.server.port, user=maildirs.user)
        settings.write_text(settings.read_text().replace("limits:", f"{imap}\n    limits:"))
        secrets = office.desk.root / ".env"
        secrets.write_text(f"PW={PASSWORD}\n")
        secrets.chmod(0o600)

    def comes(self, text: str, when: str, *, sender: str, answers: bytes | None = None) -> None:
        """Have a mail arrive."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, "saiyo@example.co.jp", "Re: 内定"
        if answers is not None:
            mail["In-Reply-To"] = message_from_bytes(answers)["Message-ID"]
        mail.set_content(text)
        self.maildirs.put([mail.as_bytes()], "INBOX", self._at(when))

    def answers_by_hand(self, text: str, when: str, *, to: str) -> None:
        """Have HR write a mail from their own program, which keeps a copy in the Sent folder."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "saiyo@example.co.jp", to, "Re: 内定"
        mail.set_content(text)
        self.maildirs.put([mail.as_bytes()], "Sent", self._at(when))

    def type(self, when: str, *words: str) -> Typed:
        """Type a command at an instant."""
        typed = self.office.desk.at(when).type(*words)
        assert typed.status == 0, typed.err
        return typed

    @property
    def sent(self) -> list[tuple[str, bytes]]:
        """What recipients got."""
        return [(mail.recipient, mail.content) for mail in self.office.server.mails]

    @staticmethod
    def _at(when: str) -> datetime:
        return local(when)


@pytest.fixture
def mailboxes() -> Iterator[Dovecot]:
    """A real IMAP server."""
    with laid_out() as server, serving(server):
        yield server


@pytest.fixture
def reading(office: Office, mailboxes: Dovecot) -> Reading:
    """Aoi was written to on Wednesday, and is to answer within three business days."""
    office.work_until(BEFORE, WELCOME)
    return Reading(office, mailboxes.mailbox())


def test_who_answered_is_not_reminded(reading: Reading) -> None:
    """An answer in the mailbox ends the wait, and is shown to a human until answered."""
    (recipient, welcome), *_ = reading.sent
    reading.comes("はい、伺います。", "2026-04-02 09:00", sender="aoi@example.jp", answers=welcome)

    reading.type("2026-04-02 09:05", "listen", "--once")
    listed = reading.type("2026-04-02 09:06", "inbox", "--json").json
    shown = reading.type("2026-04-02 09:06", "inbox", str(listed[0]["number"]))
    reading.office.work_until("2026-04-06 09:30", REMINDER)

    assert recipient == "aoi@example.jp"
    assert [(one["person"], one["class"], one["step"]) for one in listed] == [
        ("aoi", "human_reply", "welcome")
    ]
    assert "はい" in shown.out
    assert [to for to, _ in reading.sent].count("aoi@example.jp") == 1


def test_the_worker_reads_mail_by_itself(reading: Reading) -> None:
    """`up` reads what has come before it writes to anybody."""
    reading.comes(
        "はい、伺います。", "2026-04-06 09:00", sender="aoi@example.jp", answers=reading.sent[0][1]
    )

    reading.office.work_until(REMINDER)
    status = reading.type(REMINDER, "status", "--json").json

    assert [to for to, _ in reading.sent].count("aoi@example.jp") == 1
    assert [(one["mailbox"], one["trouble"], one["behind"]) for one in status["inboxes"]] == [
        ("hr", "", 0)
    ]
    assert "mails" in {finding["what"] for finding in status["findings"]}


def test_a_human_says_whose_a_mail_is(reading: Reading) -> None:
    """From an address nobody knows: it lies in the tray, is assigned, and answered."""
    reading.comes("葵です。承知しました。", "2026-04-02 09:00", sender="aoi.private@else.example")
    reading.type("2026-04-02 09:05", "listen", "--once")
    number = str(reading.type("2026-04-02 09:06", "inbox", "--json").json[0]["number"])

    refused = reading.office.desk.type("inbox", number, "--answered")
    reading.type("2026-04-02 09:07", "inbox", number, "--to", "aoi", "--step", "welcome")
    owned = reading.type("2026-04-02 09:08", "inbox", "--json").json[0]
    reading.type("2026-04-02 10:00", "inbox", number, "--answered")

    assert (owned["owner"], owned["due_at"]) == ("hana", "2026-04-03T09:07:00+09:00")
    history = reading.type("2026-04-02 10:00", "timeline", "aoi", "--json").json
    assert refused.status == 2
    assert {"welcome.replied", "person.wrote", "person.answered"} <= {
        line["name"] for line in history["facts"]
    }
    assert reading.type("2026-04-02 10:01", "inbox", "--json").json == []


def test_a_server_started_anew_gives_each_mail_once(reading: Reading) -> None:
    """Read, the server starts anew, read again: what came meanwhile comes, and nothing twice."""
    reading.comes(
        "伺います。", "2026-04-02 09:00", sender="aoi@example.jp", answers=reading.sent[0][1]
    )
    reading.type("2026-04-02 09:05", "listen", "--once")

    reading.maildirs.renumber("INBOX")
    reading.comes("追伸です。", "2026-04-02 09:10", sender="aoi@example.jp")
    reading.type("2026-04-02 09:15", "listen", "--once")
    reading.type("2026-04-02 09:16", "listen", "--once")

    listed = reading.type("2026-04-02 09:17", "inbox", "--json").json
    assert [one["person"] for one in listed] == ["aoi", "aoi"]


def test_without_a_mailbox_there_is_nothing_to_read(office: Office) -> None:
    """`listen` says what to write where no mailbox has an IMAP server."""
    typed = office.desk.type("listen", "--once")

    assert typed.status == 2
    assert "imap" in typed.err


def test_an_answer_in_the_sent_folder_ends_the_wait(reading: Reading) -> None:
    """A question has an owner and a time; HR answers from their own mail program."""
    question = "初日の持ち物を教えていただけますか。"
    reading.comes(question, "2026-04-02 09:00", sender="aoi@example.jp", answers=reading.sent[0][1])
    reading.type("2026-04-02 09:05", "listen", "--once")
    asked = reading.type("2026-04-02 09:06", "inbox", "--json").json[0]
    late = reading.type("2026-04-03 09:06", "status", "--json").json
    why = reading.type("2026-04-02 09:06", "why", "aoi")
    reading.answers_by_hand("印鑑をお持ちください。", "2026-04-03 10:00", to="aoi@example.jp")
    reading.type("2026-04-03 10:01", "listen", "--once")

    shown = reading.type("2026-04-03 10:02", "inbox", "--all", "--json").json[0]
    told = reading.type("2026-04-03 10:02", "timeline", "aoi", "--json").json
    assert (asked["owner"], asked["due_at"]) == ("hana", "2026-04-03T09:00:00+09:00")
    assert "late_mails" in {finding["what"] for finding in late["findings"]}
    assert f"{asked['number']}" in why.out
    assert reading.type("2026-04-03 10:02", "inbox", "--json").json == []
    assert shown["ended"].startswith("answered by ")
    assert {"person.contacted", "person.answered"} <= {line["name"] for line in told["facts"]}


def test_hr_says_that_it_is_a_decline(reading: Reading) -> None:
    """The mail held everything; HR's word makes it a fact, and the playbook is over."""
    reading.comes(
        "内定を辞退させていただきたく存じます。",
        "2026-04-02 09:00",
        sender="aoi@example.jp",
        answers=reading.sent[0][1],
    )
    reading.type("2026-04-02 09:05", "listen", "--once")
    number = str(reading.type("2026-04-02 09:06", "inbox", "--json").json[0]["number"])

    reading.type("2026-04-02 10:00", "inbox", number, "--declined")

    facts = reading.type("2026-04-02 10:01", "timeline", "aoi", "--json").json["facts"]
    assert {"declined", "person.held", "person.answered"} <= {line["name"] for line in facts}


def test_a_misread_decline_is_released(reading: Reading) -> None:
    """It was about another company: HR says that it needs no answer, and it goes on."""
    reading.comes(
        "貴社の選考を辞退させていただきたく、と他社に伝えました。",
        "2026-04-02 09:00",
        sender="aoi@example.jp",
        answers=reading.sent[0][1],
    )
    reading.type("2026-04-02 09:05", "listen", "--once")
    listed = reading.type("2026-04-02 09:06", "inbox", "--json").json[0]

    reading.type("2026-04-02 10:00", "inbox", str(listed["number"]), "--needs-none")

    facts = reading.type("2026-04-02 10:01", "timeline", "aoi", "--json").json["facts"]
    assert listed["intent"] == "wish_to_decline"
    assert {"person.released", "person.answered"} <= {line["name"] for line in facts}


def test_a_new_address_is_confirmed(reading: Reading) -> None:
    """They told us another address: HR takes it over by one word."""
    reading.comes(
        "メールアドレスを aoi.new@example.jp に変更しましたので、今後はこちらにお願いいたします。",
        "2026-04-02 09:00",
        sender="aoi@example.jp",
        answers=reading.sent[0][1],
    )
    reading.type("2026-04-02 09:05", "listen", "--once")
    listed = reading.type("2026-04-02 09:06", "inbox", "--json").json[0]

    reading.type("2026-04-02 10:00", "inbox", str(listed["number"]), "--address")

    shown = reading.type("2026-04-02 10:01", "people", "show", "aoi", "--json").json
    assert listed["new_address"] == "aoi.new@example.jp"
    assert shown["email"] == "aoi.new@example.jp"


def test_when_somebody_cannot_come_is_noted_and_shown_and_taken_back(reading: Reading) -> None:
    """Beyond doubt it is known at once; a doubtful sentence is shown, with what to type."""
    welcome = reading.sent[0][1]
    text = "4/13から4/15は試験があります。\n木曜は難しいかもしれません。"
    reading.comes(text, "2026-04-02 09:00", sender="aoi@example.jp", answers=welcome)

    reading.type("2026-04-02 09:05", "listen", "--once")
    (listed,) = reading.type("2026-04-02 09:06", "inbox", "--json").json
    shown = reading.type("2026-04-02 09:06", "inbox", str(listed["number"])).out
    told = reading.type("2026-04-02 09:06", "why", "aoi").out

    assert listed["unavailable"] == "2026-04-13..2026-04-15"
    assert listed["unclear_times"] == ["木曜は難しいかもしれません"]
    assert "2026-04-13..2026-04-15" in told
    assert "「木曜は難しいかもしれません」" in shown
    assert "tsunagu fact aoi person.unavailable --retract" in shown

    reading.type("2026-04-02 09:10", "fact", "aoi", "person.unavailable", "--retract")
    reading.type(
        "2026-04-02 09:11", "fact", "aoi", "person.unavailable", "--value", "木 13:00-15:00"
    )
    told = reading.type("2026-04-02 09:12", "why", "aoi").out
    slip = reading.office.desk.type("fact", "aoi", "person.unavailable", "--value", "月1限")

    assert "2026-04-13" not in told
    assert "Thu 13:00-15:00" in told
    assert slip.status == 2
    assert "月1限" in slip.err
