"""Write the pages that the authors of the broken playbooks see.

Run it as `python -m tests.playbook.rewrite_mistakes`.

Read the difference before keeping it: these pages are what an HR officer has in hand at that
moment.
"""

import sys
from pathlib import Path

from tests.playbook.desk import WORKSPACE, bundle_of
from worker.playbook.compile import compile_playbook
from worker.problems import render_all

MISTAKES = Path(__file__).with_name("mistakes")
LANGUAGES = ("ja", "en")


def page_of(broken: Path, language: str) -> str:
    """Give the whole page that `check` prints about a broken file, mistakes and warnings."""
    bundle = bundle_of(broken.read_bytes(), broken.stem)
    problems = compile_playbook(bundle, WORKSPACE).problems
    told = [problem for problem in problems if problem.code != "template.idle"]
    return render_all(told, language) + "\n"


def main() -> int:
    """Rewrite every page; say which changed."""
    for broken in sorted(MISTAKES.glob("*.yaml")):
        for language in LANGUAGES:
            page = broken.with_suffix(f".{language}.expected")
            text = page_of(broken, language)
            if not page.exists() or page.read_text(encoding="utf-8") != text:
                page.write_text(text, encoding="utf-8")
                sys.stdout.write(f"{page.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
