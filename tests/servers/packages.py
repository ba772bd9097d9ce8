"""The servers that tests talk to: what must be on the machine, and how it gets there.

Run by `make test`, and for one of them by `make demo`. As root on Debian or Ubuntu what is missing
is installed; elsewhere one line says what to install. It refuses to go on without: a test that is
skipped proves nothing.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

SBIN = "/usr/sbin:/usr/local/sbin:/sbin"  # where servers live, and a user's PATH may not look


@dataclass(frozen=True, slots=True)
class Wanted:
    """A Debian package, and the program or file that shows it is there already."""

    package: str
    program: str = ""
    file: str = ""

    @property
    def is_here(self) -> bool:
        """Whether nothing needs to be installed for it."""
        if self.file:
            return any(Path("/").glob(self.file))
        return find(self.program) is not None


WANTED = (
    Wanted("postfix", program="smtp-sink"),  # and smtp-source: the yardstick
    Wanted("redis-server", program="redis-server"),
    Wanted("dovecot-imapd", program="dovecot"),
    Wanted("postgresql", file="usr/lib/postgresql/*/bin/postgres"),
    Wanted("radicale", program="radicale"),
    Wanted("iproute2", program="ip"),  # networks of machines that are cut
    Wanted("openssl", program="openssl"),  # the certificates that tests make
    Wanted("chromium", program="chromium"),
    Wanted("fonts-noto-cjk", file="usr/share/fonts/**/NotoSansCJK-Regular*"),
)


def find(program: str) -> str | None:
    """Give the path of *program*, also where only root looks for it."""
    return shutil.which(program, path=f"{os.defpath}:/usr/local/bin:{SBIN}")


def install(packages: list[str]) -> int:
    """Install *packages* by apt-get, asking nothing; give the exit status."""
    quiet = {"PATH": f"{os.defpath}:{SBIN}", "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    answers = b"postfix postfix/main_mailer_type select No configuration\n"
    steps = (
        (["debconf-set-selections"], answers),
        (["apt-get", "update", "-qq"], b""),
        (["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages], b""),
    )
    for command, answer in steps:
        done = subprocess.run(  # noqa: S603 - the commands stand above
            command, env=quiet, input=answer, check=False, stdout=subprocess.DEVNULL
        )
        if done.returncode != 0:
            return done.returncode
    return 0


def main(only: list[str]) -> int:
    """See that everything is here, or the packages that are named; or say what to type."""
    wanted_here = [wanted for wanted in WANTED if not only or wanted.package in only]
    missing = [wanted.package for wanted in wanted_here if not wanted.is_here]
    if missing and os.geteuid() == 0 and find("apt-get"):
        sys.stderr.write(f"Installing servers: {' '.join(missing)}\n")
        install(missing)
        missing = [wanted.package for wanted in wanted_here if not wanted.is_here]
    if missing:
        sys.stderr.write(
            f"Servers are missing here. Install them: sudo apt-get install {' '.join(missing)}\n"
        )
    return 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
