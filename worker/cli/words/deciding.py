"""Sentences about what a human decides: drafts, holds, pauses, tasks, doubts, new versions."""

WORDS: dict[str, tuple[str, str]] = {
    "role.hr": ("採用担当", "hr"),
    "role.hr_manager": ("採用責任者", "hr_manager"),
    "role.mentor": ("メンター", "mentor"),
    "role.manager": ("上司", "manager"),
    "role.department_manager": ("配属先の責任者", "department_manager"),
    "role.young_members": ("若手社員", "young_members"),
    "approve.none": ("承認を待っているものはありません。", "Nothing waits for approval."),
    "approve.nothing": (
        "承認を待っているものは、そこにはありません。\ntsunagu approve",
        "Nothing of that waits for approval.\ntsunagu approve",
    ),
    "approve.since": ("送る予定だった時", "due since"),
    "approve.how": (
        (
            "文面を見る: tsunagu approve {person} {step} --show　　送る: tsunagu approve {person} "
            "{step}　　送らない: … --reject"
        ),
        (
            "Read it: tsunagu approve {person} {step} --show   Send it: tsunagu approve {person} "
            "{step}   Never: … --reject"
        ),
    ),
    "approve.textless": ("（文面のないもの）", "(nothing to read)"),
    "approve.approved": ("{who}: {step} を承認しました。", "{who}: {step} may go."),
    "approve.rejected": (
        "{who}: {step} は送らないことにしました。",
        "{who}: {step} will never be sent.",
    ),
    "hold.done": (
        "{person} への送信をすべて止めました。戻すには: tsunagu release {id}",
        "Everything for {person} is held. To let go: tsunagu release {id}",
    ),
    "release.done": ("{person} への送信を再開しました。", "{person} is no longer held."),
    "release.parked": (
        "{person} をもう一度見ます（tsunagu の誤りで止まっていました）。",
        "{person} is looked at again, after a fault of ours.",
    ),
    "release.not_held": ("{person} への送信は止まっていません。", "{person} was not held."),
    "release.what": (
        "何を再開しますか。\ntsunagu release PERSON | --fuse | --clock | --lane MAILBOX",
        "What is to be let go?\ntsunagu release PERSON | --fuse | --clock | --lane MAILBOX",
    ),
    "release.fuse_done": (
        "{n} 人への送信を進めます。今日のうちは同じ人数まで止めません。",
        "{n|person|people} will now be written to. As many again are allowed for a day.",
    ),
    "release.fuse_whole": (
        "一度に多すぎて止まっているものはありません。",
        "Nothing is held for being too much at once.",
    ),
    "release.clock_done": (
        "時計は今が正しいとして、送信を再開します。",
        "The clock counts as right, and sending goes on.",
    ),
    "release.clock_right": ("時計で止まっているものはありません。", "Nothing waits for the clock."),
    "release.lane_unknown": (
        "「{name}」というメールボックスはありません。あるのは: {known}",
        "There is no mailbox '{name}'. There are: {known}",
    ),
    "release.lane_done": ("{lane} からの送信を再開しました。", "{lane} sends again."),
    "release.lane_open": ("{lane} は止まっていません。", "{lane} was not stopped."),
    "pause.all": (
        "{playbook} を休ませました（{n} 人）。戻すには: tsunagu resume {playbook}",
        "{playbook} is paused for {n|person|people}. To go on: tsunagu resume {playbook}",
    ),
    "pause.one": ("{person} の {playbook} を休ませました。", "{playbook} is paused for {person}."),
    "pause.not_in": (
        "{person} は {playbook} に参加していません。",
        "{person} is not in {playbook}.",
    ),
    "resume.all": (
        "{playbook} を再開しました（{n} 人）。",
        "{playbook} goes on for {n|person|people}.",
    ),
    "resume.one": ("{person} の {playbook} を再開しました。", "{playbook} goes on for {person}."),
    "tasks.none": ("人がすることは、今はありません。", "Nothing is asked of a human just now."),
    "tasks.number": ("番号", "number"),
    "tasks.until": ("期限", "until"),
    "tasks.about": ("誰について", "about"),
    "tasks.text": ("すること", "what to do"),
    "tasks.owner": ("担当", "by"),
    "tasks.late": ("（過ぎています）", " (late)"),
    "tasks.put_off": ("{day} に延期", "put off until {day}"),
    "tasks.done_at": ("済み {when}", "done {when}"),
    "tasks.how": (
        "済んだら: tsunagu tasks --done 番号",
        "When it is done: tsunagu tasks --done NUMBER",
    ),
    "inbox.none": ("人を待っているメールはありません。", "No mail waits for a human."),
    "inbox.number": ("番号", "no."),
    "inbox.when": ("届いた時", "came"),
    "inbox.who": ("誰から", "from"),
    "inbox.what": ("種類", "what"),
    "inbox.stands": ("担当と期限", "owner and time"),
    "inbox.subject": ("件名", "subject"),
    "inbox.due": ("{owner}（{when} まで）", "{owner}, by {when}"),
    "inbox.late": ("{owner}（{when} の期限を過ぎています）", "{owner}: overdue since {when}"),
    "inbox.no_owner": ("（担当なし）", "(no owner)"),
    "inbox.bare": ("返信として数え、返事は不要と判断", "counted; needs no answer"),
    "inbox.was_answered": ("返事をした", "answered"),
    "inbox.over": ("済み", "over"),
    "inbox.crossed": ("（催促と行き違い）", " (crossed a reminder)"),
    "inbox.new_address": (
        "新しいアドレスとして書かれているもの: {address}\ntsunagu inbox {number} --address",
        "Given as a new address: {address}\ntsunagu inbox {number} --address",
    ),
    "inbox.times": ("＋都合の悪い時間", " + times they cannot come at"),
    "inbox.unclear_times": ("＋都合の悪い時間？", " + times they cannot come at?"),
    "inbox.times_noted": (
        "都合の悪い時間として控え、面談はこれを避けます: {times}\n取り消す: {undo}",
        "noted as times they cannot come at; meetings avoid them: {times}\ntake back: {undo}",
    ),
    "inbox.times_unclear": (
        "来られない時間のことかもしれません: 「{said}」\nその通りなら控えてください: {do}",
        "this may be about times at which they cannot come: '{said}'\nif so, note them: {do}",
    ),
    "inbox.declined": (
        "{person} は辞退されました。これからはお礼だけが送られます。",
        "{person} declines. From now on only thanks will go to them.",
    ),
    "inbox.readdressed": (
        "{person} のアドレスを {address} にしました。期限内のご連絡はもう一度送られます。",
        "{person} is now written to at {address}. What is still in time goes once more.",
    ),
    "inbox.no_address": (
        "新しいアドレスを書いてください。\ntsunagu inbox {number} --address aoi@example.jp",
        "Say which address.\ntsunagu inbox {number} --address aoi@example.jp",
    ),
    "inbox.bad_address": (
        "「{address}」はメールアドレスとして使えません。",
        "'{address}' cannot be used as a mail address.",
    ),
    "inbox.unassigned": ("（誰のものか不明）{sender}", "(whose?) {sender}"),
    "inbox.confirm": ("{person}（要確認）", "{person} (to confirm)"),
    "inbox.answers": ("返事の相手: {step}（{playbook}）", "answers: {step} ({playbook})"),
    "inbox.how": (
        (
            "読む: tsunagu inbox 番号　　誰のものか: … --to PERSON　　"
            "済み: … --answered | --needs-none | --declined"
        ),
        (
            "Read it: tsunagu inbox NUMBER   Whose: … --to PERSON   "
            "Over: … --answered | --needs-none | --declined"
        ),
    ),
    "inbox.unknown": (
        "{number} 番のメールは、人を待っていません。\ntsunagu inbox",
        "No mail {number} waits for a human.\ntsunagu inbox",
    ),
    "inbox.whose": (
        "誰のものかを先に決めてください。\ntsunagu inbox {number} --to PERSON",
        "Say first whose it is.\ntsunagu inbox {number} --to PERSON",
    ),
    "inbox.which_step": (
        "「{step}」は {person} のどのプレイブックにもないか、複数にあります。\ntsunagu why {id}",
        "'{step}' is in none of {person}'s playbooks, or in several.\ntsunagu why {id}",
    ),
    "inbox.assigned": ("{number} は {person} のメールです。", "{number} is {person}'s."),
    "inbox.done": ("{number} は済みました。", "{number} is over."),
    "tasks.unknown": (
        "{number} 番の依頼はありません。\ntsunagu tasks --all",
        "There is no task {number}.\ntsunagu tasks --all",
    ),
    "tasks.done": ("{number}「{text}」を済みにしました。", "{number} '{text}' is done."),
    "tasks.was_done": (
        "{number}「{text}」はすでに済んでいます。",
        "{number} '{text}' was done already.",
    ),
    "doubts.none": ("届いたか分からないメールはありません。", "No mail is in doubt."),
    "doubts.doubt": ("届いたかどうか分からないもの", "May or may not have gone"),
    "doubts.refused": ("届かなかったもの", "Did not go"),
    "doubts.parked": ("tsunagu の誤りで止めたもの", "Set aside for a fault of ours"),
    "doubts.said": ("相手の言葉", "what was said"),
    "doubts.doubt.how": (
        (
            "送信済みフォルダか本人に確かめて: tsunagu doubts --sent {number}（届いていた） / "
            "--resend {number}（届いていない）"
        ),
        (
            "Look into the sent folder or ask, then: tsunagu doubts --sent {number} (it arrived) "
            "or --resend {number} (it did not)"
        ),
    ),
    "doubts.refused.how": (
        "アドレスなどを直したら、もう一度送る: tsunagu doubts --resend {number}",
        "Mend the address or the cause, then send it again: tsunagu doubts --resend {number}",
    ),
    "doubts.parked.how": (
        "もう一度試す: tsunagu doubts --resend {number}",
        "Try it again: tsunagu doubts --resend {number}",
    ),
    "doubts.unknown": (
        "{number} 番は、この中にありません。\ntsunagu doubts",
        "{number} is not among them.\ntsunagu doubts",
    ),
    "doubts.not_so": (
        "{number} 番は、届いたか分からないものではありません。\ntsunagu doubts",
        "{number} is not in doubt.\ntsunagu doubts",
    ),
    "doubts.did.sent": (
        "{number}（{step}）を、届いていたものとしました。",
        "{number} ({step}) counts as sent.",
    ),
    "doubts.did.resend": (
        "{number}（{step}）をもう一度送ります。",
        "{number} ({step}) will be sent again.",
    ),
}
