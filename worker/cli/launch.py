"""What must be right before a worker starts: every playbook, and every version somebody is in.

A worker that cannot do everything its playbooks say does nothing: it names the steps and ends.
What has left the workspace since a version was stored is no reason to keep everybody waiting.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from worker.cli.mistakes import Wrong
from worker.domain.plan import Plan
from worker.engine.enroll import publish
from worker.engine.journal.journal import Journal
from worker.playbook.bundle import Bundle, read_bundle
from worker.playbook.compile import NO_PAGES, compile_playbook, compile_stored, performed_later
from worker.playbook.namesakes import namesakes
from worker.playbook.templates.check import check_mails, known_words, outside_meetings
from worker.playbook.templates.inline import check_inline
from worker.playbook.workspace import Workspace
from worker.problems import Mistakes, Problem
from worker.settings.model import HERE, Settings
from worker.wiring.workspace import layouts_of, playbook_folders, workspace_of


def publish_playbooks(settings: Settings, journal: Journal, now: datetime) -> int:
    """Make the playbooks of the workspace those that newcomers enter; says how many there are.

    Raises:
        Mistakes: A new one has mistakes, or one that is in use has steps of a later release.
        Wrong: Mails would hold links that lead to this machine alone.
    """
    workspace = workspace_of(settings, staff=journal.staff.all())
    shown = settings.playbooks.name
    bundles = [
        read_bundle(folder, f"{shown}/{folder.name}")
        for folder in playbook_folders(settings.playbooks)
    ]
    # a version that is in use already may lack something: only its own people wait for that
    compiled = [
        (each, bundle)
        for bundle in bundles
        for each in (compile_playbook(bundle, workspace),)
        if each.plan is not None or journal.versions.get(bundle.digest) is None
    ]
    plans = [(each.plan, bundle) for each, bundle in compiled if each.plan is not None]
    problems = list(_mistakes(problem for each, _ in compiled for problem in each.problems))
    for plan, bundle in plans:
        problems += _mistakes(_of_mails(settings, plan, bundle, workspace))
        problems += _not_performed(plan, bundle)
    problems += namesakes(plans)
    for _, digest in journal.enrollments.count():
        bundle = journal.versions.bundle(digest)
        problems += _not_performed(compile_stored(bundle, workspace), bundle)
    if problems:
        raise Mistakes(dict.fromkeys(problems))
    if settings.is_only_here and any(plan.has_links for plan, _ in plans) and _leaves(settings):
        raise Wrong("up.only_here", url=settings.public_url)
    for plan, bundle in plans:
        publish(journal, plan.playbook, bundle, now)
    return len(bundles)


def _leaves(settings: Settings) -> bool:
    """Say whether mail leaves this machine: a link to it alone would lead nobody anywhere."""
    servers = (mailbox.smtp for mailbox in settings.mailboxes.values())
    return any(server is None or server.host not in HERE for server in servers)


def _of_mails(
    settings: Settings, plan: Plan, bundle: Bundle, workspace: Workspace
) -> Iterable[Problem]:
    """Give what is wrong with a playbook's mails."""
    known = known_words(plan, workspace)
    mails, problems = check_mails(
        bundle,
        known,
        layouts=layouts_of(settings.root),
        language=settings.company.language,
    )
    outside = outside_meetings(plan, bundle, mails, known)
    return (*problems, *outside, *check_inline(plan, bundle, known))


def _mistakes(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Leave warnings out: those are for `check`. A survey that nobody can open is none here."""
    return (
        replace(problem, warning=False)
        for problem in problems
        if not problem.warning or problem.code == NO_PAGES
    )


def _not_performed(plan: Plan, bundle: Bundle) -> Iterator[Problem]:
    """Give the steps that this release does not perform: for `check` a warning, here the end."""
    for problem in performed_later(plan, bundle):
        yield replace(problem, warning=False)
