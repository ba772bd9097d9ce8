"""Marks of what was begun, outside of the journal: a hash in Redis, which every machine sees."""

from collections.abc import Mapping
from time import monotonic

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from worker import logs

_PATIENCE = 1.0  # seconds: mails wait behind it
_LEAVE_ALONE = 10.0  # seconds: while it is away not every group of mails waits for it
_KEY = "tsunagu:begun:"


class RedisMark:
    """A hash in Redis, seen by every machine; a Redis that is away or flushed marks nothing."""

    def __init__(self, url: str, journal: str) -> None:
        self._redis = Redis.from_url(
            url,
            socket_timeout=_PATIENCE,
            socket_connect_timeout=_PATIENCE,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )
        self._key = f"{_KEY}{journal}"
        self._is_away = False
        self._away_until = 0.0

    def read(self) -> Mapping[str, int]:
        """Give the highest count of each process; nothing where Redis does not answer."""
        try:
            told = self._redis.hgetall(self._key)
        except RedisError as error:
            self._tell(error)
            return {}
        return {str(name): int(count) for name, count in told.items()}

    def rise(self, process: str, count: int) -> None:
        """Write the count; one that was missed is in the next."""
        if self._is_away and monotonic() < self._away_until:
            return
        try:
            self._redis.hset(self._key, process, str(count))
        except RedisError as error:
            self._tell(error)
        else:
            self._is_away = False

    def _tell(self, error: RedisError) -> None:
        """Say once that Redis is away, until it is back."""
        self._away_until = monotonic() + _LEAVE_ALONE
        if not self._is_away:
            self._is_away = True
            logs.mark_unwritten(where="redis", why=str(error))
