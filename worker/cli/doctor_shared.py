"""`tsunagu doctor` on what many machines share: PostgreSQL, and Redis.

A database that forgets what it has confirmed is a second mail after a power cut; a session that was
forgotten in the middle of a transaction makes everybody slow, for days.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import make_url, text

from worker.cli.lines import BROKEN, FINE, WARNING, Line
from worker.cli.phrases import Phrases
from worker.cli.session import Session
from worker.domain.errors import StoreError
from worker.settings.model import Store

if TYPE_CHECKING:
    from redis import Redis

_FORGOTTEN = timedelta(hours=1)
_PORT = 5432
_OLDEST = 12  # release of PostgreSQL that is still tried
_LASTING = ("fsync", "full_page_writes")
_NOT_LASTING = frozenset({"off"})
_KEPT = "noeviction"


def database_lines(session: Session) -> Iterator[Line]:
    """Look whether PostgreSQL keeps what it confirms, and whether nobody is in its way."""
    if session.settings.store.path is not None or not session.has_store:
        return
    say, about = session.out.say, "PostgreSQL"
    try:
        with session.journal.store.read() as connection:
            number = int(connection.scalar(text("SHOW server_version_num")) or 0)
            release = str(connection.scalar(text("SHOW server_version")))
            lasting = {
                name: str(connection.scalar(text(f"SHOW {name}")))
                for name in (*_LASTING, "synchronous_commit")
            }
            held = connection.scalar(
                text(
                    "SELECT extract(epoch FROM now() - min(xact_start)) FROM pg_stat_activity"
                    " WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid()"
                )
            )
    except StoreError:  # the line of the store says so
        return
    off = [name for name, value in lasting.items() if value in _NOT_LASTING]
    if number < _OLDEST * 10_000:
        yield Line(about, WARNING, say("doctor.pg_old", release=release), "")
    if off:
        sentence = say("doctor.pg_forgets", names=", ".join(off))
        do = f"ALTER SYSTEM SET {off[0]} = on; SELECT pg_reload_conf();"
        yield Line(about, BROKEN, sentence, do)
    else:
        yield Line(about, FINE, say("doctor.pg_fine", release=release))
    age = timedelta(seconds=float(held or 0))
    if age > _FORGOTTEN:
        sentence = say("doctor.pg_held", hours=int(age / _FORGOTTEN))
        do = "SELECT pid, usename, application_name, xact_start FROM pg_stat_activity ORDER BY 4;"
        yield Line(about, WARNING, sentence, do)


def reaching(store: Store, why: str, say: Phrases) -> str:
    """Say what to type where PostgreSQL does not let us in, from what it said: *why*."""
    url, low = make_url(store.url.reveal()), why.lower()
    if "authentication failed" in low or "no password" in low or 'fatal: role "' in low:
        return say("doctor.pg_login")
    if "database" in low and "does not exist" in low:
        own = f"OWNER {url.username} ENCODING 'UTF8' TEMPLATE template0"
        return f"CREATE DATABASE {url.database} {own};"
    if "permission denied" in low:
        return f"ALTER DATABASE {url.database} OWNER TO {url.username};"
    hosts = url.query.get("host", ())
    named = (hosts,) if isinstance(hosts, str) else hosts
    host, _, port = named[0].partition(":") if named else (url.host or "", "", "")
    where = f"-h {host} -p {port or url.port or _PORT}"
    if "refused" in low or "timeout" in low or "resolve" in low:
        return f"pg_isready {where}"
    return f"psql {where} -U {url.username} {url.database}"


def broker_lines(session: Session) -> Iterator[Line]:
    """Look whether Redis answers, where it is the one who tells workers to look."""
    broker, say = session.settings.broker, session.out.say
    if broker.url is None:
        return
    from redis import AuthenticationError, Redis, RedisError  # noqa: PLC0415 - only where the settings name it

    redis = Redis.from_url(
        broker.url.reveal(), socket_timeout=5, socket_connect_timeout=5, decode_responses=True
    )
    try:
        policy, is_full = _memory(redis)
    except AuthenticationError:
        yield Line(broker.shown, WARNING, say("doctor.redis_login"), say("doctor.redis_login.do"))
        return
    except (RedisError, OSError) as error:
        sentence = say("doctor.redis_gone", why=type(error).__name__)
        yield Line(broker.shown, WARNING, sentence, say("doctor.redis_do"))
        return
    finally:
        redis.close()
    if is_full:
        yield Line(broker.shown, WARNING, say("doctor.redis_full"), "redis-cli INFO memory")
    elif policy not in {"", _KEPT}:
        sentence = say("doctor.redis_evicts", policy=policy)
        yield Line(
            broker.shown, WARNING, sentence, "redis-cli CONFIG SET maxmemory-policy noeviction"
        )
    else:
        yield Line(broker.shown, FINE, say("doctor.answers"))


def _memory(redis: "Redis") -> tuple[str, bool]:
    """Ask what a full Redis does (empty where it may not be asked that), and whether it is."""
    redis.ping()
    told = dict(redis.info("memory"))
    most = int(told.get("maxmemory", 0))
    return str(told.get("maxmemory_policy", "")), 0 < most <= int(told.get("used_memory", 0))
