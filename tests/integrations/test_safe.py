"""Sign-ins at rest: sealed, their owner's alone, and never half written."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from integrations.safe import Safe, new_key
from worker.domain.errors import SettingsError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a safe will lie."""
    return tmp_path / ".tsunagu" / "sign-ins.json"


def test_what_is_kept_is_given_back(path: Path) -> None:
    """By name, also by another process; what was there before is replaced."""
    key = new_key()
    Safe(path, key).put("google:hr", "first 鍵")
    Safe(path, key).put("microsoft:hr", "other")
    Safe(path, key).put("google:hr", "second 鍵")

    safe = Safe(path, key)

    assert [safe.get(name) for name in ("google:hr", "microsoft:hr", "nobody")] == [
        "second 鍵",
        "other",
        None,
    ]


def test_nothing_of_it_can_be_read_in_the_file(path: Path) -> None:
    """The file tells who has a sign-in, and no more."""
    Safe(path, new_key()).put("google:hr", "a refresh token")

    assert "refresh" not in path.read_text()
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("key", ["A" * 43 + "=", "", "no key"])
def test_another_key_opens_nothing(path: Path, key: str) -> None:
    """And is told apart from nothing being there."""
    Safe(path, new_key()).put("google:hr", "text")

    with pytest.raises(SettingsError, match="TSUNAGU_KEY"):
        Safe(path, key).get("google:hr")


@pytest.mark.parametrize("content", ["", "{", "[]"])
def test_a_damaged_file_is_told_and_not_written_over(path: Path, content: str) -> None:
    """Whoever has a copy can put it back."""
    path.parent.mkdir()
    path.write_text(content)

    with pytest.raises(SettingsError, match="cannot be read"):
        Safe(path, new_key()).put("google:hr", "text")

    assert path.read_text() == content


def test_what_is_forgotten_is_gone(path: Path) -> None:
    """Without its key, too: one who has lost it can still forget."""
    Safe(path, new_key()).put("google:hr", "text")

    assert Safe(path, "").remove("google:hr")
    assert not Safe(path, "").remove("google:hr")
    assert Safe(path, new_key()).get("google:hr") is None


def test_two_who_change_it_at_once_lose_nothing(path: Path) -> None:
    """Each renews its own sign-in; whoever comes second waits for the first."""
    key = new_key()
    safes = [Safe(path, key) for _ in range(8)]

    with ThreadPoolExecutor(8) as crowd:
        list(crowd.map(lambda n: safes[n].put(f"google:{n}", str(n)), range(8)))

    assert [Safe(path, key).get(f"google:{n}") for n in range(8)] == [str(n) for n in range(8)]
