"""What a text asks of HR: a question, a worry, times, thanks, a wish to decline, less contact.

Words decide, never a score on the person. A suspected decline is a suspicion: it holds everything
and a human reads it.
"""

from enum import StrEnum

from worker.domain.answers.charset import folded
from worker.domain.answers.words import meaning
from worker.domain.answers.words.patterns import any_of

_CAP = 8_000


class Intent(StrEnum):
    """What HR would do with a reply; the first that fits is the one named."""

    WISH_TO_DECLINE = "wish_to_decline"
    LESS_CONTACT = "less_contact"
    WORRY = "worry"
    QUESTION = "question"
    TIME_ANSWER = "time_answer"
    THANKS = "thanks"
    NONE = ""


_DECLINE = any_of(*meaning.DECLINE)
_NO_DECLINE = any_of(*meaning.NOT_DECLINE)
_NO_DOUBT_YET = any_of(*meaning.NO_DOUBT_YET)
# Weightiest first: who worries and proposes a time is answered on the worry.
_OTHERS = (
    (Intent.LESS_CONTACT, any_of(*meaning.LESS)),
    (Intent.WORRY, any_of(*meaning.WORRY)),
    (Intent.TIME_ANSWER, any_of(*meaning.TIME)),
    (Intent.QUESTION, any_of(*meaning.QUESTION)),
    (Intent.THANKS, any_of(*meaning.THANKS)),
)


def intent_of(text: str) -> Intent:
    """Say what *text* asks for; the weightiest first. Never raises.

    >>> intent_of("誠に申し訳ございませんが、内定を辞退させていただきたく存じます。")
    <Intent.WISH_TO_DECLINE: 'wish_to_decline'>
    >>> intent_of("Thank you! Which documents should I bring?")
    <Intent.QUESTION: 'question'>
    """
    text = folded(text[:_CAP])
    if _DECLINE.search(_NO_DECLINE.sub("", text)):
        return Intent.WISH_TO_DECLINE
    text = _NO_DOUBT_YET.sub("", text)
    for intent, pattern in _OTHERS:
        if pattern.search(text):
            return intent
    return Intent.NONE
