"""From the author's words to a `Plan`: names resolved, and everything pointless reported."""

from dataclasses import dataclass

from worker.domain.plan import Plan
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.workspace import Workspace
from worker.problems import Mistakes, Problem


@dataclass(frozen=True, slots=True)
class Compiled:
    """A plan, or the reasons why there is none; warnings come with either."""

    plan: Plan | None
    problems: tuple[Problem, ...] = ()  # sorted by place

    def standing(self) -> Plan:
        """Give the plan.

        Raises:
            Mistakes: There is none, and these are the problems.
        """
        if self.plan is None:
            raise Mistakes(self.problems)
        return self.plan


def compile_playbook(bundle: Bundle, workspace: Workspace) -> Compiled:
    """Read a version's `playbook.yaml` and give its plan, or every mistake in it at once."""
    if PLAYBOOK_FILE not in bundle.files:
        return Compiled(None, (Problem(bundle.shown(PLAYBOOK_FILE), 0, 0, "file.missing"),))
    raise NotImplementedError(workspace)


def performed_later(plan: Plan, bundle: Bundle) -> tuple[Problem, ...]:
    """Name each step of a kind that this build plans and does not perform, as a warning."""
    raise NotImplementedError(plan, bundle)
