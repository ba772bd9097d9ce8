"""What a survey's page shows: every question with what was given, and kindly what is missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from worker.domain.plan import Question, Survey, worded
from worker.domain.surveys import LONGEST, Slip, minutes, plain_text, points
from worker.engine.invitation import title_of
from worker.engine.surveys import Sheet, Standing
from worker.pages.paper import page
from worker.pages.words import Phrases

_SAID: Mapping[Slip, str] = {
    Slip.MISSING: "survey.slip.missing",
    Slip.CHOICE: "survey.slip.choice",
    Slip.LONG: "survey.slip.long",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question as the page shows it."""

    id: str
    anchor: str
    ask: str
    required: bool
    points: tuple[str, ...]
    ends: tuple[str, str] | None
    given: str
    slip: str  # what is kindly said about it; empty: nothing


def survey_page(
    sheet: Sheet,
    company: str,
    *,
    least: int,
    given: Mapping[str, str] | None = None,
    slips: Mapping[str, Slip] | None = None,
    is_kept: bool = False,
    is_unsaved: bool = False,
) -> str:
    """Write the page of a survey that can be answered.

    Args:
        sheet: The survey as it stands.
        company: Whose it is.
        least: Answers before anything of an anonymous one is shown.
        given: What was written into the page just now, over what stands.
        slips: What is wrong with it.
        is_kept: It was kept for later just now.
        is_unsaved: It could not be written down just now.
    """
    say, survey = Phrases(sheet.locale), sheet.survey
    written = {**sheet.given, **(given or {})}
    asked = [
        _asked(number, question, written, slips or {}, say)
        for number, question in enumerate(survey.questions, 1)
    ]
    is_answered = sheet.standing is Standing.ANSWERED
    hint = "survey.once" if survey.anonymous else "survey.again"
    return page(
        "survey",
        say,
        title=title_of(survey, say.language),
        company=company,
        intro=_lines(worded(survey.intro, say.language)),
        minutes=minutes(survey),
        until=say.day(sheet.last_day),
        privacy=_privacy(survey, company, least, say),
        questions=asked,
        missing=[question for question in asked if question.slip],
        kept=is_kept,
        unsaved=is_unsaved,
        anonymous=survey.anonymous,
        is_answered=is_answered,
        longest=LONGEST,
        hint=say(hint, until=say.day(sheet.last_day)),
    )


def thanks_page(sheet: Sheet, company: str) -> str:
    """Write the page of a survey that was answered."""
    say = Phrases(sheet.locale)
    correct = "" if sheet.survey.anonymous else say("thanks.correct")
    lines = [say("thanks.lead", company=company)]
    if correct:
        lines.append(say("thanks.until", until=say.day(sheet.last_day)))
    lines.append(say("thanks.talk"))
    return page(
        "thanks", say, title=say("thanks.title"), company=company, lines=lines, correct=correct
    )


def closed_page(sheet: Sheet, company: str) -> str:
    """Write the page of a survey that is over."""
    say = Phrases(sheet.locale)
    lines = [say("closed.lead", until=say.day(sheet.last_day)), say("closed.talk")]
    return page("thanks", say, title=say("closed.title"), company=company, lines=lines, correct="")


def shown(survey: Survey, company: str, locale: str, last_day: date, least: int) -> str:
    """Write the page as it will be, for whoever looks at a playbook beforehand."""
    return survey_page(Sheet(survey, Standing.OPEN, locale, last_day), company, least=least)


def _asked(
    number: int,
    question: Question,
    written: Mapping[str, str],
    slips: Mapping[str, Slip],
    say: Phrases,
) -> Asked:
    slip = slips.get(question.id)
    text = plain_text(written.get(question.id, ""))
    ends = question.ends
    return Asked(
        question.id,
        f"q{number}",
        worded(question.ask, say.language),
        question.required,
        points(question),
        None if ends is None else (worded(ends[0], say.language), worded(ends[1], say.language)),
        text,
        say(_SAID[slip], most=LONGEST, count=len(text)) if slip else "",
    )


def _privacy(survey: Survey, company: str, least: int, say: Phrases) -> str:
    if survey.anonymous:
        return say("survey.anonymous", least=least)
    return say("survey.named", company=company)


def _lines(text: str) -> list[str]:
    return [line for line in (part.strip() for part in text.splitlines()) if line]
