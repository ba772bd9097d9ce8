"""`--watch`: a page that is shown anew every few seconds, until somebody has seen enough."""

import io
from collections.abc import Callable
from threading import Event

from worker.cli.output import Output

_EVERY = 2.0  # seconds


def watch(out: Output, show: Callable[[Output], None]) -> None:
    """Have *show* write the page again and again; Ctrl+C ends it, and is no mistake.

    A terminal shows one page in place; a pipe gets one below the other.
    """
    pause = Event()
    try:
        if out.is_terminal:
            _in_place(out, show, pause)
        else:
            while True:
                show(out)
                out.flush()
                pause.wait(_EVERY)
                out.line()
    except KeyboardInterrupt:
        return


def _in_place(out: Output, show: Callable[[Output], None], pause: Event) -> None:
    from rich.live import Live  # noqa: PLC0415 - only who looks on pays for it
    from rich.text import Text  # noqa: PLC0415 - as above

    with Live(screen=True, auto_refresh=False) as live:
        while True:
            page = io.StringIO()
            show(Output(out.say, stdout=page))
            live.update(Text(page.getvalue()), refresh=True)
            pause.wait(_EVERY)
