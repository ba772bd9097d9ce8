"""Why something happens, waits or does not happen: a code and its values, no sentence.

The sentence, Japanese or English, is made at the edge (`worker.cli.phrases`), from one table that
a test keeps complete for every code of this module.
"""

from dataclasses import dataclass
from enum import Enum


class Because(Enum):
    """Every reason a decision can have."""

    DUE = "due"  # moment: the fact and distance it comes from
    HOURS = "hours"  # outside the hours of sending
    DAYS = "days"  # no business day
    AT_MOST = "at_most"  # the budget of messages is used up until then
    PACE = "pace"  # the person wants less contact
    SEASON = "season"  # outside the season of the step
    DEADLINE_WON = "deadline_won"  # sent outside hours or days, so as to keep no_later_than
    FACT_MISSING = "fact_missing"  # waits for a fact
    CONDITION = "condition"  # `if` was false
    NOT_YET_TRUE = "not_yet_true"  # a `when` condition that is not true so far
    STOPPED = "stopped"  # a fact of stop_on
    HELD = "held"  # a human holds everything for this person
    PAUSED = "paused"  # a human paused the playbook
    LACKING = "lacking"  # its version names what the workspace has no more
    APPROVAL = "approval"  # waits for somebody's release
    ANSWERED = "answered"  # the answer came: the ladder is left
    AWAITING_ANSWER = "awaiting_answer"  # asked, not yet silent
    TAKEN_OVER = "taken_over"  # a member of staff has seen to it: the ladder is left
    AWAY = "away"  # they are away: the ladder stands still until they are back
    TOO_LATE = "too_late"  # no_later_than or the grace for late steps has passed
    NEW_IN_VERSION = "new_in_version"  # the step came with a migration, after its moment
    IN_FLIGHT = "in_flight"  # written, not yet settled
    ALREADY = "already"  # it happened before
    UNREACHABLE = "unreachable"  # no usable address
    OPEN_QUESTION = "open_question"  # a mail of theirs waits for a human
    EVEN_IF_WAITING = "even_if_waiting"  # it does, and the step goes all the same
    REACTED = "reacted"  # something went to them because they wrote, a short while ago
    DECLINED = "declined"  # they declined, and it is not for those who did
    RATION = "ration"  # its mailbox has sent as many as it may in a day
    FUSE = "fuse"  # too many at once: held until a human looks
    ARRANGED = "arranged"  # it goes with a meeting, because of what became of that
    # why a meeting has no time
    NO_HOST = "no_host"  # nobody holds the roles it is with
    CALENDAR_UNKNOWN = "calendar_unknown"  # host: a calendar could not be read
    PERSON_TAKEN = "person_taken"  # the person has no free time within the window
    NO_COMMON_TIME = "no_common_time"  # the person and the hosts are never free together
    LIMIT_REACHED = "limit_reached"  # the hosts hold as many meetings as they may
    ALL_TAKEN = "all_taken"  # what was common is taken by other meetings
    SPAN_OVER = "span_over"  # nothing of the window is left
    TOO_FEW = "too_few"  # least: fewer can come at one time than a meeting of many must have
    NOT_THEN = "not_then"  # proposed: a time somebody asked for; first, second, third: offered
    # what would give it one
    HELP_LONGER = "help_longer"  # days: a longer `within`
    HELP_MOVE_LATER = "help_move_later"  # host, at, minutes: a meeting of others is put off
    HELP_MOVE_EARLIER = "help_move_earlier"
    HELP_PER_DAY = "help_per_day"  # host, limit, more
    HELP_PER_WEEK = "help_per_week"
    HELP_COLLEAGUE = "help_colleague"  # one more who may hold it
    HELP_ASK = "help_ask"  # ask the person when they can
    HELP_SHARE = "help_share"  # host: let us see a calendar
    HELP_SIZE = "help_size"  # least: a meeting of many may be so small


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason, with the values its sentence needs (always text, never an address)."""

    because: Because
    values: tuple[tuple[str, str], ...] = ()

    @property
    def is_help(self) -> bool:
        """Say whether this is no reason but what would help."""
        return self.because.name.startswith("HELP_")

    def value(self, name: str) -> str:
        """Give one value of the sentence; empty if this reason has none of that name."""
        return dict(self.values).get(name, "")
