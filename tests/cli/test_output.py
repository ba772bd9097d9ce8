"""Tables on a terminal of eighty columns, with names as long as names are."""

from io import StringIO
from zoneinfo import ZoneInfo

from worker.cli.output import Output
from worker.cli.parser import cells
from worker.cli.phrases import Phrases

LONG = "ヴォルフガング・アマデウス・モーツァルト・フォン・リヒテンシュタイン 太郎 (wolfgang)"
HEADS = ("人", "部署", "面談", "最後")
ROW = ("開発部", "3", "2026年4月9日(木)")


class Terminal(StringIO):
    """What is written to a screen."""

    def isatty(self) -> bool:
        """Say that somebody looks on."""
        return True


def shown(*names: str) -> str:
    """Write a table whose first column does not fold, as `coverage` does."""
    screen = Terminal()
    out = Output(Phrases("ja", ZoneInfo("Asia/Tokyo")), stdout=screen)
    out.width = 80
    out.table(HEADS, [(name, *ROW) for name in names], right=(2,), whole=(0, 3))
    return screen.getvalue()


def test_a_name_wider_than_the_screen_is_folded_and_hides_no_column() -> None:
    """It had been cut off, and every column beside it with it."""
    page = shown(LONG, "山田 葵 (aoi)")

    pieces = [line.split("  ")[0].strip() for line in page.splitlines()[1:]]
    assert LONG.replace(" ", "") in "".join(pieces).replace(" ", "")
    assert page.count("2026年4月9日(木)") == 2
    assert max(map(cells, page.splitlines()[1:])) <= 80


def test_a_name_for_which_there_is_room_stays_whole() -> None:
    """An id or a name is read, and copied, in one piece."""
    assert "高橋 さくら (sakura.takahashi-2027) " in shown("高橋 さくら (sakura.takahashi-2027)")
