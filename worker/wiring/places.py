"""From the setting of the store to the places that all processes on it share."""

from functools import cache

from worker.engine.journal.places import DatabasePlaces, FilePlaces, Places
from worker.settings.model import Store


@cache
def places_of(store: Store) -> Places | None:
    """Give who hands places out; None where no other process can be at this store."""
    if store.path is not None:
        return FilePlaces(store.path.parent / "places")
    if store.kind == "postgresql":
        return DatabasePlaces(store.url.reveal())
    return None
