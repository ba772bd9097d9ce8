"""When something goes wrong: a sentence, an exit status, and never a traceback at a user."""

import errno
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest

from tests.cli.desk import Desk, type_words
from worker.cli.faults import tell
from worker.cli.main import main
from worker.domain.errors import BrokenPromise, StoreError

HOME = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "worker.cli.main"]


def told(fault: BaseException, words: list[str], language: str = "ja") -> tuple[int, str]:
    """Give what somebody reads when *fault* comes out of a command."""
    err = StringIO()
    with redirect_stderr(err):
        status = tell(fault, words, language)
    return status, err.getvalue()


def test_a_fault_of_ours_is_one_sentence_and_a_log(desk: Desk) -> None:
    """The traceback lies where its owner alone can read it, without any address."""
    words = ["status", "--workspace", str(desk.root)]

    status, text = told(ValueError("broken at aoi@example.jp"), words)

    log = desk.root / ".tsunagu" / "faults.log"
    assert status == 70
    assert text.count("\n") == 1
    assert str(log) in text
    assert "Traceback" not in text
    assert log.stat().st_mode & 0o077 == 0
    assert "ValueError" in log.read_text()
    assert "aoi@" not in log.read_text()


def test_a_broken_promise_names_the_promise(desk: Desk) -> None:
    """What was promised and not kept is said, with ids and without addresses."""
    words = ["status", "--workspace", str(desk.root)]

    status, text = told(BrokenPromise("7/welcome/0 was sent twice to a@example.jp"), words, "en")

    assert status == 70
    assert "7/welcome/0 was sent twice" in text
    assert "a@example.jp" not in text


def test_a_fault_without_a_workspace_is_logged_too(tmp_path: Path) -> None:
    """Where there is no workspace the log lies in a folder of this user's own."""
    status, text = told(ValueError("x"), ["status", "--workspace", str(tmp_path)])

    assert status == 70
    assert "faults.log" in text


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (OSError(errno.ENOSPC, "No space left on device", "/x/y.csv"), "df -h /x"),
        (PermissionError(errno.EACCES, "Permission denied", "/x/y.csv"), "ls -ld /x/y.csv"),
        (OSError(errno.EROFS, "Read-only file system", "/x/y.csv"), "ls -ld /x/y.csv"),
        (StoreError("database or disk is full"), "df -h"),
        (StoreError("attempt to write a readonly database"), "tsunagu doctor"),
        (StoreError("database is locked"), "少し待って"),
        (StoreError("made by a newer release"), "tsunagu doctor"),
    ],
)
def test_what_the_machine_refuses_is_the_operators(
    desk: Desk, fault: BaseException, said: str
) -> None:
    """A full disk, missing rights, a locked store: exit 2, and the last line can be typed."""
    status, text = told(fault, ["status", "--workspace", str(desk.root)])

    assert status == 2
    assert said in text.splitlines()[-1]
    assert "Traceback" not in text


def test_a_full_disk_is_said_as_such(staffed: Desk) -> None:
    """Writing to a device that is always full ends with a sentence and exit 2."""
    typed = staffed.type("people", "export", "--out", "/dev/full")

    assert typed.status == 2
    assert "ディスクがいっぱい" in typed.err
    assert "/dev/full" in typed.err


def test_a_store_that_is_no_store_is_said(staffed: Desk) -> None:
    """A file that is no database is the operator's to look at."""
    store = staffed.root / ".tsunagu" / "store.db"
    for path in store.parent.glob("store.db*"):
        path.unlink()
    store.write_bytes(b"this is no database" * 200)

    typed = staffed.type("status")

    assert typed.status == 2
    assert "tsunagu reconcile" in typed.err


def test_a_playbook_that_is_no_yaml_is_its_authors(desk: Desk) -> None:
    """A file that cannot be read is told with its place, exit 1."""
    (desk.root / "playbooks" / "follow" / "playbook.yaml").write_text("playbook: [x\n")

    for verb in (["check"], ["preview", "follow"], ["simulate", "follow"]):
        typed = desk.type(*verb)
        assert typed.status == 1
        assert "playbook.yaml:" in typed.out + typed.err


def test_no_playbook_at_all_is_said(desk: Desk) -> None:
    """A workspace without playbooks says where they belong."""
    (desk.root / "playbooks").rename(desk.root / "elsewhere")

    typed = desk.type("preview", "follow")

    assert typed.status == 2
    assert "プレイブックがまだありません" in typed.err


@pytest.mark.services
def test_a_pipe_that_nobody_reads_is_no_fault() -> None:
    """`tsunagu … | head` ends quietly."""
    reading, writing = os.pipe()
    os.close(reading)

    done = subprocess.run(  # noqa: S603 - this very Python, and the command under test
        [*COMMAND, "schema", "playbook"], stdout=writing, stderr=subprocess.PIPE, check=False
    )

    os.close(writing)
    assert done.returncode == 141
    assert done.stderr == b""


class Interrupting:
    """A clock that somebody presses Ctrl+C at."""

    def now(self) -> datetime:
        """Never come back."""
        raise KeyboardInterrupt


def test_an_interrupted_command_ends_quietly(staffed: Desk) -> None:
    """Ctrl+C ends a command with 130 and without a traceback."""
    err = StringIO()

    with redirect_stderr(err):
        status = main(["plan", "--workspace", str(staffed.root)], clock=Interrupting())

    assert status == 130
    assert err.getvalue() == "\n"


def test_the_command_is_one_that_can_be_typed(staffed: Desk) -> None:
    """As a user types it: a process of its own, plain text in a pipe, no colour."""
    done = subprocess.run(  # noqa: S603 - this very Python, and the command under test
        [*COMMAND, "people", "list", "--workspace", str(staffed.root), "--language", "ja"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0
    assert "青井 葵" in done.stdout
    assert "\x1b" not in done.stdout
    assert all(line == line.rstrip() for line in done.stdout.splitlines())


def typed_in_a_shell(line: str, **env: str) -> "subprocess.CompletedProcess[bytes]":
    """Have a shell do *line*, in which `tsunagu` is the command under test."""
    line = line.replace("tsunagu", " ".join(COMMAND))
    env = {"PATH": os.defpath, "PYTHONPATH": str(HOME), **env}
    words = ["/bin/sh", "-c", line]
    return subprocess.run(words, capture_output=True, check=False, env=env)  # noqa: S603 - as above


@pytest.mark.services
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_stream_that_is_closed_is_no_fault(staffed: Desk, closed: str) -> None:
    """A shell or a supervisor may close what nobody reads or types."""
    done = typed_in_a_shell(f"tsunagu tasks --workspace {staffed.root} --language en {closed}")

    is_told = ">&-" not in closed.split()
    assert done.returncode == 0
    assert done.stdout == (b"Nothing is asked of a human just now.\n" if is_told else b"")
    assert done.stderr == b""


@pytest.mark.services
def test_a_terminal_that_lacks_signs_shows_the_others(staffed: Desk) -> None:
    """EUC-JP has no check mark, ASCII nothing Japanese: a page is no fault, and JSON is whole."""
    words = f"people list --workspace {staffed.root} --language ja"

    euc = typed_in_a_shell(f"tsunagu {words}", PYTHONIOENCODING="euc-jp")
    ascii_ = typed_in_a_shell(f"tsunagu {words}", PYTHONIOENCODING="ascii")
    data = typed_in_a_shell(f"tsunagu {words} --json", PYTHONIOENCODING="ascii")

    assert "青井 葵" in euc.stdout.decode("euc-jp")
    assert (euc.returncode, ascii_.returncode, data.returncode) == (0, 0, 0)
    assert b"?? ?" in ascii_.stdout
    assert "青井 葵" in [one["name"] for one in json.loads(data.stdout)]


@pytest.mark.services
def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    """Somebody else removed the folder that the shell still stands in."""
    gone = tmp_path / "gone"
    gone.mkdir()

    done = typed_in_a_shell(f"cd {gone}; rmdir {gone}; tsunagu status --language en")

    assert done.returncode == 2
    assert done.stderr == b"The folder you are in is not there any more.\ncd\n"


@pytest.mark.parametrize("page", [2, 3])
def test_a_damaged_store_says_where_the_way_goes(staffed: Desk, page: int) -> None:
    """Blocks of the file were written over: the backup, and what comes after it."""
    staffed.type("status")
    store = staffed.root / ".tsunagu" / "store.db"
    with store.open("r+b") as file:
        file.seek(4096 * page)
        file.write(os.urandom(4096 * 30))

    typed = staffed.type("status", language="en")

    assert typed.status == 2
    assert typed.err.startswith("The file of the store is damaged: ")
    assert typed.err.endswith("tsunagu reconcile\n")


def test_the_language_is_the_companys_where_the_terminal_says_none(staffed: Desk) -> None:
    """On a machine whose terminal says nothing the workspace's language is spoken."""
    done = subprocess.run(  # noqa: S603 - this very Python, and the command under test
        [*COMMAND, "tasks", "--workspace", str(staffed.root)],
        capture_output=True,
        text=True,
        check=False,
        env={"LANG": "C.UTF-8", "PATH": os.defpath},
    )

    assert done.stdout == "人がすることは、今はありません。\n"


def test_words_typed_before_there_is_anything_are_answered() -> None:
    """Even the strangest command line gets a sentence."""
    for words in (["--json"], ["--language"], ["--workspace"], ["-x"], ["people", "people"]):
        typed = type_words(words)
        assert typed.status in {0, 2}
        assert "Traceback" not in typed.err
