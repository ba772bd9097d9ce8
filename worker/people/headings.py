"""What the headings of a table mean, in Japanese and in English, however they are written."""

import re
import unicodedata


def _words(written: str) -> tuple[str, ...]:
    return tuple(written.split())


# What each column is called beside its name here. Compared without width, case, spaces, `_`, `-`
# and remarks such as (必須), so `Person ID` is written PersonID.
PEOPLE: dict[str, tuple[str, ...]] = {
    "id": _words(
        "ID 社員番号 社員ID 社員コード 内定者番号 内定者ID 応募者番号 応募者ID 候補者番号 "
        "候補者ID 学生番号 学生ID エントリーID エントリー番号 管理番号 受験番号 番号 No No. "
        "PersonID CandidateID ApplicantID EmployeeID"
    ),
    "name": _words(
        "氏名 名前 お名前 姓名 内定者氏名 内定者名 候補者氏名 候補者名 応募者氏名 応募者名 "
        "学生氏名 氏名(漢字) 氏名漢字 FullName CandidateName Candidate"
    ),
    "family_name": _words("姓 名字 苗字 氏 姓(漢字) LastName Surname"),
    "given_name": _words("名 名(漢字) FirstName"),
    "kana": _words(
        "フリガナ ふりがな カナ かな 氏名カナ 氏名かな 氏名(カナ) 氏名(かな) 氏名フリガナ "
        "氏名ふりがな カナ氏名 氏名(フリガナ) よみがな 読み仮名 読みがな よみ Furigana"
    ),
    "family_kana": _words("セイ せい 姓カナ 姓(カナ) 姓(フリガナ) 姓フリガナ 姓かな"),
    "given_kana": _words("メイ めい 名カナ 名(カナ) 名(フリガナ) 名フリガナ 名かな"),
    "email": _words(
        "メールアドレス メール Eメール Eメールアドレス 電子メール 電子メールアドレス メアド "
        "連絡先メールアドレス PCメールアドレス メールアドレス1 Mail MailAddress E-mailAddress"
    ),
    "locale": _words("言語 言葉 使用言語 Language Lang"),
    "kind": _words("区分 種別 種類 候補者区分"),
    "department": _words(
        "部署 部門 配属先 配属部署 配属部門 配属 配属予定 配属予定先 配属予定部署 配属先部署 "
        "所属 所属部署 部署名 Dept Division"
    ),
    "mentor": _words("メンター メンター名 メンター氏名 担当メンター 相談役 Mentors MentorName"),
    "manager": _words(
        "上司 上長 上司名 直属上司 直属の上司 配属先上司 マネージャー マネジャー 責任者 "
        "Supervisor Boss ManagerName"
    ),
    "pace": _words("ペース 連絡ペース 連絡頻度 連絡の頻度"),
    "timezone": _words("タイムゾーン 時間帯(タイムゾーン) TimeZone TZ"),
    "tags": _words("タグ Tag"),
}

# Dated facts that have a name of their own.
FACTS: dict[str, tuple[str, ...]] = {
    "offer": _words(
        "内定日 内々定日 内定通知日 内々定通知日 内定出し日 オファー日 オファー OfferDate "
        "Offered DateofOffer"
    ),
    "accept": _words(
        "承諾日 内定承諾日 承諾書提出日 内定承諾書提出日 Accepted AcceptDate AcceptanceDate "
        "DateofAcceptance"
    ),
    "join": _words(
        "入社日 入社予定日 入社年月日 就業開始日 JoinDate JoiningDate JoiningDay StartDate "
        "DateofJoining"
    ),
    "declined": _words("辞退日 内定辞退日 DeclinedDate DeclineDate"),
    "withdrawn": _words("選考辞退日 内定取消日 WithdrawnDate"),
    "rejected": _words("不採用日 不採用通知日 見送り日 RejectedDate RejectionDate"),
    "consented": _words("同意日 継続連絡同意日 ConsentDate"),
    "opted_out": _words("配信停止日 連絡停止日 Opt-outDate"),
}

# Attributes with a name that playbooks are likely to use.
ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "graduation_year": _words("卒業年 卒業予定年 卒年 Graduation"),
    "birthday": _words("生年月日 誕生日 BirthDate Birthdate DateofBirth DOB"),
    "unavailable": _words(
        "授業 授業時間 試験期間 不在 不在予定 都合の悪い時間 都合がつかない時間 参加できない時間 "
        "面談できない時間 NG日程 NG日時 Classes NotAvailable Unavailability"
    ),
}

# The columns of staff.
STAFF: dict[str, tuple[str, ...]] = {
    "id": _words(
        "ID 社員番号 社員ID 社員コード 従業員番号 従業員コード 番号 No No. StaffID EmployeeID"
    ),
    "name": _words("氏名 名前 お名前 姓名 社員名 社員氏名 氏名(漢字) FullName Staff"),
    "family_name": PEOPLE["family_name"],
    "given_name": PEOPLE["given_name"],
    "kana": PEOPLE["kana"],
    "email": PEOPLE["email"],
    "role": _words("役割 担当 ロール Roles"),
    "department": PEOPLE["department"],
    "calendar": _words("カレンダー 予定表"),
    "hours": _words("勤務時間 対応時間 対応可能時間 面談可能時間 WorkingHours"),
    "per_day": _words("1日の上限 一日の上限 1日上限 1日あたり Meetingsperday"),
    "per_week": _words("1週間の上限 週の上限 1週の上限 週上限 1週あたり Meetingsperweek"),
    "slack": _words("スラック SlackID SlackのID"),
}

_REMARK = re.compile(r"[(\[【](?:必須|任意|半角|全角|入力|required|optional)[^)\]】]*[)\]】]|[*※:]")
_BETWEEN = re.compile(r"[\s_\-‐‑–・/]+")
_DATED = re.compile(r"(?P<name>.+?)[\s_-](?:at|date|on)|(?P<japanese>.+(?:年月日|日時|日付|日))")
_NO_DATES = re.compile(r".*(?:曜日|休日|平日|祝日|土日|誕生日|生年月日|本日|毎日|birthday)")


def folded(heading: str) -> str:
    """Forget what does not matter in a heading.

    >>> folded("Ｅメール アドレス（必須）") == folded("eメールアドレス")
    True
    """
    plain = unicodedata.normalize("NFKC", heading).casefold()
    return _BETWEEN.sub("", _REMARK.sub("", plain))


def table_of(names: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """Turn headings around: what is written → what is meant."""
    return {folded(alias): name for name, aliases in names.items() for alias in (name, *aliases)}


PEOPLE_BY_HEADING = table_of(PEOPLE)
FACTS_BY_HEADING = table_of(FACTS)
ATTRIBUTES_BY_HEADING = table_of(ATTRIBUTES)
STAFF_BY_HEADING = table_of(STAFF)


def attribute_name(heading: str) -> str:
    """Give the name an attribute has in playbooks: one word, small letters.

    >>> attribute_name("Graduation Year"), attribute_name("大学 名")
    ('graduation_year', '大学_名')
    """
    plain = unicodedata.normalize("NFKC", heading).strip().casefold()
    return re.sub(r"[\s\-.,:;/()\[\]{}\"'=]+", "_", plain).strip("_")


def fact_of(heading: str, facts: frozenset[str]) -> str:
    """Give the dated fact that a column holds; empty if it holds none.

    The rule, in this order: a name of `FACTS`; a fact that playbooks name; a heading that ends in
    `_at`, `_date`, `_on` (the fact is what stands before) or in 日, 日付, 日時 (the fact is the
    heading). Birthdays and days of the week are no facts.

    >>> visa = frozenset({"visa"})
    >>> [fact_of(word, visa) for word in ("入社日", "Interview date", "懇親会日", "Visa")]
    ['join', 'interview', '懇親会日', 'visa']
    >>> [fact_of(word, frozenset()) for word in ("希望曜日", "誕生日", "大学")]
    ['', '', '']
    """
    if known := FACTS_BY_HEADING.get(folded(heading)):
        return known
    name = attribute_name(heading)
    if name in facts:
        return name
    plain = unicodedata.normalize("NFKC", heading).strip().casefold()
    found = _DATED.fullmatch(plain)
    if found is None or _NO_DATES.fullmatch(plain):
        return ""
    return attribute_name(found["name"] or found["japanese"])


def meaning_of_people(heading: str, facts: frozenset[str]) -> tuple[str, str]:
    """Give what a column of people means: a name, and field, fact or attribute.

    `facts.NAME` and `attributes.NAME` say it outright.

    >>> none: frozenset[str] = frozenset()
    >>> meaning_of_people("氏名", none), meaning_of_people("attributes.visa_date", none)
    (('name', 'field'), ('visa_date', 'attribute'))
    """
    what, dot, name = heading.strip().partition(".")
    if dot and what in {"facts", "attributes"}:
        return attribute_name(name), what.removesuffix("s")
    key = folded(heading)
    if key in PEOPLE_BY_HEADING:
        return PEOPLE_BY_HEADING[key], "field"
    if fact := fact_of(heading, facts):
        return fact, "fact"
    return ATTRIBUTES_BY_HEADING.get(key) or attribute_name(heading), "attribute"
