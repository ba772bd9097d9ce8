"""What `pip install` gives works alone: the command, and the playbooks that come with it."""

import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment into which the wheel was installed, far from the checkout."""

    folder: Path

    def run(
        self, program: str, *arguments: str | Path, cwd: Path
    ) -> "subprocess.CompletedProcess[str]":
        """Run one of its programs."""
        command: list[str | Path] = [self.folder / "bin" / program, *arguments]
        return run(command, cwd=cwd)


def run(command: Sequence[str | Path], *, cwd: Path) -> "subprocess.CompletedProcess[str]":
    """Run *command* and keep what it says."""
    return subprocess.run(  # noqa: S603 - commands of this test
        [str(word) for word in command], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Build the wheel, and install it alone; only its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    python = Path(sys.executable)
    built = run(
        [python, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], cwd=folder
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("tsunagu-*.whl")
    home = folder / "venv"
    made = run([python, "-m", "venv", "--without-pip", home], cwd=folder)
    assert made.returncode == 0, made.stderr
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "--python",
        home,
        "install",
        "--quiet",
        "--no-deps",
    ]
    done = run([*pip, wheel], cwd=folder)
    assert done.returncode == 0, done.stderr
    site = next(home.glob("lib/python*/site-packages"))
    dependencies = sysconfig.get_path("purelib")  # its own .pth files are not read from here
    (site / "dependencies.pth").write_text(f"{dependencies}\n", encoding="utf-8")
    return Installed(home)


def test_the_project_comes_from_the_wheel_alone(installed: Installed, tmp_path: Path) -> None:
    """Nothing of the checkout is used: code and playbooks lie where pip put them."""
    ask = (
        "import worker, integrations; from worker.wiring.shipped import shipped_playbooks;"
        "print(worker.__file__, integrations.__file__, shipped_playbooks(), sep='\\n')"
    )

    places = installed.run("python", "-c", ask, cwd=tmp_path)

    assert places.returncode == 0, places.stderr
    for place in places.stdout.split():
        assert Path(place).is_relative_to(installed.folder)


def test_the_shipped_playbooks_are_all_in_it(installed: Installed) -> None:
    """Each file of each playbook of the project is in the wheel, byte for byte."""
    inside = next(installed.folder.glob("lib/python*/site-packages/worker/shipped/playbooks"))

    expected = {
        path.relative_to(ROOT / "playbooks"): path.read_bytes()
        for path in (ROOT / "playbooks").rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }

    actual = {
        path.relative_to(inside): path.read_bytes() for path in inside.rglob("*") if path.is_file()
    }
    assert expected == actual
    assert expected


def test_the_command_answers(installed: Installed, tmp_path: Path) -> None:
    """`tsunagu --help` shows the verbs and `--version` the version that was installed."""
    helped = installed.run("tsunagu", "--language", "en", "--help", cwd=tmp_path)
    version = installed.run("tsunagu", "--version", cwd=tmp_path)

    assert (helped.returncode, version.returncode) == (0, 0), helped.stderr + version.stderr
    assert "simulate" in helped.stdout
    assert version.stdout.startswith("tsunagu ")


def test_a_workspace_is_laid_out_and_is_right_as_it_stands(
    installed: Installed, tmp_path: Path
) -> None:
    """`tsunagu init hr` and then `tsunagu check`, as the README tells it, end well."""
    laid_out = installed.run("tsunagu", "init", "hr", cwd=tmp_path)
    assert laid_out.returncode == 0, laid_out.stderr

    checked = installed.run("tsunagu", "check", cwd=tmp_path / "hr")

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert list((tmp_path / "hr" / "playbooks").glob("*/playbook.yaml"))
