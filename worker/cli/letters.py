"""Mails as they would leave: rendered and written by the code that the engine itself calls."""

from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from integrations.ics import IcsPost
from integrations.mime.check import MimeWriter
from worker.domain.cases import Case
from worker.domain.facts import Digest
from worker.domain.intents import EnrollmentId
from worker.domain.meetings import Guest, Invitation, MeetingId, Span
from worker.domain.plan import Mail, Meeting, Step, Survey
from worker.domain.post import message_id
from worker.engine.journal.desk import Wish
from worker.engine.meetings.beside import ONLINE, Talk, inviting_by, rendered_for
from worker.engine.render import NOWHERE, Editions, Errand, Office, mail_parts, reply_to
from worker.ports import Address, MailParts
from worker.wiring.office import office_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from worker.cli.session import Session


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: its parts, and the bytes that would be handed over."""

    parts: MailParts
    content: bytes


class LetterWriter:
    """Writes mails of people in one workspace."""

    def __init__(self, editions: Editions, office: Office) -> None:
        self._editions = editions
        self._office = office
        self._write = MimeWriter()

    @classmethod
    def of(cls, session: "Session") -> "LetterWriter":
        """Give a writer for the workspace."""
        return cls(session.library.editions, office_of(session.settings))

    def write(  # noqa: PLR0913 - what names one mail
        self,
        case: Case,
        digest: Digest,
        step: Step,
        action: Mail | Survey,
        *,
        enrollment: EnrollmentId,
        occurrence: int,
        rung: int,
        now: datetime,
        subject_before: str = "",
    ) -> Letter:
        """Write one mail of one person as of *now*."""
        edition = self._editions.of(digest)
        errand = Errand(edition, step, action, enrollment, occurrence, rung)
        parts = mail_parts(errand, case, self._office, now, subject_before=subject_before)
        return Letter(parts, self._write(parts, f"{digest}/{action.template}"))

    def beside(
        self, case: Case, digest: Digest, step: Step, action: Meeting, when: Span, now: datetime
    ) -> Letter:
        """Write the mail that a person gets beside a meeting's invitation."""
        office, edition = self._office, self._editions.of(digest)
        mail = inviting_by(action, office)
        holders = (case.person.roles.get(role, ()) for role in action.participants)
        talk = Talk(
            edition.title(action.title or step.id, case, office, now),
            when,
            action.minutes,
            action.place,
            NOWHERE if action.place in ONLINE else "",
            tuple(one.name for one in chain.from_iterable(each[:1] for each in holders)),
            edition.plan.calendar.timezone,
        )
        rendered = rendered_for(talk, mail, case, edition, office, now)
        about = f"preview/{case.person.id}/{step.id}/{when.start.isoformat()}"
        own_id = message_id(about, office.domain(mail.sender))
        parts = MailParts(
            sender=office.address(mail.sender),
            to=Address(case.person.email, case.person.name),
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            sent_at=now,
            message_id=own_id,
            reply_to=reply_to(mail, own_id, office) if mail.template else None,
        )
        return Letter(parts, self._write(parts, f"{digest}/{mail.template}"))

    def title(self, case: Case, digest: Digest, action: Meeting, now: datetime) -> str:
        """Fill the title of a meeting for one person."""
        return self._editions.of(digest).title(action.title, case, self._office, now)

    def invite(
        self, case: Case, digest: Digest, step: Step, action: Meeting, when: Span, now: datetime
    ) -> bytes:
        """Write the invitation of a meeting as a calendar would get it, with one person's name."""
        office = self._office
        sender = office.address(office.alerts_from)
        edition = self._editions.of(digest)
        invitation = Invitation(
            MeetingId(f"preview/{case.person.id}/{step.id}/{when.start.isoformat()}"),
            Guest(sender.address, sender.name),
            (),
            edition.title(action.title or step.id, case, office, now),
            when,
            edition.plan.calendar.timezone,
            place=action.place,
            hides_guests=bool(action.together),
        )
        post = IcsPost(office.domain(office.alerts_from))
        guest = Guest(case.person.email, case.person.name)
        return post.request(invitation, guest, sender, at=now).content


def draft_of(session: "Session", wish: Wish) -> Letter | None:
    """Write the mail of a draft as it would go now; None of what is no mail."""
    edition = session.library.editions.of(wish.digest)
    action = edition.action(wish.step, wish.rung, wish.kind)
    step = edition.steps[wish.step]
    cases = session.journal.cases.of([wish.person], session.library.editions.plan)
    if not isinstance(action, Mail | Survey) or not cases:
        return None
    return LetterWriter.of(session).write(
        cases[0],
        wish.digest,
        step,
        action,
        enrollment=wish.enrollment,
        occurrence=wish.occurrence,
        rung=wish.rung,
        now=session.now,
    )
