"""A folder that was copied as a beginning of another playbook, and kept its name."""

from tests.playbook.desk import TOP, WELCOME, WORKSPACE
from worker.domain.plan import Plan
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.compile import compile_playbook
from worker.playbook.namesakes import namesakes
from worker.problems import render_all

PAGE = """\
playbooks/haru-2/playbook.yaml:1:11: 「haru」という名前は playbooks/haru/playbook.yaml でも使われています
    1 | playbook: haru
                  ^^^^
「haru-2」ではありませんか。"""  # noqa: E501 - as an author sees it


def laid_out(folder: str, text: str = TOP + WELCOME) -> tuple[Plan, Bundle]:
    """Give a playbook as it lies in a folder."""
    files = {PLAYBOOK_FILE: text.encode(), "mails/welcome.md": b""}
    bundle = Bundle(files, f"playbooks/{folder}")
    return compile_playbook(bundle, WORKSPACE).standing(), bundle


def test_two_folders_of_one_name_are_told_at_both() -> None:
    """Each of the two is pointed at, and the one whose folder is called otherwise has its name."""
    first, second = namesakes([laid_out("haru"), laid_out("haru-2")])

    assert (first.path, first.nearest) == ("playbooks/haru/playbook.yaml", "")
    assert render_all([second], "ja") == PAGE
    assert not first.warning


def test_playbooks_of_different_names_are_right() -> None:
    """A folder may be called otherwise than its playbook, as long as no other has the name."""
    aki = laid_out("haru", (TOP + WELCOME).replace("haru", "aki"))

    assert not list(namesakes([laid_out("haru-2"), aki]))
