"""Why something happens, waits or does not: a sentence for every reason a decision can have.

The names in braces are values that `worker.domain` gives with the reason; an instant among them is
written as people write it. Of several sentences the first is said whose values are all there.
Half sentences: they stand after "because" and beside each other.
"""

from worker.domain.reasons import Because

REASONS: dict[Because, tuple[tuple[str, str], ...]] = {
    Because.DUE: (
        (
            "{fact}（{at}）から数えて {moment} になる",
            "it falls on {moment}, counted from {fact} ({at})",
        ),
        ("{fact}（{at}）から数えて、この時になる", "that is counted from {fact} ({at})"),
        ("{moment} と決まっている", "it falls on {moment}"),
        ("その時が来た", "its time came"),
    ),
    Because.HOURS: (
        ("送信は {hours} なので {until} になる", "mails leave at {hours}, so it goes on {until}"),
        ("送信の時間帯ではない", "outside the hours of sending"),
    ),
    Because.DAYS: (
        (
            "{day} は営業日ではないので {until} になる",
            "{day} is no business day, so it goes on {until}",
        ),
        ("営業日ではない", "not a business day"),
    ),
    Because.AT_MOST: (
        (
            "一人への連絡は {budget} までなので {until} になる",
            "one person gets {budget} at most, so it goes on {until}",
        ),
        ("一人への連絡の上限に達している", "one person gets no more for now"),
    ),
    Because.RATION: (
        (
            "{mailbox} から一日に送れるのは {limit} 通なので {until} になる",
            "{mailbox} may send {limit} mails a day, so it goes on {until}",
        ),
        ("一日に送れる数に達している", "its mailbox may send no more in a day"),
    ),
    Because.PACE: (
        (
            "連絡を控えめにしてほしい方なので {until} になる",
            "this person wants less contact, so it goes on {until}",
        ),
        ("連絡を控えめにしてほしい方である", "this person wants less contact"),
    ),
    Because.SEASON: (
        ("{season} の間だけなので {until} になる", "only between {season}, so it goes on {until}"),
        ("その時期ではない", "out of season"),
    ),
    Because.DEADLINE_WON: (
        (
            "期限 {deadline} を守ることを優先する",
            "the deadline of {deadline} goes before hours and days",
        ),
        ("期限を優先する", "its deadline goes before hours and days"),
    ),
    Because.FACT_MISSING: (
        ("「{fact}」をまだ待っている", "'{fact}' is not known so far"),
        ("必要な事実がまだない", "a fact is missing"),
    ),
    Because.CONDITION: (
        (
            "条件 {text} に合わない（今は「{found}」）",
            "its condition {text} does not hold: it is '{found}'",
        ),
        ("条件に合わない", "its condition does not hold"),
    ),
    Because.NOT_YET_TRUE: (
        ("条件 {text} がまだ成り立たない", "{text} is not true so far"),
        ("条件がまだ成り立たない", "its condition is not true so far"),
    ),
    Because.STOPPED: (
        ("「{fact}」（{at}）でこのプレイブックは終わった", "'{fact}' ({at}) ended this playbook"),
        ("このプレイブックは終わった", "this playbook has ended"),
    ),
    Because.HELD: (
        (
            "この方への送信はすべて止めてある（{at} から）",
            "everything for this person is held since {at}",
        ),
        ("この方への送信はすべて止めてある", "everything for this person is held"),
    ),
    Because.PAUSED: (("プレイブックが休止中", "the playbook is paused"),),
    Because.LACKING: (
        (
            "この版が使う「{names}」が、今の設定にない",
            "its version names '{names}', which the workspace has no more",
        ),
        ("この版が使うものが、今の設定にない", "its version names what the workspace has no more"),
    ),
    Because.APPROVAL: (
        ("{role} の承認を待っている", "{role} has to let it go first"),
        ("承認を待っている", "somebody has to let it go first"),
    ),
    Because.ANSWERED: (
        ("返事があった（{fact}、{at}）", "the answer came: {fact}, {at}"),
        ("返事があった", "the answer came"),
    ),
    Because.AWAITING_ANSWER: (
        ("{until} まで返事を待つ", "an answer is awaited until {until}"),
        ("返事を待っている", "an answer is awaited"),
    ),
    Because.TAKEN_OVER: (
        ("担当者が引き受けている（{fact}、{at}）", "a colleague has seen to it: {fact}, {at}"),
        ("担当者が引き受けている", "a colleague has seen to it"),
    ),
    Because.AWAY: (
        ("不在の間（{until} まで）は待つ", "they are away until {until}"),
        ("不在である", "they are away"),
    ),
    Because.TOO_LATE: (
        ("期限 {deadline} を過ぎた", "its deadline passed on {deadline}"),
        ("{moment} の時機を過ぎた", "its moment, {moment}, had long passed"),
        ("時機を過ぎた", "its time had passed"),
    ),
    Because.NEW_IN_VERSION: (
        (
            "新しい版で加わったが、{moment} の時機は過ぎていた",
            "it came with a new version, after its moment on {moment}",
        ),
        ("新しい版で加わったが、時機は過ぎていた", "it came with a new version, after its moment"),
    ),
    Because.IN_FLIGHT: (("送信の途中である", "it is on its way"),),
    Because.ALREADY: (
        ("すでに済んでいる（{at}）", "it has happened, on {at}"),
        ("すでに済んでいる", "it has happened"),
    ),
    Because.UNREACHABLE: (("使えるメールアドレスがない", "there is no address that can be used"),),
    Because.OPEN_QUESTION: (
        (
            "この方からのメールに人がまだ答えていない（tsunagu inbox）",
            "a mail of theirs waits for a human: tsunagu inbox",
        ),
    ),
    Because.EVEN_IF_WAITING: (
        (
            "人の返事を待つ間も送ると決めてある（even_if_waiting）",
            "it says even_if_waiting: it goes although a mail of theirs waits for a human",
        ),
    ),
    Because.REACTED: (
        (
            "この方のメールへの自動の返事は、続けては送らない（{until} まで待つ）",
            "an automatic answer to what they wrote went just now: it waits until {until}",
        ),
        (
            "この方のメールへの自動の返事は、続けては送らない",
            "one automatic answer to what they wrote went a short while ago",
        ),
    ),
    Because.DECLINED: (
        (
            "辞退された方なので、辞退者向けのお礼のほかは送らない",
            "they declined: only what is written for those who did goes to them",
        ),
    ),
    Because.FUSE: (
        (
            "一度に多すぎるので、人が確かめるまで止めてある",
            "too many at once: held until somebody has looked",
        ),
    ),
    Because.ARRANGED: (
        ("面談の予定に合わせて送っている", "it goes with what was arranged for the meeting"),
    ),
    Because.NO_HOST: (("同席する人が決まっていない", "nobody is named whom it is with"),),
    Because.CALENDAR_UNKNOWN: (
        ("{host} の予定が分からない", "the calendar of {host} cannot be read"),
        ("同席する人の予定が分からない", "the calendar of those it is with cannot be read"),
    ),
    Because.PERSON_TAKEN: (
        ("{until} までに本人の空きがない", "the person has no free time until {until}"),
        ("本人の空きがない", "the person has no free time"),
    ),
    Because.NO_COMMON_TIME: (
        ("{until} までに全員の空きが重ならない", "until {until} they are never free together"),
        ("全員の空きが重ならない", "they are never free together"),
    ),
    Because.LIMIT_REACHED: (
        (
            "{until} まで、同席する人の面談が上限に達している",
            "until {until} those it is with hold as many meetings as they may",
        ),
        (
            "同席する人の面談が上限に達している",
            "those it is with hold as many meetings as they may",
        ),
    ),
    Because.ALL_TAKEN: (
        (
            "{until} までの重なる空きが、ほかの面談で埋まっている",
            "until {until} other meetings have taken all time they share",
        ),
        ("重なる空きが、ほかの面談で埋まっている", "other meetings have taken all time they share"),
    ),
    Because.SPAN_OVER: (
        ("{until} までに使える時間が残っていない", "until {until} there is no time left"),
        ("使える時間が残っていない", "there is no time left"),
    ),
    Because.TOO_FEW: (
        (
            "同じ時間に来られる人が {least} 人に満たない",
            "fewer than {least} of them can come at the same time",
        ),
        ("同じ時間に来られる人が足りない", "too few of them can come at the same time"),
    ),
    Because.NOT_THEN: (
        (
            "{proposed} は全員の都合が合わず、{first}、{second}、{third} をお伝えした",
            "{proposed} did not suit everybody; offered were {first}, {second}, {third}",
        ),
        (
            "{proposed} は全員の都合が合わず、{first}、{second} をお伝えした",
            "{proposed} did not suit everybody; offered were {first}, {second}",
        ),
        (
            "{proposed} は全員の都合が合わず、{first} をお伝えした",
            "{proposed} did not suit everybody; offered was {first}",
        ),
        ("{proposed} は全員の都合が合わなかった", "{proposed} did not suit everybody"),
        ("提案された時間は全員の都合が合わなかった", "the time asked for did not suit everybody"),
    ),
    Because.HELP_LONGER: (
        (
            "within を {business_days} 営業日延ばす",
            "make within {business_days|business day|business days} longer",
        ),
        ("within を {days} 日延ばす", "make within {days|day|days} longer"),
        ("within を延ばす", "make within longer"),
    ),
    Because.HELP_MOVE_LATER: (
        (
            "{host} の {at} の会議を {minutes} 分遅らせる",
            "move the meeting of {host} on {at} by {minutes} minutes, to later",
        ),
        ("同席する人の会議を遅らせる", "put off a meeting of those it is with"),
    ),
    Because.HELP_MOVE_EARLIER: (
        (
            "{host} の {at} の会議を {minutes} 分早める",
            "move the meeting of {host} on {at} by {minutes} minutes, to earlier",
        ),
        ("同席する人の会議を早める", "bring forward a meeting of those it is with"),
    ),
    Because.HELP_PER_DAY: (
        (
            "{host} の一日の上限を {limit} 件から {more} 件にする",
            "let {host} hold {more} meetings a day rather than {limit}",
        ),
        ("一日の上限を上げる", "allow one more meeting a day"),
    ),
    Because.HELP_PER_WEEK: (
        (
            "{host} の週の上限を {limit} 件から {more} 件にする",
            "let {host} hold {more} meetings a week rather than {limit}",
        ),
        ("週の上限を上げる", "allow one more meeting a week"),
    ),
    Because.HELP_COLLEAGUE: (("面談を受け持つ人を一人増やす", "add one more who may hold it"),),
    Because.HELP_ASK: (("本人に都合のよい時間を尋ねる", "ask the person when they can come"),),
    Because.HELP_SIZE: (
        ("size の最少を {least} 人にする", "let size begin at {least}"),
        ("size の最少を小さくする", "let size begin at less"),
    ),
    Because.HELP_SHARE: (
        ("{host} の予定を見られるようにする", "let Tsunagu see the calendar of {host}"),
        ("同席する人の予定を見られるようにする", "let Tsunagu see the calendars"),
    ),
}
