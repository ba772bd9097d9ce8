"""What one text of `tsunagu.yaml` means: a port, a zone, hours, a budget; or why it does not.

Each function takes the text as written and gives the value, or raises a `Slip` with the code of
the sentence, the words that could stand there and the nearest. Words for time are the language's.
"""

import re
from datetime import time, timedelta
from ipaddress import ip_network
from typing import NoReturn

from worker.domain.plan import Budget, Closure
from worker.domain.when import Distance, Unit
from worker.playbook.slips import Slip
from worker.playbook.timewords import read_budget, read_closure, read_distance, read_hours
from worker.playbook.zones import is_zone, nearest_zone
from worker.problems import nearest

_NUMBER = re.compile(r"[0-9]{1,12}")
_DECIMAL = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_HOST = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*\.?|\[?[0-9A-Fa-f:.]+\]?")
_WEB = re.compile(r"https?://(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?(?:[/?#]\S*)?")
# https://cloud.google.com/pubsub/docs/pubsub-basics#resource_names
_TOPIC = re.compile(r"projects/[a-z0-9.:-]{2,100}/topics/[A-Za-z][A-Za-z0-9._~+%-]{2,254}")
_SECONDS = re.compile(r"\s*(\d{1,4})\s+seconds?\s*")
_LEAST_AGE = timedelta(days=30)  # answers and reminders of what is younger are still to come
_SPANS = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.DAYS: timedelta(days=1),
    Unit.WEEKS: timedelta(weeks=1),
}


def choice(text: str, choices: tuple[str, ...]) -> str:
    """Give *text* if it is one of *choices*."""
    if text not in choices:
        _unfit("settings.choice", text, expected=choices, nearest=nearest(text, choices))
    return text


def number(text: str, least: int, most: int) -> int:
    """Give a whole number between *least* and *most*."""
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        _unfit("settings.number", text, least=str(least), most=str(most))
    return int(text)


def decimal(text: str) -> float:
    """Give a number above nothing."""
    if not _DECIMAL.fullmatch(text) or not float(text):
        _unfit("settings.decimal", text)
    return float(text)


def zone(text: str) -> str:
    """Give the name of an IANA time zone."""
    if not is_zone(text):
        _unfit("settings.zone", text, nearest=nearest_zone(text))
    return text


def country(text: str) -> str:
    """Give a country (or COUNTRY-REGION) whose holidays are known; `none` gives nothing."""
    if text == "JP":  # what nearly every workspace says, without the price of the library
        return text
    if text.casefold() in {"none", "no"}:
        return ""
    from holidays import list_supported_countries  # noqa: PLC0415 - heavy, and rarely asked

    known = list_supported_countries()
    land, _, region = text.partition("-")
    if land not in known:
        upper = text.upper()
        _unfit("settings.country", text, nearest=upper if upper in known else "")
    if region and region not in known[land]:
        regions = tuple(f"{land}-{one}" for one in known[land])
        _unfit("settings.country", text, nearest=nearest(text, regions))
    return text


def address(text: str) -> str:
    """Give a mail address of the company's own."""
    if not _ADDRESS.fullmatch(text):
        _unfit("settings.address", text)
    return text


def topic(text: str) -> str:
    """Give the full name of a topic of Cloud Pub/Sub."""
    if not _TOPIC.fullmatch(text):
        _unfit("settings.topic", text)
    return text


def host(text: str) -> str:
    """Give the name or number of a machine; no port, no `smtp://`."""
    if not _HOST.fullmatch(text):
        _unfit("settings.host", text)
    return text.strip("[]")


def web(text: str) -> str:
    """Give a web address without a slash at its end; no name and password inside it."""
    if not _WEB.fullmatch(text):
        _unfit("settings.web", text)
    return text.rstrip("/")


def entrance(text: str) -> str:
    """Give the web address that links to our pages begin with: no question, no fragment."""
    if not text.isascii() or "?" in text or "#" in text:
        _unfit("settings.web", text)
    return web(text)


def network(text: str) -> str:
    """Give the address of a machine, or of a network: `10.0.0.0/8`."""
    try:
        ip_network(text)
    except ValueError:
        _unfit("settings.network", text)
    return text


def span(text: str) -> timedelta:
    """Give a stretch of time that is the same on any day: `7 days`, `30 seconds`."""
    if seconds := _SECONDS.fullmatch(text):
        return timedelta(seconds=int(seconds[1]))
    distance = read_distance(text)
    if distance.unit not in _SPANS or distance.count <= 0:
        _unfit("settings.span", text)
    return distance.count * _SPANS[distance.unit]


def age(text: str) -> timedelta:
    """Give how old something gets before it is put away: `180 days`; a month at the least."""
    old = span(text)
    if old < _LEAST_AGE:
        _unfit("settings.age", text)
    return old


def distance(text: str) -> Distance:
    """Give a length of time: `1 business day`, `4 hours`."""
    return read_distance(text)


def reply_tag(text: str) -> str:
    """Give how an address carries our tag: `plus`, or `@` and a domain that is all ours."""
    is_domain = text.startswith("@") and "." in text and bool(_HOST.fullmatch(text[1:]))
    if text != "plus" and not is_domain:
        _unfit("settings.reply_tag", text, nearest=nearest(text, ("plus",)))
    return text.lower()  # some gateways fold case


def hours(text: str) -> tuple[time, time]:
    """Give the hours in which mails may leave: `09:30-18:30`."""
    return read_hours(text)


def budget(text: str) -> Budget:
    """Give how many messages one person gets at most: `3 per 2 weeks`."""
    return read_budget(text)


def closure(text: str) -> Closure:
    """Give days on which the company is closed: `12-29..01-03`, or dates with a year."""
    return read_closure(text)


def _unfit(
    code: str, found: str, *, expected: tuple[str, ...] = (), nearest: str = "", **more: str
) -> NoReturn:
    raise Slip(code, 0, len(found), {"found": found, **more}, expected, nearest)
