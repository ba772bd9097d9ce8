"""One thread for each mailbox that is read: one that is down never stalls another.

Two processes do not read the same mailboxes at once: whoever listens holds a lock beside the store.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from worker import logs
from worker.domain.errors import StoreError
from worker.engine.listen import Listener
from worker.wiring.lock import store_lock

_AFTER_TROUBLE = timedelta(seconds=2)
_GOODBYE = 10.0  # seconds for a thread to end


@contextmanager
def alone_at(store: Path | None) -> Iterator[None]:
    """Hold the right to read mailboxes into *store*; a database of many machines has no file.

    Raises:
        StoreInUse: Another process reads them.
    """
    if store is None:
        yield
        return
    with store_lock(store.with_name(f"{store.name}.listen")):
        yield


@contextmanager
def listening(listeners: Sequence[Listener]) -> Iterator[None]:
    """Read mailboxes, each in a thread of its own, until the block ends."""
    ending = Event()
    threads = [
        Thread(target=_listen, args=(one, ending), name=f"inbox:{one.mailbox}", daemon=True)
        for one in listeners
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ending.set()
        for listener in listeners:
            listener.stop()
        for thread in threads:
            thread.join(_GOODBYE)
        for listener in listeners:
            listener.close()


def look_once(listeners: Sequence[Listener]) -> None:
    """Read what lies in each mailbox now; one that is down is told of, and keeps no other back."""
    for listener in listeners:
        try:
            listener.look()
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a fault at one mailbox keeps no other back
            logs.bug(doing=f"inbox:{listener.mailbox}", error=error)
        finally:
            listener.close()


def _listen(listener: Listener, ending: Event) -> None:
    """Listen until the end; a fault of ours is told, and it goes on."""

    def pause(longest: timedelta) -> bool:
        return ending.wait(longest.total_seconds())

    while not ending.is_set():
        try:
            listener.listen(pause)
        except StoreError as trouble:
            logs.store_unusable(doing=f"inbox:{listener.mailbox}", why=str(trouble))
            pause(_AFTER_TROUBLE)
        except Exception as error:  # noqa: BLE001 - a fault at one mailbox ends no other's thread
            logs.bug(doing=f"inbox:{listener.mailbox}", error=error)
            pause(_AFTER_TROUBLE)
