"""From an intent to the parts of its mail: the template of its version, filled for one person.

Everything slow (YAML, Markdown, style sheets) happens once per version and is kept. What is left
for a mail is one call of a compiled template. The preview and the live engine call the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache
from mimetypes import guess_type
from urllib.parse import quote
from zoneinfo import ZoneInfo

from worker.domain.cases import Case
from worker.domain.errors import BrokenPromise, MailError
from worker.domain.facts import Digest, StepId
from worker.domain.intents import KIND, EnrollmentId, key_of
from worker.domain.links import Door, Links, Named
from worker.domain.matching_tag import tagged
from worker.domain.observed import MARK, name_of
from worker.domain.plan import Action, Alert, Mail, Plan, Step, Survey
from worker.domain.post import message_id, thread_anchor
from worker.domain.reasons import Reason
from worker.domain.surveys import last_day
from worker.domain.workdays import workdays
from worker.engine.invitation import BUILT_IN, as_mail, built_in, with_link, words_for
from worker.playbook.bundle import Bundle
from worker.playbook.compile import compile_stored
from worker.playbook.templates.layout import Layout, layout_of
from worker.playbook.templates.mail import CompiledMail, compile_template, language_of, render
from worker.playbook.templates.words import Setting, words_of
from worker.playbook.workspace import Workspace
from worker.ports import Address, Attachment, MailParts

REHEARSAL = "X-Tsunagu-Rehearsal"
NOWHERE = "https://example.invalid"  # of a preview in a workspace without pages
_TITLE = "playbook.yaml"  # where a title stands that has words to fill
_ALERT_HR = Alert(to=("hr",))  # of a step whose time has passed, `late: escalate`


def codes_of(reasons: Sequence[Reason]) -> str:
    """Give the bare codes of reasons, where nobody has words for them."""
    return ", ".join(reason.because.value for reason in reasons)


@dataclass(frozen=True, slots=True)
class Office:
    """What the workspace gives to every mail: who writes, and where mail goes in a rehearsal."""

    mailboxes: Mapping[str, Address]
    company: Mapping[str, object] = field(default_factory=dict)  # what `company.…` names
    alerts_from: str = "hr"
    language: str = "ja"  # of messages to staff
    timezone: str = "Asia/Tokyo"
    links: Links | None = None  # to our pages; None: nobody's browser reaches us
    tell: Callable[[Sequence[Reason]], str] = codes_of  # reasons, in the language of staff
    redirect_to: str = ""  # of a rehearsal: every message goes there, and to nobody else
    reply_tags: Mapping[str, str] = field(default_factory=dict)  # by mailbox: plus, or @domain
    reply_key: bytes = field(default=b"", repr=False)  # signs them; empty: none are written

    def address(self, mailbox: str) -> Address:
        """Give the address of a mailbox that a playbook names."""
        try:
            return self.mailboxes[mailbox]
        except KeyError:
            raise MailError("from", f"there is no mailbox {mailbox!r} in the settings") from None

    def reply_address(self, mailbox: str, message_id: str) -> Address | None:
        """Give where answers to a mail go: with our signed tag, where the mailbox can have one.

        None where the mailbox's own address is as good.
        """
        form = self.reply_tags.get(mailbox, "")
        if not form or not self.reply_key or self.redirect_to:
            return None
        known = self.address(mailbox)
        address = known.address if form == "plus" else form
        try:
            return replace(known, address=tagged(address, message_id, self.reply_key))
        except ValueError:  # an address so long that it leaves no room
            return None

    def domain(self, mailbox: str) -> str:
        """Give the domain that names the mails of a mailbox."""
        return self.address(mailbox).address.rpartition("@")[2]


@dataclass(frozen=True)
class Edition:
    """One version of a playbook, ready for use: its plan, its files, its compiled templates."""

    bundle: Bundle
    plan: Plan
    layouts: Mapping[str, bytes]
    language: str
    _mails: dict[tuple[str, str, bool], CompiledMail] = field(default_factory=dict)
    _settings: dict[str, tuple["Office", Setting]] = field(default_factory=dict)

    @cached_property
    def steps(self) -> Mapping[StepId, Step]:
        """Give the steps by id."""
        return {step.id: step for step in self.plan.steps}

    @cached_property
    def _actions(self) -> Mapping[tuple[str, int, str], Action]:
        actions: dict[tuple[str, int, str], Action] = {}
        for step in self.plan.steps:
            actions[step.id, 0, KIND[Alert]] = _ALERT_HR
            actions[step.id, 0, KIND[type(step.action)]] = step.action
            for number, rung in enumerate(step.ladder, start=1):
                for action in rung.actions:
                    actions[step.id, number, KIND[type(action)]] = action
        return actions

    def action(self, step: str, rung: int, kind: str) -> Action:
        """Give what an intent of this version does."""
        try:
            return self._actions[step, rung, kind]
        except KeyError:
            raise BrokenPromise(
                f"The version {self.plan.digest!r} has no {kind} in rung {rung} of {step!r}."
            ) from None

    def setting(self, mailbox: str, office: "Office") -> Setting:
        """Give what is the same for every mail of this version that leaves from a mailbox."""
        known = self._settings.get(mailbox)
        if known is None or known[0] is not office:
            sender = office.address(mailbox)
            said = {"name": sender.name, "address": sender.address}
            known = office, Setting(office.company, said, ZoneInfo(self.plan.calendar.timezone))
            self._settings[mailbox] = known
        return known[1]

    def title(self, written: str, case: Case, office: "Office", now: datetime) -> str:
        """Fill the title of a meeting for one person.

        Raises:
            MailError: A word is missing.
        """
        if "{" not in written:
            return written
        compiled = self.built_in(written, ".", self.language, path=_TITLE)
        setting = self.setting(office.alerts_from, office)
        words = words_of(
            case.person,
            case.facts,
            self.plan.playbook,
            setting=setting,
            now=now,
            names=compiled.roots,
        )
        return render(compiled, words).subject

    def built_in(
        self, subject: str, body: str, language: str, *, path: str = "built-in"
    ) -> CompiledMail:
        """Give a text of our own, in the layout of this version's mails."""
        key = f"{subject}\n{body}", f"{path} {language}", False
        compiled = self._mails.get(key)
        if compiled is None:
            layout = layout_of(self.bundle.files, self.layouts)
            text = f"---\nsubject: {subject}\n---\n\n{body}\n"
            compiled = _compiled(text, path, layout, language)
            self._mails[key] = compiled
        return compiled

    def mail(self, template: str, locale: str, *, invites: bool = False) -> CompiledMail:
        """Give a template in a person's language, else in the company's, else as it is there.

        One that *invites* to a survey has a link to it, whatever its author wrote; without a name
        it is the built-in one.
        """
        key = template, locale, invites
        compiled = self._mails.get(key)
        if compiled is None:
            language = locale or self.language
            if template:
                path = template_path(self.bundle.files, template, locale, self.language)
                text = self.bundle.files[path].decode("utf-8-sig")
            else:
                path, text = f"{BUILT_IN}.md", built_in(language)
            if invites:
                text = with_link(text, language_of(path, language))
            layout = layout_of(self.bundle.files, self.layouts)
            compiled = _compiled(text, path, layout, language)
            self._mails[key] = compiled
        return compiled


@lru_cache(maxsize=512)
def _compiled(text: str, path: str, layout: Layout, language: str) -> CompiledMail:
    """Compile a template once for all versions of playbooks that have it alike."""
    return compile_template(text, path, layout, language=language)


def template_path(files: Iterable[str], template: str, locale: str, language: str) -> str:
    """Name the file of a template for somebody's language.

    >>> template_path(["mails/welcome.md", "mails/welcome.en.md"], "welcome", "en", "ja")
    'mails/welcome.en.md'
    >>> template_path(["mails/welcome.md", "mails/welcome.en.md"], "welcome", "ko", "ja")
    'mails/welcome.md'
    """
    known = set(files)
    wanted = [f"mails/{template}.{word}.md" for word in (locale, language) if word]
    for path in (wanted[0] if wanted else "", f"mails/{template}.md", *wanted):
        if path in known:
            return path
    others = sorted(path for path in known if path.startswith(f"mails/{template}."))
    if others:
        return others[0]
    raise MailError("template", f"there is no file mails/{template}.md in this version")


class Editions:
    """Every version in use, each compiled once. Safe between threads: twice is only slower.

    *workspace* names what playbooks may name here, or is itself the way from files to a plan.
    """

    def __init__(
        self,
        bundle_of: Callable[[Digest], Bundle],
        workspace: Workspace | Callable[[Bundle], Plan],
        *,
        layouts: Mapping[str, bytes] | None = None,
        language: str = "ja",
    ) -> None:
        self._bundle_of = bundle_of
        self._plan_of = workspace if callable(workspace) else compiler(workspace)
        self._layouts = layouts or {}
        self._language = language
        self._editions: dict[Digest, Edition] = {}

    def of(self, digest: Digest) -> Edition:
        """Give a version's edition."""
        edition = self._editions.get(digest)
        if edition is None:
            bundle = self._bundle_of(digest)
            edition = Edition(bundle, self._plan_of(bundle), self._layouts, self._language)
            self._editions[digest] = edition
        return edition

    def plan(self, digest: Digest) -> Plan:
        """Give a version's plan."""
        return self.of(digest).plan


def compiler(workspace: Workspace) -> Callable[[Bundle], Plan]:
    """Give what compiles a version's files, as this workspace names things.

    A version that names what the workspace has no more says so: `Plan.lacks`.
    """
    return lambda bundle: compile_stored(bundle, workspace)


@dataclass(frozen=True, slots=True)
class Errand:
    """Which mail of whom: what names an intent, with its step and action."""

    edition: Edition
    step: Step
    action: Mail | Survey
    enrollment: EnrollmentId
    occurrence: int = 0
    rung: int = 0
    named: Named | None = None  # the intent as the journal has it; None: it is only shown
    asked: Named | None = None  # the intent of the step's survey; on rung 0 the same one

    @property
    def thread(self) -> str:
        """Name what all mails of one step to one person have in common."""
        return f"{self.enrollment}/{self.step.id}/{self.occurrence}"


def mail_parts(
    errand: Errand, case: Case, office: Office, now: datetime, *, subject_before: str = ""
) -> MailParts:
    """Write one mail to a person, as parts.

    A mail of a ladder goes into its step's thread: `Re:` and the subject as it was sent, and the
    ids of the step's mail, which are known without looking them up.

    Raises:
        MailError: A word is missing, or something must not stand in a mail.
    """
    action, plan = as_mail(errand.action, office.alerts_from), errand.edition.plan
    sender = office.address(action.sender)
    survey = errand.step.action if isinstance(errand.step.action, Survey) else None
    compiled = errand.edition.mail(action.template, case.person.locale, invites=survey is not None)
    own_id = _own_id(errand, office)
    setting = errand.edition.setting(action.sender, office)
    way_out = _way_out(errand, action, office) if action.unsubscribe else _WayOut()
    if way_out.shown:
        setting = replace(setting, extra={**setting.extra, "unsubscribe": way_out.shown})
    if survey is not None:
        asked = _asked_words(survey, errand, case, office, now)
        setting = replace(setting, extra={**setting.extra, **asked})
    words = words_of(
        case.person, case.facts, plan.playbook, setting=setting, now=now, names=compiled.roots
    )
    rendered = render(compiled, words)
    parts = MailParts(
        sender=sender,
        to=Address(case.person.email, case.person.name),
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        sent_at=now,
        message_id=own_id,
        references=(thread_anchor(errand.thread, office.domain(action.sender)),),
        reply_to=reply_to(action, own_id, office),
        unsubscribe=way_out.click,
        unsubscribe_mail=way_out.mail,
        marks=((MARK, name_of(own_id)),),
        attachments=_attachments(errand, case, compiled),
    )
    if errand.rung and isinstance(errand.step.action, Mail | Survey):
        parts = _in_thread(parts, errand, office, subject_before)
    return redirected(parts, office)


def redirected(parts: MailParts, office: Office) -> MailParts:
    """Give *parts* as they are, or in a rehearsal marked and addressed to who rehearses."""
    if not office.redirect_to:
        return parts
    mark = "リハーサル" if office.language == "ja" else "Rehearsal"
    return replace(
        parts,
        to=Address(office.redirect_to, parts.to.name),
        subject=f"[{mark}] {parts.subject}",
        marks=(*parts.marks, (REHEARSAL, f"to {parts.to.address}")),
    )


def reply_to(action: Mail, own_id: str, office: Office) -> Address | None:
    """Give where answers go, if that is not plainly the sender."""
    with_tag = office.reply_address(action.reply_to or action.sender, own_id)
    if with_tag is not None or not action.reply_to:
        return with_tag
    return office.address(action.reply_to)


def _own_id(errand: Errand, office: Office) -> str:
    key = key_of(errand.enrollment, errand.step.id, errand.occurrence, errand.rung, errand.action)
    return message_id(key, office.domain(as_mail(errand.action, office.alerts_from).sender))


def _in_thread(parts: MailParts, errand: Errand, office: Office, subject_before: str) -> MailParts:
    """Put a mail of a ladder into the thread of its step's mail."""
    first = errand.step.action
    if not isinstance(first, Mail | Survey):
        return parts
    asked = key_of(errand.enrollment, errand.step.id, errand.occurrence, 0, first)
    domain = office.domain(as_mail(first, office.alerts_from).sender)
    parent = message_id(asked, domain)
    return replace(
        parts,
        subject=f"Re: {subject_before}" if subject_before else parts.subject,
        in_reply_to=parent,
        references=(thread_anchor(errand.thread, domain), parent),
    )


def _asked_words(
    survey: Survey, errand: Errand, case: Case, office: Office, now: datetime
) -> Mapping[str, object]:
    """Give what a mail may say of the survey it invites to, or reminds of."""
    plan, person = errand.edition.plan, case.person
    if office.links is None and errand.named is not None:
        raise MailError("public_url", "nobody's browser would find the page of the survey")
    links = office.links or Links(NOWHERE)
    sent = case.facts.first(f"{errand.step.id}.sent", plan.playbook, occurrence=errand.occurrence)
    days = workdays(plan.calendar, person.timezone)
    until = last_day(survey, sent.at if sent is not None else now, days)
    link = links.to(Door.SURVEY, errand.asked if errand.rung else errand.named)
    return words_for(survey, link, until, person.locale or office.language)


@dataclass(frozen=True, slots=True)
class _WayOut:
    """How a mail says that one may stop."""

    shown: str = ""  # at its foot
    click: str = ""  # in its header, for the button of mail programs
    mail: str = ""  # in its header, for those that know no button


def _way_out(errand: Errand, action: Mail, office: Office) -> _WayOut:
    """Give the ways to stop, by a click and by mail; nothing is promised that nobody serves."""
    desk = office.address(action.reply_to or action.sender).address
    by_mail = f"mailto:{quote(desk, safe='@+')}?subject=unsubscribe"
    if office.links is None:
        return _WayOut(by_mail, "", by_mail)
    link = office.links.to(Door.STOP, errand.named)
    is_real = errand.named is not None and office.links.are_real
    return _WayOut(link, link if is_real and link.startswith("https://") else "", by_mail)


def _attachments(errand: Errand, case: Case, compiled: CompiledMail) -> tuple[Attachment, ...]:
    """Take the files that go with a mail out of its version, a person's own by their id."""
    attach = errand.action.attach if isinstance(errand.action, Mail) else ()
    if not attach and not compiled.images:
        return ()
    files = errand.edition.bundle.files
    wanted = (file_for(written, case.person.id) for written in attach)
    attached = [_attachment(files, path, "") for path in wanted]
    attached += (_attachment(files, path, content_id) for content_id, path in compiled.images)
    return tuple(attached)


def file_for(written: str, person: str) -> str:
    """Name the file that `attach:` means for one person.

    >>> file_for("letters/{{ person.id }}.pdf", "aoi")
    'letters/aoi.pdf'
    """
    return written.replace("{{ person.id }}", person).replace("{{person.id}}", person)


def _attachment(files: Mapping[str, bytes], path: str, content_id: str) -> Attachment:
    content = files.get(path)
    if content is None:
        content = files.get(f"mails/{path}")
    if content is None:
        raise MailError("attach", f"there is no file {path!r} in this version")
    media_type, _ = guess_type(path)
    name = path.rpartition("/")[2]
    return Attachment(name, content, media_type or "application/octet-stream", content_id)
