"""How people say until when they are away, in lower case and width folded."""

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan", "januar", "janvier", "enero"),
            ("february", "feb", "februar", "février", "febrero"),
            ("march", "mar", "märz", "mars", "marzo"),
            ("april", "apr", "avril", "abril"),
            ("may", "mai", "mayo"),
            ("june", "jun", "juni", "juin", "junio"),
            ("july", "jul", "juli", "juillet", "julio"),
            ("august", "aug", "août", "agosto"),
            ("september", "sep", "sept", "septembre", "septiembre"),
            ("october", "oct", "oktober", "octobre", "octubre"),
            ("november", "nov", "novembre", "noviembre"),
            ("december", "dec", "dezember", "décembre", "diciembre"),
        ),
        start=1,
    )
    for name in names
}

WEEKDAYS_EN = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

WEEKDAYS_JA = "月火水木金土日"

AWAY = (
    *("不在", "休暇", "休業", "休み", "出張", "外出", "休職", "留守", "席を外", "out of"),
    *("away", "vacation", "leave", "holiday", "absent", "return", r"\bback\b"),
    *("limited access", "unavailable", "abwesen", "urlaub", "nicht im", "congé"),
    *("vacaciones", "fuera", "ferie"),
)

# What stands before a date: the last day away, the first day back, the first day away.
LAST_BEFORE = (
    *("until", "till", "til", "through", "thru", "to", "bis(?: zum| einschließlich)?"),
    *("jusqu.?au", "hasta(?: el)?", "al", "[~〜～‐-―-]", "から", "より"),
)

BACK_BEFORE = (
    "back(?: in(?: the)? office| at work| at my desk)?(?: on| by| from)?",
    "return(?:ing)?(?: to (?:the |my )?(?:office|work|desk))?(?: on| from)?",
    (
        "(?:will|shall|can)(?: only)? (?:answer|respond|reply|get back|read|be in touch)"
        r"[^.\n]{0,24}? (?:on|from|after)(?: (?:mon|tues|wednes|thurs|fri|satur|sun)day,?)?"
    ),
    *("(?:available|reachable|in the office)(?: again)?(?: on| from| as of)", "as of"),
    *("wieder (?:ab|am)(?: dem)?", "zurück (?:am|ab)", "ab dem", "de retour le"),
    *("復帰(?:予定日?|日)?(?:は|:)", "出社(?:予定日?|日)(?:は|:)?", "戻り(?:は|:)"),
)

# What stands behind it.
LAST_AFTER = (
    r"(?:末日?)?(?:\([^)]{1,6}\))?\s?(?:\d{1,2}[:時]\d{0,2}分?)?\s?(?:まで(?!に)|迄(?!に))",
)

BACK_AFTER = (
    (
        r"\s?(?:\d{1,2}[:時]\d{0,2}分?)?\s?(?:(?:から|より|以降|に)(?:は|の|"
        r"、)?[^\n。]{0,14}(?:出社|出勤|復帰|対応|通常|営業|業務|戻|再開|ご?連絡|ご?返信|返答)|"
        r"以降|[^\n。]{0,4}(?:出社|出勤|復帰)(?:予定|し|いた|の))"
    ),
)
