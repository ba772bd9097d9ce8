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
}
