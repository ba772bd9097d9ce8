"""The meetings of the demonstration's year, each with its story."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from worker.cli.demo_guests import Deed
from worker.cli.demo_promises import Year
from worker.cli.output import Output
from worker.domain.appointments import Appointment, Stage
from worker.domain.facts import Facts

_WORDS = ("booked", "accepted", "declined", "moved", "cancelled", "failed", "held")


@dataclass(frozen=True, slots=True)
class Talk:
    """What happened to one meeting: each word in its order, and of how many people it is true."""

    meeting: Appointment
    story: tuple[tuple[str, int], ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Name whom it was for."""
        return tuple(one.name for one in self.meeting.people)

    @property
    def staff(self) -> tuple[str, ...]:
        """Name the colleagues who were there."""
        return tuple(one.name for one in self.meeting.attendees if one.staff is not None)

    @property
    def begins(self) -> datetime | None:
        """Say when it is, or was to be."""
        when = self.meeting.stood or self.meeting.when
        return when.start if when else None


def talks(year: Year) -> list[Talk]:
    """Tell every meeting of the year, by its time."""
    facts = {person.id: year.journal.facts.of(person.id) for person in year.people}
    deeds = year.guests.deeds if year.guests else []
    told = [
        Talk(one, _story(one, [facts[each.person] for each in one.people if each.person], deeds))
        for one in year.journal.meetings.standing(*Stage)
    ]
    return sorted(told, key=lambda one: (one.begins or one.meeting.due_at, one.meeting.id))


def _story(
    meeting: Appointment, known: list[Facts], deeds: Iterable[Deed]
) -> tuple[tuple[str, int], ...]:
    """Give what happened in its order; what happened to several at once is one thing."""
    said = [
        (fact.at, word)
        for facts in known
        for word in _WORDS
        for fact in facts.all(f"{meeting.step}.{word}", meeting.playbook)
        if fact.occurrence == meeting.occurrence
    ]
    if meeting.held_since is not None:
        said.append((meeting.held_since, "reserved"))
    said += [(deed.at, deed.word) for deed in deeds if deed.event == meeting.event_key]
    order = {word: place for place, word in enumerate(("reserved", "dragged", "proposed", *_WORDS))}
    said.sort(key=lambda one: (one[0], order[one[1]]))
    return _gathered([word for _, word in said])


def _gathered(words: list[str]) -> tuple[tuple[str, int], ...]:
    """Count what many did as one: the answers between two times of the meeting."""
    story: list[tuple[str, int]] = []
    answers: Counter[str] = Counter()
    for word in words:
        if word in {"accepted", "declined"}:
            answers[word] += 1
            continue
        story += answers.items()
        answers.clear()
        if story and story[-1][0] == word:
            story[-1] = (word, story[-1][1] + 1)
        else:
            story.append((word, 1))
    return (*story, *answers.items())


def tell_talks(told: list[Talk], out: Output) -> None:
    """Show them as a table."""
    say = out.say
    comma = "、" if say.language == "ja" else ", "
    out.heading(say("demo.talks"))
    rows = [
        (
            _when(talk, out),
            _what(talk, comma),
            say(f"demo.calendar.{talk.meeting.provider}"),
            " → ".join(
                say(f"demo.talk.{word}") + (f" {n}" if _is_of_many(talk, word) else "")
                for word, n in talk.story
            ),
        )
        for talk in told
    ]
    names = ("when", "meeting", "calendar", "story")
    out.table([say(f"demo.{name}") for name in names], rows, whole=(0, 2))


def _when(talk: Talk, out: Output) -> str:
    """Say when a meeting was, without the year: there is but one."""
    if talk.begins is None:
        return ""
    day = talk.begins.astimezone(out.say.zone).date()
    return f"{out.say.short_day(day)} {out.say.clock(talk.begins)}"


def _what(talk: Talk, comma: str) -> str:
    """Name a meeting, and those whom its title does not name."""
    title = talk.meeting.title
    others = [name for name in (*talk.people, *talk.staff) if name not in title]
    return f"{title}: {comma.join(others)}" if others else title


def _is_of_many(talk: Talk, word: str) -> bool:
    """Whether it matters of how many people something is true."""
    return word in _WORDS and len(talk.people) > 1


def as_json(told: list[Talk]) -> list[dict[str, object]]:
    """Give the same for a program."""
    return [
        {
            "step": talk.meeting.step,
            "occurrence": talk.meeting.occurrence,
            "people": [one.person for one in talk.meeting.people],
            "staff": [one.staff for one in talk.meeting.attendees if one.staff is not None],
            "begins": talk.begins.isoformat() if talk.begins else "",
            "calendar": talk.meeting.provider,
            "stage": talk.meeting.stage.value,
            "story": [word for word, _ in talk.story],
        }
        for talk in told
    ]
