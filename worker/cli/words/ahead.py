"""Sentences about what is to come: plan, preview, simulate, rehearse, diff, migrate."""

WORDS: dict[str, tuple[str, str]] = {
    "cast.nobody": (
        "{playbook} に当てはまる人がいません。表を指定してください: --people FILE",
        "Nobody fits {playbook}. Name a table: --people FILE",
    ),
    "cast.empty": (
        "人が一人もいません。表を指定してください: --people FILE",
        "There is nobody. Name a table: --people FILE",
    ),
    "cast.unknown": (
        "「{name}」という人は、この中にいません。いるのは: {known}",
        "Nobody here is called '{name}'. There are: {known}",
    ),
    "plan.progress": ("先を見ています", "looking ahead"),
    "plan.until": (
        "{until} まで。新しいことが何も起きず、返事もないとした場合です。",
        "Until {until}, if nothing new comes to be known and nobody answers.",
    ),
    "plan.ration": (
        "{mailbox} から一日に送れるのは {limit} 通。{n} 通は {first} から {last} までに送ります。",
        "{mailbox} may send {limit} mails a day: {n|mail goes|mails go} from {first} to {last}.",
    ),
    "plan.nothing": ("この間に起きることはありません。", "Nothing happens in this time."),
    "plan.waits": ("日付がまだ決まらないもの", "Without a date so far"),
    "plan.no_time": ("時間が決まらない面談", "Meetings without a time so far"),
    "plan.help": ("こうすると決まる: {help}", "what would help: {help}"),
    "plan.for_fact": ("{fact}を待っている", "waits for {fact}"),
    "plan.more": (" ほか {n} 人", " and {n} more"),
    "plan.held": (
        "面談の時間は押さえてあります: {when}、{names}",
        "a time is held for it: {when}, {names}",
    ),
    "plan.given": ("{facts}がなければ", "if there is no {facts}"),
    "preview.nothing": (
        "{playbook} では、この方に何も起きません。for: の条件と日付を確かめてください。",
        "Nothing happens to this person in {playbook}. Look at its `for:` and at the dates.",
    ),
    "preview.written": (
        "メール {n} 通を書き出しました。ブラウザーで開いてください: {path}",
        "Wrote {n|mail|mails}. Open in a browser: {path}",
    ),
    "preview.if_answered": ("返事があれば", "if answered"),
    "preview.attached": ("添付: {name}", "attached: {name}"),
    "preview.task": ("{owner}がすること: {text}", "{owner} is asked to: {text}"),
    "preview.alert": ("{roles}へ知らせる", "tells {roles}"),
    "preview.meeting": (
        "{title}（{minutes}分、{roles}と）",
        "{title} ({minutes} min, with {roles})",
    ),
    "preview.meeting.at": (
        "{when} に{title}（{minutes}分、{roles}と）",
        "{title} on {when} ({minutes} min, with {roles})",
    ),
    "preview.survey": (
        "リンクの先のページ: {n} 問・約 {minutes} 分",
        "The page behind the link: {n|question|questions}, about {minutes} min.",
    ),
    "preview.survey_page": ("リンクの先のページ", "The page behind the link"),
    "preview.from": ("差出人", "from"),
    "preview.to": ("宛先", "to"),
    "preview.text_part": ("テキスト版", "text part"),
    "preview.files": ("元のメール", "the mail itself"),
    "preview.mails": ("メール {n} 通", "{n|mail|mails}"),
    "preview.page": (
        (
            "{since} から {until} まで。返事がない場合のフォローと、返事があった場合の続きの"
            "両方を載せています。"
        ),
        (
            "From {since} to {until}. Both are shown: reminders when there is no answer, and what "
            "follows when there is one."
        ),
    ),
    "kind.draft": ("下書き", "draft"),
    "kind.missed": ("時機を逃す", "missed"),
    "kind.failed": ("時間が見つからない", "no time found"),
    "kind.skipped": ("行わない", "skipped"),
    "diff.progress": ("比べています", "comparing"),
    "diff.nobody": (
        "{playbook} に参加している人はまだいません。次に始める人から新しい版になります。",
        "Nobody is in {playbook} so far. Whoever enters next gets the version in the folder.",
    ),
    "diff.none": (
        "{playbook}: 参加している {n} 人は、すでにこの版です。",
        "{playbook}: all {n} in it have this version already.",
    ),
    "diff.head": (
        "{playbook}: {n} 人が前の版にいます。新しい版へ移すと:",
        "{playbook}: {n|person is|people are} in an earlier version. Moved to the new one:",
    ),
    "diff.file.changed": ("変更 {path}", "changed {path}"),
    "diff.file.added": ("追加 {path}", "added   {path}"),
    "diff.file.removed": ("削除 {path}", "removed {path}"),
    "diff.new": ("＋ {step}: {after}", "+ {step}: {after}"),
    "diff.removed": (
        "－ {step}: なくなる（今の版では: {before}）",
        "- {step}: no longer comes (so far: {before})",
    ),
    "diff.moved": ("～ {step}: {before} → {after}", "~ {step}: {before} → {after}"),
    "diff.altered": ("＊ {step}: 内容が変わる（{after}）", "* {step}: is another one ({after})"),
    "diff.skipped": (
        "・ {step}: 新しいが、時機が過ぎているので行わない",
        ". {step}: new, and left out, since its moment has passed",
    ),
    "diff.happened": (
        "・ {step}: 変わったが、すでに済んでいるので、もう一度は行わない",
        ". {step}: altered, but it has happened, and does not happen again",
    ),
    "diff.more": ("ほか {n} 人（--json ですべて）", "and {n} more (--json shows all)"),
    "diff.unchanged": (
        "{n} 人の日程は変わりません。",
        "Nothing changes on the time line of {n|person|people}.",
    ),
    "diff.how": (
        "移すには: tsunagu migrate {playbook}（元に戻すには --undo）",
        "To move them: tsunagu migrate {playbook} (--undo takes it back)",
    ),
    "migrate.done": (
        "{n} 人を新しい版へ移しました。元に戻すには: tsunagu migrate {playbook} --undo",
        "Moved {n|person|people}. To take it back: tsunagu migrate {playbook} --undo",
    ),
    "migrate.undone": (
        "{n} 人を前の版へ戻しました。",
        "{n|person is|people are} back in the version before.",
    ),
    "migrate.nothing": (
        "{playbook} に、元に戻す移行はありません。",
        "There is no move of {playbook} to take back.",
    ),
    "rehearse.progress": ("通し稽古をしています", "rehearsing"),
    "rehearse.address": (
        "「{address}」はメールアドレスとして読めません。\n--redirect-to you@example.co.jp",
        "'{address}' is no mail address.\n--redirect-to you@example.co.jp",
    ),
    "rehearse.done": (
        "{n} 通を {address} へ送りました。",
        "Sent {n|message|messages} to {address}.",
    ),
    "rehearse.from": ("{mailbox} から {n} 通", "{n} from {mailbox}"),
    "rehearse.calls": (
        "外部への通知 {n} 件は、呼ばずに記録だけしました。",
        "{n|web address|web addresses} would have been called, and were not.",
    ),
    "rehearse.meetings": (
        "面談 {n} 件は、だれのカレンダーにも入れていません。",
        "{n|meeting was|meetings were} put into nobody's calendar.",
    ),
    "rehearse.enough": (
        "--at-most {most} に達したので、途中で終わりました。",
        "Stopped at --at-most {most}.",
    ),
    "rehearse.trouble": (
        "{step}: {n} 通が届きませんでした（{why}）",
        "{step}: {n|message|messages} did not go: {why}",
    ),
    "rehearse.stopped": (
        "{lane} のサーバーが応じないため、止めました: {why}\ntsunagu doctor",
        "Stopped, since the server of {lane} does not take mail: {why}\ntsunagu doctor",
    ),
    "rehearse.safe": ("ほかの誰にも、一通も送っていません。", "Nobody else was written to."),
    "simulate.progress": ("一年を進めています", "living through the year"),
    "simulate.nobody": (
        "{playbook} の for: に当てはまる人がいません。別の表を指定してください: --people FILE",
        "Nobody fits the `for:` of {playbook}. Name another table: --people FILE",
    ),
    "simulate.span": (
        "{n} 人、{since} から {until} まで。外には何も出ていません。",
        "{n|person|people}, from {since} to {until}. Nothing left this machine.",
    ),
    "simulate.declined": ("辞退した人 {n}", "{n} declined"),
    "simulate.accept": ("途中で承諾した人 {n}", "{n} accepted on the way"),
    "simulate.by_step": (
        "ステップごと（右の数字は月の一の位）",
        "By step (on the right the months, by their last digit)",
    ),
    "simulate.by_ladder": ("返事とフォロー", "Answers and ladders"),
    "simulate.by_month": ("月ごと", "By month"),
    "simulate.left_out": ("行わなかったもの", "Left out"),
    "simulate.left.skipped": (
        "{step}: 条件に合わず {n} 回行わない",
        "{step}: skipped {n|time|times}, its condition did not hold",
    ),
    "simulate.left.missed": (
        "{step}: 時機を過ぎて {n} 回行わない",
        "{step}: missed {n|time|times}, its time had passed",
    ),
    "simulate.burden": ("一人あたりの連絡", "Messages to one person"),
    "simulate.middle": (
        "一年を通して、真ん中の人で {middle} 通、最も多い人で {most} 通",
        "in all: {middle} in the middle, {most} at most",
    ),
    "simulate.most.day": ("24 時間で最も多くて {n} 通", "within 24 hours: {n} at most"),
    "simulate.most.fortnight": ("2 週間で最も多くて {n} 通", "within two weeks: {n} at most"),
    "simulate.most.month": ("30 日で最も多くて {n} 通", "within 30 days: {n} at most"),
    "simulate.heaviest": ("多い人: {people}", "most to: {people}"),
    "simulate.step": ("ステップ", "step"),
    "simulate.kind": ("種類", "kind"),
    "simulate.count": ("回数", "count"),
    "simulate.people": ("人数", "people"),
    "simulate.month": ("月", "month"),
    "simulate.asked": ("尋ねた", "asked"),
    "simulate.answered": ("返事", "answered"),
    "simulate.silent": ("返事なし", "silent"),
    "simulate.climbed": ("フォローの段ごとの人数", "people on each rung"),
}
