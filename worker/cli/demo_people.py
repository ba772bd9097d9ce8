"""The people of the demonstration. None of them exists, and nothing is ever sent to them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from worker.domain.facts import PersonId
from worker.people.records import PersonRecord, StaffRecord

_NAMES = (
    *("青木 美月", "石川 蓮", "上田 結菜", "遠藤 大和", "岡本 凛", "加賀 陽菜", "木下 悠真"),
    *("黒田 さくら", "小島 湊", "坂本 芽依", "清水 樹", "杉山 花", "高木 律", "千葉 紬"),
    *("土屋 新", "中野 栞", "西村 海斗", "野口 澪", "橋本 颯", "平井 琴音", "福田 奏"),
    *("松井 楓", "Anna Lindqvist", "Tom Becker"),
)
_REASONS = (
    "文化祭の実行委員で、苦情の受付を自分から引き受けた話",
    "研究室の後輩のために作った、つまずきやすい所の一覧",
    "接客のアルバイトで覚えた、待っている人への声のかけ方",
    "サークルの会計を、だれでも見られるようにしたこと",
)
_REASONS_EN = "the way you explained a failed experiment without blaming anybody"
_DEPARTMENTS = ("開発部", "営業部", "管理部")
_PACES = ("standard", "standard", "gentle", "active")
_EVERY = timedelta(days=3)  # an offer, from the middle of May on
COUNT = len(_NAMES)

# How the mail server of this machine is asked to have a bad day, by place in the list.
_BAD_DAYS = {4: "temperror-2", 17: "permerror"}


def span(zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the first and the last instant of the year."""
    since = datetime(2026, 5, 11, 8, 0, tzinfo=zone)
    return since, datetime(2027, 4, 9, tzinfo=zone)


def cast(zone: ZoneInfo, staff: Sequence[StaffRecord]) -> list[PersonRecord]:
    """Give everybody, as a table of people would."""
    mentors = [record.id for record in staff if "mentor" in record.role]
    managers = [record for record in staff if "manager" in record.role]
    heads = {record.department: record.id for record in managers}
    first = datetime(2026, 5, 11, 10, 0, tzinfo=zone)
    people = []
    for number, name in enumerate(_NAMES):
        is_english = name.isascii()
        department = _DEPARTMENTS[number % len(_DEPARTMENTS)]
        local = _BAD_DAYS.get(number, f"person+{number + 1:02}")
        people.append(
            PersonRecord(
                id=PersonId(f"demo-{number + 1:02}"),
                name=name,
                email=f"{local}@example.jp",
                locale="en" if is_english else "ja",
                department=department,
                mentor=(mentors[number % len(mentors)],),
                manager=(heads.get(department, managers[0].id),),
                pace=_PACES[number % len(_PACES)],
                facts={
                    "offer": first + number * _EVERY,
                    "join": datetime(2027, 4, 1, tzinfo=zone),
                },
                attributes={
                    "graduation_year": 2027,
                    "reason": _REASONS_EN if is_english else _REASONS[number % len(_REASONS)],
                },
            )
        )
    return people
