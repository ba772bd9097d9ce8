"""The mail that invites to a survey: its words, and its link, which is never forgotten."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from worker.domain.plan import Mail, Survey, worded
from worker.domain.surveys import minutes
from worker.playbook.templates.words import Words

NAME = "survey"  # what templates call it
BUILT_IN = "invitation"  # the name of the built-in mail, in messages

_TITLES = {"ja": "短いアンケートのお願い", "en": "A short survey"}
_TAILS = {
    "ja": (
        "\n\n[アンケートに答える]({{ survey.link }})"
        "\n\n約{{ survey.minutes }}分・{{ survey.until | day }}まで\n"
    ),
    "en": (
        "\n\n[Answer the survey]({{ survey.link }})"
        "\n\nAbout {{ survey.minutes }} min., until {{ survey.until | day }}\n"
    ),
}


def as_mail(action: Mail | Survey, otherwise: str) -> Mail:
    """Give the mail that an action sends; *otherwise* is the mailbox where it names none."""
    if isinstance(action, Mail):
        return action
    return Mail(action.template, action.sender or otherwise)


def title_of(survey: Survey, language: str) -> str:
    """Give the heading of a survey in somebody's language."""
    return worded(survey.title, language) or worded(_TITLES, language, "en")


def words_for(survey: Survey, link: str, until: date, language: str) -> Mapping[str, object]:
    """Give what `survey.…` names in a mail."""
    known = {
        "link": link,
        "minutes": minutes(survey),
        "until": until,
        "title": title_of(survey, language),
        "intro": worded(survey.intro, language),
        "anonymous": survey.anonymous,
    }
    return {NAME: Words(NAME, known)}


@cache
def built_in(language: str) -> str:
    """Give the text of the mail that invites where a playbook has none of its own."""
    known = "ja" if language.lower().startswith("ja") else "en"
    path = files("worker.playbook.templates") / f"{BUILT_IN}.{known}.md"
    return path.read_text(encoding="utf-8")


def with_link(text: str, language: str) -> str:
    """Give a template with the link to its survey: where it has none, at its end."""
    return text if f"{NAME}.link" in text else text.rstrip() + worded(_TAILS, language, "en")
