"""What the cells of known columns may say, in Japanese and in English, and what is meant by it."""

import unicodedata
from collections.abc import Mapping

from worker.people.headings import folded


def _turned(words: Mapping[str, str]) -> dict[str, str]:
    return {
        folded(written): meant
        for meant, aliases in words.items()
        for written in (meant, *aliases.split())
    }


KIND = _turned(
    {
        "offer_holder": "内定者 内定 内々定 内々定者 承諾 承諾者 offerholder offered accepted",
        "declined": "辞退 辞退者 内定辞退 内定辞退者 decliner",
        "rejected": "不採用 不採用者 不合格 不合格者 お見送り 見送り",
    }
)
PACE = _turned(
    {
        "gentle": "控えめ ひかえめ 少なめ ゆっくり 少ない slow less",
        "standard": "標準 普通 ふつう 通常 normal",
        "active": "積極的 多め 多い しっかり more",
    }
)
LOCALE = _turned(
    {
        "ja": "日本語 日 jp japanese jpn ja-JP",
        "en": "英語 英 english eng en-US en-GB",
        "zh": "中国語 chinese zh-CN zh-TW",
        "ko": "韓国語 korean ko-KR",
        "vi": "ベトナム語 vietnamese vi-VN",
    }
)
CALENDAR = _turned(
    {
        "google": "googleカレンダー googleworkspace googlecalendar gmail グーグル",
        "microsoft": "outlook microsoft365 office365 m365 アウトルック",
        "mail": "メール ical なし none",
    }
)
_ROLE = _turned(
    {
        "hr": "人事 人事担当 採用担当 採用",
        "hr_manager": "人事責任者 人事部長 人事課長 採用責任者 hrmanager",
        "manager": "上司 マネージャー マネジャー 上長",
        "department_manager": "部門長 部署長 配属先責任者 departmentmanager",
        "mentor": "メンター",
        "young_members": "若手 若手社員 先輩社員 youngmembers youngmember",
        "president": "社長 代表 代表取締役 ceo",
    }
)


def role_of(written: str) -> str:
    """Give a role's name as playbooks write it; a role of the company's own stays what it is.

    >>> role_of("人事"), role_of("HR Manager"), role_of("Career Coach")
    ('hr', 'hr_manager', 'career_coach')
    """
    plain = unicodedata.normalize("NFKC", written).strip().casefold()
    return _ROLE.get(folded(written)) or "_".join(plain.replace("-", " ").split())
