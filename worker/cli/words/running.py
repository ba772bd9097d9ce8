"""Sentences about how it stands: status, timeline, why, doctor, demo."""

WORDS: dict[str, tuple[str, str]] = {
    "table.person": ("名簿", "person"),
    "table.fact": ("事実", "facts"),
    "table.enrollment": ("参加", "enrollments"),
    "table.enrollment_move": ("版の移動", "moves"),
    "table.intent": ("送信の記録", "intents"),
    "table.intent_history": ("履歴に移した送信の記録", "intents in the history"),
    "table.letter_history": ("履歴に移したメールの本文", "letters in the history"),
    "table.letter": ("メールの本文", "letters"),
    "table.mail": ("届いたメール", "mails received"),
    "table.survey_draft": ("書きかけの答え", "half-filled answers"),
    "table.task": ("人への依頼", "tasks"),
    "erase.by_hand": ("{path}: 手で消してください", "{path}: to be removed by hand"),
    "staff.unknown": (
        "社員「{name}」はいません。いる人: {known}",
        "There is no member of staff {name}. There are: {known}",
    ),
    "staff.removed": (
        "{name} ({id}) を社員から外しました。面談は、動いているワーカーがほかの人に引き継ぎます。",
        "{name} ({id}) is no longer staff. A worker has others hold their meetings.",
    ),
    "staff.left_behind": (
        (
            "名簿では、まだ {n} 人のメンターか上司です: {people}。{name} の名前を使うメールは"
            "送られません。\n名簿を直してから: tsunagu people import"
        ),
        (
            "The table still has them as mentor or manager of {n}: {people}. Mails that name {name}"
            " do not go.\nAfter a correction: tsunagu people import"
        ),
    ),
    "staff.nobody": (
        "社員がまだ登録されていません。\ntsunagu staff import staff.csv",
        "No staff is known yet.\ntsunagu staff import staff.csv",
    ),
    "survey.answered": (
        "{asked} 人にうかがい、{answered} 人が答えました（{share}%）。",
        "{answered} of {asked} have answered ({share}%).",
    ),
    "survey.is_anonymous": (
        "匿名のアンケートです。どなたの答えかは、どこにも残っていません。",
        "An anonymous survey: nothing anywhere says who gave which answer.",
    ),
    "survey.too_few": (
        "{least} 人以上の答えがそろうまで、集計は見せません。",
        "Nothing is shown before {least} have answered.",
    ),
    "survey.waiting": (
        (
            "{counted} 人分の集計です。あとの {n} 人分は、新しい答えが {least} 人分に"
            "なったときに加わります。"
        ),
        (
            "Figures of {counted}. The other {n} join them when there are {least} new ones: "
            "otherwise the difference would tell of few."
        ),
    ),
    "survey.mean": ("平均 {mean}（{n} 人）", "mean {mean} ({n|answer|answers})"),
    "survey.no_text": ("（記入なし）", "(nothing written)"),
    "survey.rest": ("そのほか", "others"),
    "survey.part": ("{name}（{n} 人）", "{name} ({n|answer|answers})"),
    "survey.nobody": (
        "「{step}」は、まだ誰にも送っていません。\ntsunagu plan",
        "{step} has gone to nobody so far.\ntsunagu plan",
    ),
    "survey.unknown": (
        "「{step}」というアンケートはありません（あるもの: {known}）。",
        "There is no survey {step} (there are: {known}).",
    ),
    "survey.meant": ("tsunagu survey {playbook} {step}", "tsunagu survey {playbook} {step}"),
    "status.worker": ("ワーカー", "worker"),
    "status.running": ("動いている（プロセス {pid}）", "running, process {pid}"),
    "status.elsewhere": (
        "動いている（この機械とは限らない）",
        "running, here or on another machine",
    ),
    "status.stopped": ("動いていない", "not running"),
    "status.people": ("登録されている人", "people"),
    "status.last": ("最後に見た時", "last look"),
    "status.next": ("次に見る時", "next look"),
    "status.drafts": ("承認待ち", "waiting for approval"),
    "status.tasks": ("人がすること", "tasks for humans"),
    "status.tasks.late": ("{n}（期限を過ぎたもの {late}）", "{n}, of them {late} late"),
    "status.lane.name": ("メールボックス", "mailbox"),
    "status.lane.ready": ("送信待ち", "ready"),
    "status.lane.flight": ("送信中", "in flight"),
    "status.lane.later": ("あとで再送", "later"),
    "status.suppressed": ("送れない人", "cannot be written to"),
    "status.lane.sent": ("24時間で送信", "sent in 24 h"),
    "status.lane.left": ("今日の残り", "left today"),
    "status.lane.state": ("状態", "state"),
    "status.lane.open": ("使える", "open"),
    "status.lane.trying": ("試している", "trying"),
    "status.lane.stopped": ("止まっている", "stopped"),
    "status.lane.limited": ("上限のため {until} まで待つ", "at its limit until {until}"),
    "status.lane.waits": ("{until} にもう一度", "tried again {until}"),
    "status.inbox.name": ("受信", "inbox"),
    "status.inbox.looked": ("最後まで読んだ時", "read to its end"),
    "status.inbox.behind": ("未読", "behind"),
    "status.inbox.state": ("状態", "state"),
    "status.inbox.fine": ("読めている", "read"),
    "status.inbox.trouble": ("{since} から読めない", "cannot be read since {since}"),
    "status.unread": (
        "メールボックス {name} を {since} から読めません: {why}{told}",
        "The mailbox {name} cannot be read since {since}: {why}{told}",
    ),
    "status.unread.do": ("tsunagu doctor", "tsunagu doctor"),
    "status.mails": (
        "人を待っているメールが {n} 通あります。",
        "{n|mail waits|mails wait} for a human.",
    ),
    "status.mails.do": ("tsunagu inbox", "tsunagu inbox"),
    "status.late_mails": (
        "返事の期限を過ぎたメールが {n} 通あります（担当: {owners}）。",
        "{n|mail is|mails are} overdue: {owners} should answer.",
    ),
    "status.late_mails.do": ("tsunagu inbox", "tsunagu inbox"),
    "status.no_owner": (
        "「{role}」の役割を持つ社員がいないため、{n} 通のメールに担当がいません。",
        "Nobody holds the role '{role}': {n|mail has|mails have} no owner.",
    ),
    "status.no_owner.do": (
        "tsunagu staff import（staff.csv の role に {role} を書く）",
        "tsunagu staff import (write {role} as somebody's role in staff.csv)",
    ),
    "status.fine": ("気をつけることはありません。", "Nothing needs looking at."),
    "status.disk": (
        (
            "ディスクの空きが {free} しかありません。書きとめられないものは送らず、空きができれば続"
            "けます。"
        ),
        (
            "{free} are left on the disk. What cannot be written down is not sent; with room again "
            "it goes on."
        ),
    ),
    "status.disk.do": ("df -h {folder}", "df -h {folder}"),
    "status.fuse": (
        (
            "一度に多すぎるため止めています: {due} 人へ送ることになり、一日に {allowed} 人まで（昨"
            "日の予定は {foreseen} 人）を超えました。"
        ),
        (
            "Held for being too much at once: {due} people were about to be written to, more than "
            "{allowed} a day (yesterday's plan foresaw {foreseen})."
        ),
    ),
    "status.fuse.do": (
        "tsunagu plan で見て、正しければ: tsunagu release --fuse",
        "Look at tsunagu plan; if it is right: tsunagu release --fuse",
    ),
    "status.clock_wrong": (
        "{process} の時計が {by}より {how}。そこからは何も送りません。",
        "The clock of {process} is {how} {by}. Nothing is sent from there.",
    ),
    "status.clock_wrong.do": (
        "timedatectl set-ntp true（今の時計が正しければ: tsunagu release --clock）",
        "timedatectl set-ntp true (if it is right as it is now: tsunagu release --clock)",
    ),
    "status.clock.ahead": ("{n} 秒進んでいます", "{n} seconds ahead of"),
    "status.clock.behind": ("{n} 秒遅れています", "{n} seconds behind"),
    "status.clock.by.stopwatch": ("経過した時間", "the time that has passed"),
    "status.clock.by.database": ("データベースの時計", "the database's clock"),
    "status.clock": (
        "時計が {was} より前に戻っています。追いつくまで何も送りません。",
        "The clock is back before {was}. Nothing is sent until it has caught up.",
    ),
    "status.clock.do": (
        "時計を直す。今の時計が正しければ: tsunagu release --clock",
        "Set the clock right; if it is right as it is now: tsunagu release --clock",
    ),
    "status.process.name": ("プロセス", "process"),
    "status.process.pid": ("番号", "number"),
    "status.process.release": ("版", "release"),
    "status.process.since": ("開始", "since"),
    "status.process.seen": ("最後の合図", "last sign"),
    "status.process.state": ("状態", "state"),
    "status.process.alive": ("動いています", "works"),
    "status.process.lost": ("途絶えました", "silent"),
    "status.lost": (
        "{name} は {seen} を最後に途絶えています。",
        "{name} has been silent since {seen}, and did not say goodbye.",
    ),
    "status.lost.do": (
        "そのマシンを確かめる。ほかが動いていれば、仕事は引き継がれています",
        "Look at that machine; as long as others work, what it had is done by them",
    ),
    "status.journal": (
        "記録が、実際に送ったものより古く、{since} より後がありません。何も送りません。",
        "The journal is older than what was sent: it knows nothing since {since}. Nothing is sent.",
    ),
    "status.journal.do": (
        "その間に入力したことを入力し直してから: tsunagu reconcile",
        "Type again what was typed since, then: tsunagu reconcile",
    ),
    "status.lane_stopped": (
        "{lane} からの送信は {since} から止まっています: {why}{told}",
        "{lane} has been stopped since {since}: {why}{told}",
    ),
    "status.lane_stopped.do": (
        "設定を直して: tsunagu doctor、それから tsunagu release --lane {lane}",
        "Mend the settings: tsunagu doctor, then tsunagu release --lane {lane}",
    ),
    "status.told": ("（{at} に採用担当へ知らせました）", " (HR was told {at})"),
    "status.lane_tried": (
        "{lane} からの送信は再開されました。次の 1 通で確かめます。",
        "{lane} was released: its next mail shows whether it goes on.",
    ),
    "status.lane_tried.do": ("tsunagu status", "tsunagu status"),
    "status.untold": (
        "{names} が止まったことを、メールで知らせられません（ほかに送れるところがありません）。",
        "Nobody can be told by mail that {names} stopped: nothing else to send from works.",
    ),
    "status.untold.do": (
        "採用担当に伝えて: tsunagu doctor",
        "tell HR yourself, then: tsunagu doctor",
    ),
    "status.lane_waits": (
        "{lane} のサーバーが応じません（{n} 回）: {why}",
        "The server of {lane} does not take mail ({n|time|times} so far): {why}",
    ),
    "status.lane_waits.do": (
        "{until} にもう一度試します。今すぐなら: tsunagu release --lane {lane}",
        "It is tried again {until}. At once: tsunagu release --lane {lane}",
    ),
    "status.nobody": (
        "送る時が来たものがありますが、ワーカーが動いていません。",
        "Something is due, and no worker is running.",
    ),
    "status.nobody.do": ("tsunagu up", "tsunagu up"),
    "status.quiet": (
        "ワーカー（プロセス {pid}）が 10 分以上、何も見ていません。",
        "The worker (process {pid}) has not looked at anything for ten minutes.",
    ),
    "status.quiet.do": ("kill {pid} して、tsunagu up", "kill {pid}, then tsunagu up"),
    "status.doubt": (
        "届いたか分からないメールが {n} 通あります。",
        "{n|mail|mails} may or may not have gone.",
    ),
    "status.doubt.do": ("tsunagu doubts", "tsunagu doubts"),
    "status.refused": ("届かなかったメールが {n} 通あります。", "{n|mail|mails} did not go."),
    "status.refused.do": ("tsunagu doubts", "tsunagu doubts"),
    "status.parked_mails": (
        "tsunagu の誤りで止めたものが {n} 件あります。",
        "{n|thing is|things are} set aside for a fault of ours.",
    ),
    "status.parked_mails.do": ("tsunagu doubts", "tsunagu doubts"),
    "status.drafts_wait": (
        "承認を待つものが {n} 件あります。",
        "{n|draft waits|drafts wait} for approval.",
    ),
    "status.drafts_wait.do": ("tsunagu approve", "tsunagu approve"),
    "status.parked": (
        "tsunagu の誤りで {n} 人を見られません: {ids}",
        "{n|person|people} cannot be decided on, for a fault of ours: {ids}",
    ),
    "status.parked.do": ("もう一度試す: tsunagu release {id}", "Try again: tsunagu release {id}"),
    "status.lacking": (
        "{playbook} の版 {serial} の {n} 人は待っています: {what}",
        "{n|person waits|people wait} in version {serial} of {playbook}: {what}",
    ),
    "status.lacking.do": (
        (
            "tsunagu.yaml か staff.csv に戻すか、新しい版へ: tsunagu migrate {playbook}。"
            "それから tsunagu up を始め直す"
        ),
        (
            "Put it back into tsunagu.yaml or staff.csv, or move them to a new version:"
            " tsunagu migrate {playbook}; then start tsunagu up again"
        ),
    ),
    "status.meetings": ("面談", "meetings"),
    "status.meetings.counts": (
        "予定 {booked} 件、調整中 {under_way} 件",
        "{booked} booked, {under_way} under way",
    ),
    "status.meetings.held": ("、仮押さえ {n} 件", ", {n} held beforehand"),
    "status.not_held": (
        "{when}にご案内する面談の時間が押さえられません: {who}。{why}",
        "No time can be held for {who}, whose invitation is due on {when}, because {why}",
    ),
    "status.not_held.do": (
        "こうすると決まります: {help}（tsunagu why {person} {step}）",
        "what would help: {help} (tsunagu why {person} {step})",
    ),
    "status.calendar": (
        "{address} のカレンダーが読めません: {why}{told}",
        "The calendar of {address} cannot be read: {why}{told}",
    ),
    "status.calendar.do": ("tsunagu doctor", "tsunagu doctor"),
    "status.unwatched": (
        "{n} 人のカレンダーは、変更の知らせを受け取れません（{why}）。読む間隔は、いつもどおりです",
        "{n|calendar|calendars} whose changes nobody tells us of ({why}): read as often as ever",
    ),
    "status.unwatched.do": (
        "docs/pages.md の「Hints of calendars and mail」を見て、tsunagu doctor",
        'see "Hints of calendars and mail" in docs/pages.md, then tsunagu doctor',
    ),
    "status.no_hints": (
        "{name} に届いたメールは、知らせを受け取れません（{why}）。読む間隔は、いつもどおりです",
        "Nobody tells us of mail in {name} ({why}): it is read as often as ever",
    ),
    "status.no_hints.do": (
        "docs/pages.md の「Hints of calendars and mail」を見て、tsunagu doctor",
        'see "Hints of calendars and mail" in docs/pages.md, then tsunagu doctor',
    ),
    "status.no_time": (
        "まだ決まらない面談が {n} 件あります: {why}",
        "{n|meeting has|meetings have} not been settled yet: {why}",
    ),
    "status.no_time.do": ("tsunagu coverage", "tsunagu coverage"),
    "status.clocks": (
        "時刻の規則が変わった予定: {who}。{zone} の {told} とお伝えしましたが、今は {now} です",
        "the rules of time have changed: {who} was told {told} ({zone}), and it is {now} there now",
    ),
    "status.clocks.do": (
        "{address} のカレンダーでお伝えした時刻に動かすか、今の時刻を皆さんに伝えてください",
        "move it in the calendar of {address}, or tell everybody the time as it is now",
    ),
    "status.more_clocks": (
        "時刻の規則が変わった予定は、ほかに {n} 件あります",
        "the rules of time have changed for {n} more meetings",
    ),
    "status.more_clocks.do": ("上のものを直すと、続きが出ます", "mend those above to see them"),
    "status.left_out": (
        "時間が決まらない面談: {who}。{why}",
        "No time so far: {who}, because {why}",
    ),
    "status.left_out.do": (
        "こうすると決まります: {help}（tsunagu why {person} {step}）",
        "what would help: {help} (tsunagu why {person} {step})",
    ),
    "status.left_out.no_help": ("ご本人と直接ご相談ください", "please agree on a time directly"),
    "status.no_time.room": (
        "全員の空いている時間がありません",
        "there is no time at which everybody is free",
    ),
    "coverage.nobody": ("プレイブックに入っている人はいません。", "Nobody is in a playbook."),
    "coverage.count": ("回数", "talks"),
    "coverage.last": ("最後に会った日", "last talk"),
    "coverage.days": ("日数", "days"),
    "coverage.ahead": ("次の予定", "next"),
    "coverage.held": ("{day}（仮押さえ）", "{day} (held)"),
    "coverage.late": (
        "{n} 人と、{days} 日以上会っておらず、次の予定もありません。",
        "{n|person has|people have} had no talk for {days} days or more, and none is planned.",
    ),
    "status.late_tasks": ("期限を過ぎた依頼が {n} 件あります。", "{n|task is|tasks are} late."),
    "status.late_tasks.do": ("tsunagu tasks", "tsunagu tasks"),
    "doctor.settings": ("設定", "settings"),
    "doctor.playbooks": ("プレイブック", "playbooks"),
    "doctor.disk": ("ディスク", "disk"),
    "doctor.store": ("記録", "store"),
    "doctor.now": ("現在", "now"),
    "doctor.mistakes": ("誤り {n} 件", "{n|mistake|mistakes}"),
    "doctor.warnings": ("注意 {n} 件", "{n|warning|warnings}"),
    "doctor.readable": ("ほかの人にも読めます", "others can read it"),
    "doctor.no_playbook": ("{folder} に一つもありません", "there is none in {folder}"),
    "doctor.unreadable": ("読めません", "cannot be read"),
    "doctor.later": (
        "この版ではまだ行えないステップが {n} つあり、tsunagu up は始まりません",
        "{n|step|steps} of a kind that this release does not perform: tsunagu up will not start",
    ),
    "doctor.steps": ("{n} ステップ", "{n|step|steps}"),
    "doctor.free": ("空き {free}、記録 {size}", "{free} free, the store has {size}"),
    "doctor.no_store": ("まだありません", "not there so far"),
    "doctor.worker": ("（プロセス {pid} が動いている）", "(process {pid} is at work)"),
    "doctor.no_worker": ("（ワーカーは動いていない）", "(no worker is running)"),
    "doctor.pg_login": (
        "tsunagu.yaml の store と、.env にあるそのパスワードを確かめる",
        "look at `store` in tsunagu.yaml, and at its password in .env",
    ),
    "doctor.pg_old": (
        "{release} は古く、試していません",
        "{release} is old, and was not tried",
    ),
    "doctor.pg_fine": (
        "{release}、確定したものは失われません",
        "{release}, keeps what it has confirmed",
    ),
    "doctor.pg_forgets": (
        "{names} が off です。電源断の後、送ったメールを忘れてもう一度送ります",
        "{names} is off: after a power cut it forgets mails that went, and they go again",
    ),
    "doctor.pg_held": (
        "{hours} 時間以上、開いたままの取引があります。終わるまで、すべてが遅くなります",
        "a transaction has been open for {hours|hour|hours}: everything is slower until it ends",
    ),
    "doctor.redis_evicts": (
        "満ちると古いものを捨てます（{policy}）",
        "throws things away when it is full ({policy})",
    ),
    "doctor.redis_full": (
        "満ちていて、合図を受け取れません。送信は、なくても続きます",
        "is full and takes no hints; sending goes on without it",
    ),
    "doctor.redis_login": (
        "パスワードが違うため、受け付けられません。送信は、なくても続きます",
        "does not let us in with this password; sending goes on without it",
    ),
    "doctor.redis_login.do": (
        "tsunagu.yaml の broker と、.env にあるそのパスワードを確かめる",
        "look at `broker` in tsunagu.yaml, and at its password in .env",
    ),
    "doctor.redis_gone": (
        "応じません（{why}）。送信は、なくても続きます",
        "does not answer ({why}); sending goes on without it",
    ),
    "doctor.redis_do": (
        "Redis を起動するか、broker: embedded にする",
        "start Redis, or set broker: embedded",
    ),
    "doctor.replies": ("返事", "replies"),
    "doctor.no_role": (
        "「{role}」の役割を持つ社員がいません。届いたメールを知らせる相手がいません",
        "nobody holds the role '{role}': nobody is told of mails that come in",
    ),
    "doctor.no_role.do": (
        "staff.csv の role に書き、tsunagu staff import",
        "write it as somebody's role in staff.csv, then tsunagu staff import",
    ),
    "doctor.tag": (
        "返信先に署名つきの印を付ける（{form}、鍵: {by}）",
        "answers carry a signed tag ({form}, key: {by})",
    ),
    "doctor.no_tag": (
        "返信先に印を付けない（reply_tag）。返信は Message-ID で見分ける",
        "answers carry no tag (reply_tag): they are known by their Message-ID",
    ),
    "doctor.key.said": ("設定の replies.key", "replies.key of the settings"),
    "doctor.key.own": ("記録の中で作ったもの", "one of the journal's own"),
    "doctor.answers": ("応じる", "answers"),
    "doctor.pages": ("ページ", "pages"),
    "doctor.no_pages": (
        "public_url がありません。配信停止はメールの返信でだけ受け付けます",
        "there is no public_url: people can stop only by writing a mail",
    ),
    "doctor.no_pages.do": (
        "public_url: https://… を書く（docs/pages.md）",
        "set public_url: https://… (docs/pages.md)",
    ),
    "doctor.pages_here": (
        "{url} は、このコンピューターでしか開けません",
        "{url} can be opened on this machine alone",
    ),
    "doctor.pages_plain": (
        "{url} は https ではないため、途中で読まれることがあります",
        "{url} is not https: what people answer can be read on the way",
    ),
    "doctor.pages_away": (
        "{url} から、こちらのページが開けません（{why}）",
        "{url} does not lead to our pages ({why})",
    ),
    "doctor.pages_fine": ("{url} → {place}", "{url} → {place}"),
    "doctor.calendars": ("{provider} の予定表", "calendars at {provider}"),
    "doctor.nobodys_calendar": (
        "{account} — 予定表を使う社員がいません",
        "{account}: no member of staff has a calendar there",
    ),
    "doctor.calendars_read": (
        "{account} は {n} 人の空き時間がわかる",
        "{account} sees when {n|person is|people are} free",
    ),
    "doctor.calendars_unread": (
        "{account} には {of} 人中 {n} 人の空き時間がわからない（{names}）:",
        "{account} cannot see when {n} of {of} people are free ({names}):",
    ),
    "doctor.hints": ("{provider} からの知らせ", "hints from {provider}"),
    "doctor.hints_come": (
        "{n} 人のカレンダーの変更を、すぐに知らせてもらう",
        "of {n|calendar|calendars} we are told at once when they change",
    ),
    "doctor.hints_later": (
        "面談が決まると、変更を知らせてもらう",
        "we ask to be told of changes once there is a meeting",
    ),
    "doctor.mail_hints": ("{mailbox} に届くメール", "mail that comes to {mailbox}"),
    "doctor.mail_hints_come": (
        "届いたことを、すぐに知らせてもらう（これまで {n} 回）",
        "we are told at once that it came ({n|time|times} so far)",
    ),
    "doctor.mail_hints_later": (
        "worker が読み始めると、届いたことを知らせてもらう",
        "we ask to be told of it once the worker reads it",
    ),
    "doctor.mail_hints_off": (
        "知らせは受けず、20秒ごとに見に行く",
        "nobody tells us: we look every 20 seconds",
    ),
    "doctor.mail_hints_never": (
        "Gmail はトピックに知らせているのに、こちらには一度も届いていない",
        "Gmail tells the topic, and nothing of it has ever reached us",
    ),
    "doctor.mail_hints_never.do": (
        "docs/connecting.md の「Being told of mail at Gmail」を見て、プッシュ先を確かめる",
        'look where the subscription pushes to: docs/connecting.md, "Being told of mail at Gmail"',
    ),
    "doctor.calendars_do.google": (
        "docs/connecting.md の「Google」を見て、ドメイン全体の委任と権限を確かめる",
        'look at the delegation and its rights as docs/connecting.md says under "Google"',
    ),
    "doctor.calendars_do.microsoft": (
        "docs/connecting.md の「Microsoft」を見て、権限とその範囲を確かめる",
        'look at the rights and whom they reach as docs/connecting.md says under "Microsoft"',
    ),
    "doctor.addresses.caldav": ("CalDAV の予定表", "calendars at CalDAV"),
    "doctor.addresses.files": ("アドレスのある予定表", "calendars with an address"),
    "doctor.files": ("staff.csv のアドレス", "their addresses in staff.csv"),
    "doctor.calendars_do.caldav": (
        "docs/connecting.md の「CalDAV」を見て、アドレス、パスワード、共有を確かめる",
        'look at address, password and sharing as docs/connecting.md says under "CalDAV"',
    ),
    "doctor.calendars_do.files": (
        "staff.csv のアドレスをブラウザーで開いて確かめる。CalDAV は calendars: caldav: に書く",
        "open the addresses of staff.csv in a browser; CalDAV is set up under calendars: caldav:",
    ),
    "doctor.not_looked_at": (
        "記録が使えないため、見ていません",
        "not looked at, for the store cannot be used",
    ),
    "doctor.reading": ("{mailbox} の受信", "{mailbox}, reading"),
    "doctor.can_be_read": ("{place} を読める {told}", "{place} can be read. {told}"),
    "doctor.no_imap_password.do": (
        ".env に IMAP_PASSWORD=… を書く",
        "write IMAP_PASSWORD=… into .env",
    ),
    "doctor.rights": ("権限: {rights}。", "May do: {rights}."),
    "doctor.left": (
        "今日は {most} 通のうち、あと {n} 通送れる",
        "{n} of {most} mails are left for today",
    ),
    "doctor.too_much": (
        "ただし {rights} は会社のすべてのメールボックスに届きます",
        "But {rights} reaches every mailbox of the company",
    ),
    "doctor.too_much.do": (
        "Entra の許可を外し、Exchange で範囲を決めて与える（docs/connecting.md の「Microsoft」）",
        'take it back in Entra and give it in Exchange (docs/connecting.md, "Microsoft")',
    ),
    "doctor.connect_do": ("tsunagu connect {provider}", "tsunagu connect {provider}"),
    "doctor.domain": ("ドメイン {domain}", "domain {domain}"),
    "doctor.domain.nowhere": ("DNS にありません", "is not in the DNS"),
    "doctor.domain.silent": ("DNS に聞けません（{said}）", "the DNS cannot be asked ({said})"),
    "doctor.domain.do": ("dig TXT {domain}", "dig TXT {domain}"),
    "doctor.spf.fine": ("SPF はよい", "SPF is fine"),
    "doctor.spf.missing": ("SPF がありません", "there is no SPF"),
    "doctor.spf.two": (
        "SPF が二つあり、どちらも効きません（{said}）",
        "there are two SPF records, so neither counts ({said})",
    ),
    "doctor.spf.lookups": (
        "SPF の問い合わせが {said} 回で、10 回を超えるため効きません",
        "SPF needs {said} look-ups; above 10 it does not count",
    ),
    "doctor.spf.stranger": (
        "SPF に、実際に送るところが含まれていません（{said}）",
        "SPF does not name who really sends ({said})",
    ),
    "doctor.spf.open": (
        "SPF が、ほかからの送信を断っていません（{said}）",
        "SPF says no to nobody ({said})",
    ),
    "doctor.spf.do": (
        "{domain} の TXT に一つだけ: v=spf1 include:（送るところ） ~all",
        "one TXT at {domain}: v=spf1 include:(who sends) ~all",
    ),
    "doctor.dkim.fine": ("DKIM の鍵がある（{said}）", "DKIM has a key ({said})"),
    "doctor.dkim.missing": ("DKIM の鍵がありません（{said}）", "DKIM has no key ({said})"),
    "doctor.dkim.unsure": (
        "DKIM の鍵は、よくある名前にはない",
        "DKIM has no key under a usual name",
    ),
    "doctor.dkim.do": (
        "送るところの管理画面で DKIM を有効にする（docs/connecting.md の「SPF, DKIM, DMARC」）",
        'switch DKIM on where the mails leave (docs/connecting.md, "SPF, DKIM, DMARC")',
    ),
    "doctor.dmarc.fine": ("DMARC は p={said}", "DMARC is p={said}"),
    "doctor.dmarc.missing": ("DMARC がありません", "there is no DMARC"),
    "doctor.dmarc.two": (
        "DMARC が二つあり、どちらも効きません（{said}）",
        "there are two DMARC records, so neither counts ({said})",
    ),
    "doctor.dmarc.empty": ("DMARC に p= がありません（{said}）", "DMARC has no p= ({said})"),
    "doctor.dmarc.do": (
        "_dmarc.{domain} の TXT に: v=DMARC1; p=none; rua=mailto:…（docs/connecting.md）",
        "a TXT at _dmarc.{domain}: v=DMARC1; p=none; rua=mailto:… (docs/connecting.md)",
    ),
    "doctor.clock": ("時計", "clock"),
    "doctor.clock.fine": ("{place} の時計と合っている", "agrees with that of {place}"),
    "doctor.clock.ahead": (
        "{place} の時計より {n} 秒進んでいます",
        "is {n|second|seconds} ahead of that of {place}",
    ),
    "doctor.clock.behind": (
        "{place} の時計より {n} 秒遅れています",
        "is {n|second|seconds} behind that of {place}",
    ),
    "doctor.clock.unknown": (
        "{place} の時計がわかりません（{why}）",
        "that of {place} is not known ({why})",
    ),
    "doctor.alerts": ("担当者へのお知らせ", "Messages to staff"),
    "doctor.alerts.fine": (
        "{mailbox} から送ります。止まったことは {who} さんに、{mailbox} が止まれば {other} から",
        "go from {mailbox}. That something stopped is told to {who}, from {other} if that stopped",
    ),
    "doctor.alerts.alone": (
        "{mailbox} から送ります。ほかのメールボックスがなく、これが止まると知らせられません",
        "go from {mailbox}. There is no other mailbox: when this one stops, nobody can be told",
    ),
    "doctor.alerts.alone.do": (
        "tsunagu.yaml の mailboxes に、別のメールボックスをもう一つ書く",
        "write another mailbox under mailboxes in tsunagu.yaml",
    ),
    "doctor.webhook": ("Webhook {name}", "Webhook {name}"),
    "doctor.webhook.by_step": (
        "署名つき。宛先は手順ごとに書かれています",
        "signed; each step says where it goes",
    ),
    "doctor.webhook.fine": (
        "{place} へ、署名つき。呼ぶのは手順だけなので、試してはいません",
        "to {place}, signed; only steps call it, so it was not tried",
    ),
    "doctor.webhook.plain": (
        "{place} へ、暗号化されずに送られます",
        "to {place}, readable for everybody on the way",
    ),
    "doctor.webhook.plain.do": (
        "tsunagu.yaml の webhooks の {name} の url を https:// にする",
        "write https:// into the url of {name} under webhooks in tsunagu.yaml",
    ),
    "doctor.channel": (
        "設定はありますが、この版ではまだ送りません",
        "is set up, and this release sends nothing there yet",
    ),
    "doctor.channel.do": (
        "channels の {name} は、そのままでかまいません",
        "{name} under channels may stay as it is",
    ),
    "doctor.no_smtp": ("smtp: の設定がありません", "there is no smtp: in the settings"),
    "doctor.no_smtp.do": (
        "tsunagu.yaml の mailboxes の {mailbox} に smtp: {{host: …}} を書く",
        "write smtp: {{host: …}} under {mailbox} in tsunagu.yaml",
    ),
    "doctor.no_password": ("{user} のパスワードがありません", "there is no password for {user}"),
    "doctor.no_password.do": (".env に SMTP_PASSWORD=… を書く", "write SMTP_PASSWORD=… into .env"),
    "doctor.not_asked": ("{place}（つないでいません）", "{place} (not asked)"),
    "doctor.signed_in": ("{user} としてサインインできる", "signed in as {user}"),
    "doctor.takes": ("{place} はメールを受け取る {told}", "{place} would take mail. {told}"),
    "doctor.server": ("{place}: {why}", "{place}: {why}"),
    "doctor.server_do": (
        "host・port・tls・パスワードを確かめる: openssl s_client -connect {host}:{port}",
        "look at host, port, tls and password: openssl s_client -connect {host}:{port}",
    ),
    "demo.begins": (
        "架空の {n} 人との一年。すべてこのマシンの中で起こり、外へは何も出ません。",
        "A year with {n} people who do not exist, on this machine alone: nothing leaves it.",
    ),
    "demo.by_smtp": (
        "メールは 127.0.0.1:{port} の SMTP サーバーへ渡します。",
        "Mails go by SMTP to 127.0.0.1:{port}.",
    ),
    "demo.at_google": (
        "メールも予定表も、{url} にある Gmail と Google カレンダー(Google の API)を使います。",
        "Mails and calendars are Gmail's and Google Calendar's, by Google's API at {url}.",
    ),
    "demo.at_microsoft": (
        "メールも予定表も、{url} にある Microsoft 365(Microsoft Graph)を使います。",
        "Mails and calendars are Microsoft 365's, by Microsoft Graph at {url}.",
    ),
    "demo.reads.imap": ("IMAP", "IMAP"),
    "demo.reads.google": ("Gmail の API", "Gmail's API"),
    "demo.reads.microsoft": ("Microsoft Graph", "Microsoft Graph"),
    "demo.listens": (
        "返事は本物のメールとして 127.0.0.1:{port} に届き、つなぐが IMAP で読み取ります。",
        "Answers come as real mails into a mailbox at 127.0.0.1:{port}, and are read by IMAP.",
    ),
    "demo.lacks": (
        "IMAP サーバーがないため、返事はメールではなく記録として入れます。{missing}",
        "There is no IMAP server, so answers are noted and not read as mails. {missing}",
    ),
    "demo.calendars": (
        "社員の予定表は {google}(Google の API)と {microsoft}(Microsoft Graph)にあります。",
        "Calendars of staff are at {google} (Google's API) and {microsoft} (Microsoft Graph).",
    ),
    "demo.promise.free": (
        "同じ時間に二つの予定が入った人はいない(予定表そのものを見て確認)",
        "nobody was booked twice for the same time, as the calendars themselves show",
    ),
    "demo.promise.calendars": (
        "面談はどれも、記録と同じ時間に、予定表に一つだけある",
        "every meeting is in its calendar once, at the time the journal has",
    ),
    "demo.talks": ("面談ごと", "By meeting"),
    "demo.when": ("日時", "when"),
    "demo.meeting": ("面談", "meeting"),
    "demo.calendar": ("予定表", "calendar"),
    "demo.story": ("経過", "what happened"),
    "demo.calendar.google": ("Google", "Google"),
    "demo.calendar.microsoft": ("Outlook", "Outlook"),
    "demo.calendar.mail": ("メール", "mail"),
    "demo.talk.reserved": ("仮押さえ", "held beforehand"),
    "demo.talk.booked": ("予約", "booked"),
    "demo.talk.accepted": ("承諾", "accepted"),
    "demo.talk.declined": ("都合が悪い", "declined"),
    "demo.talk.moved": ("時間を変更", "moved"),
    "demo.talk.cancelled": ("予定表から削除", "deleted by hand"),
    "demo.talk.failed": ("人事に引き継ぎ", "left to HR"),
    "demo.talk.held": ("実施", "held"),
    "demo.talk.proposed": ("別の時間を提案", "another time proposed"),
    "demo.talk.dragged": ("社員が手で移動", "dragged by hand"),
    "demo.promise.ahead": (
        "約束した1on1の案内は、前もって押さえた時間に、その時がきてすぐに届いた",
        "whoever was promised a talk was invited the moment it was due, to a time held beforehand",
    ),
    "demo.promise.briefed": (
        "面談の前に、社員は必ず相手についての説明を受け取った",
        "every colleague had a brief before the meeting",
    ),
    "demo.promise.invited": (
        "同じ面談に二度招待された人はいない",
        "nobody was invited twice to the same meeting",
    ),
    "demo.noted": (
        "返事はメールとして読まず、記録として入れました。{missing}",
        "Answers were noted, and not read as mails. {missing}",
    ),
    "demo.read": (
        "候補者と社員からのメール {n} 通を、{how} で読み取りました。",
        "{n|mail|mails} of candidates and staff came in, and were read by {how}.",
    ),
    "demo.manner": ("ふるまい", "behaviour"),
    "demo.told": ("知らせた相手", "told of a silence"),
    "demo.manner.question": ("質問を返す", "asks back"),
    "demo.manner.silent": ("返事をしない", "stays silent"),
    "demo.manner.away": ("不在の自動応答のあと返事", "is away first"),
    "demo.manner.elsewhere": ("別のアドレスから返事", "writes from another address"),
    "demo.manner.reminded": ("フォローのあと返事", "answers the reminder"),
    "demo.manner.declines": ("一文で辞退", "declines in a sentence"),
    "demo.manner.below": ("引用の下に返事", "answers below the quote"),
    "demo.manner.called": ("電話のあと返事", "answers after a call"),
    "demo.manner.bounces": ("アドレスが消えた", "has an address that is no more"),
    "demo.manner.thread": ("そのまま返信", "answers on the thread"),
    "demo.manner.yes": ("「はい」とだけ返信", "answers a bare 'yes'"),
    "demo.promise.frozen": (
        "返事を待つメールがある間、自動のメールは一通もない",
        "nothing automatic went out while somebody's own mail waited for a human",
    ),
    "demo.promise.staff": (
        "社員が対応したあと、次の人への知らせは一通もない",
        "nobody further was told after a colleague had seen to it",
    ),
    "demo.promise.read": (
        "届いたメールは、どれも一度だけ、正しい人の正しい種類として読まれた",
        "every mail that came in was read once, as what it is, of whom it is",
    ),
    "demo.progress": ("一年を進めています", "living through the year"),
    "demo.by_person": ("人ごと", "By person"),
    "demo.by_step": ("ステップごと", "By step"),
    "demo.who": ("人", "person"),
    "demo.mails": ("メール", "mails"),
    "demo.reminders": ("うちフォロー", "reminders"),
    "demo.answers": ("返事", "answers"),
    "demo.silent": ("返事なし", "silent"),
    "demo.end": ("その後", "in the end"),
    "demo.step": ("ステップ", "step"),
    "demo.done": ("回数", "done"),
    "demo.rungs": ("フォローの段ごとの人数", "people on each rung"),
    "demo.unreachable": ("アドレスが使えない", "has no address that works"),
    "demo.end.declined": ("辞退 {day}", "declined {day}"),
    "demo.end.joined": ("入社 {day}", "joined {day}"),
    "demo.total": (
        "メール {mails} 通と社員への知らせ {alerts} 通を、{seconds} 秒で届けました。",
        "{mails|mail|mails} and {alerts|alert|alerts} to staff arrived, in {seconds} s.",
    ),
    "demo.promise.answered": (
        "返事をした人に、その後のフォローは一通もない",
        "nobody was reminded after answering",
    ),
    "demo.promise.declined": (
        "辞退した人に、その後のメールは一通もない",
        "nobody was written to after declining",
    ),
    "demo.promise.bounced": (
        "届かずに戻ったアドレスへ、その後に送ったメールは一通もない",
        "nothing went to an address from which a mail had come back",
    ),
    "demo.promise.once": ("二度届いたメールは一通もない", "no mail arrived twice"),
    "demo.promise.account": (
        "記録とサーバーに届いたメールが、一通も違わず同じ",
        "the journal and the server agree on every mail",
    ),
    "demo.promise.budget": (
        "同じ日に二通届いた人はいない(本人の都合で面談の時間を改めた知らせを除く)",
        "nobody was written to twice on one day, but for a new time they had asked for",
    ),
    "demo.kept": (
        (
            "ワークスペースとメールを残しました。見てみるには: tsunagu timeline {person}"
            " --workspace {folder}"
        ),
        (
            "The workspace and the mails are kept. Look: tsunagu timeline {person} --workspace "
            "{folder}"
        ),
    ),
    "demo.there": (
        "{folder} はすでにあります。別の名前を指定してください。",
        "{folder} is there already. Name another one.",
    ),
    "timeline.none": ("まだ何も起きていません。", "Nothing has happened so far."),
    "timeline.day": ("日", "day"),
    "timeline.time": ("時刻", "time"),
    "timeline.remark": ("備考", "remarks"),
    "timeline.subject": ("「{subject}」", "'{subject}'"),
    "timeline.said": ("{who}「{text}」", "{who}: '{text}'"),
    "timeline.until": ("{day} まで", "until {day}"),
    "timeline.retracted": ("取り消し", "withdrawn"),
    "timeline.ahead": (
        "うち {n} 件は、これからの日付です。",
        "{n|of these lies|of these lie} ahead.",
    ),
    "source.import": ("名簿から", "from the table"),
    "source.mail": ("メールから", "from a mail"),
    "source.human": ("人が記入", "noted by a human"),
    "source.demo": ("デモ", "demo"),
    "source.rehearsal": ("稽古", "rehearsal"),
    "why.nothing": ("言うことはまだありません。", "There is nothing to tell so far."),
    "why.in_none": (
        (
            "どのプレイブックにも参加していません。for: の条件に合わないか、まだ tsunagu up を始め"
            "ていません。"
        ),
        "In no playbook: no `for:` takes this person in, or tsunagu up has not run so far.",
    ),
    "why.parked": (
        "tsunagu の誤りで、この方のことを決められません。もう一度試す: tsunagu release {id}",
        "A fault of ours keeps this person from being decided on. Try again: tsunagu release {id}",
    ),
    "why.question": (
        "メール {number} が返事を待っています（{when} に届く。担当: {owner}、期限: {due}）",
        "Mail {number} of {when} waits for an answer by {owner}, due {due}",
    ),
    "why.unavailable": (
        "{when} に本人から聞いた都合の悪い時間: {times}。面談はこの時間を避けます。",
        "On {when} they said that they cannot come at {times}: meetings keep out of it.",
    ),
    "why.for_good": (
        "{when} の「{what}」のため、この方にはもう送りません。",
        "Nothing goes to this person any more: {what} on {when}.",
    ),
    "why.no_reason": ("理由の記録がない", "no reason is on record"),
    "why.done": ("{step}: {when} に済み。{why}。", "{step}: done {when}, because {why}."),
    "why.draft": ("{step}: 承認待ち。{why}。", "{step}: waits for approval; {why}."),
    "why.ready": (
        "{step}: 送信待ち（{when} から）。{why}。",
        "{step}: ready since {when}, because {why}.",
    ),
    "why.claimed": ("{step}: 送信の準備中。{why}。", "{step}: being prepared, because {why}."),
    "why.begun": ("{step}: 送信中。{why}。", "{step}: being handed over, because {why}."),
    "why.arranged": (
        "{step}: 時間を調整中（{when} から）。{why}。",
        "{step}: a time is being found since {when}, because {why}.",
    ),
    "why.doubt": ("{step}: 届いたか不明（{when}）。{why}。", "{step}: in doubt ({when}); {why}."),
    "why.refused": (
        "{step}: 届かなかった（{when}）。{why}。",
        "{step}: did not go ({when}); {why}.",
    ),
    "why.cancelled": ("{step}: 取りやめ（{when}）。{why}。", "{step}: called off ({when}); {why}."),
    "why.parked_state": ("{step}: 保留。{why}。", "{step}: set aside; {why}."),
    "why.waiting": ("{step}: {when} の予定。{why}。", "{step}: planned for {when}, because {why}."),
    "why.waiting.fact": (
        "{step}: 「{fact}」を待っている。{why}。",
        "{step}: waits for '{fact}'; {why}.",
    ),
    "why.waiting.only": ("{step}: 「{fact}」を待っている。", "{step}: waits for '{fact}'."),
    "why.waiting.human": ("{step}: 人の判断を待っている。{why}。", "{step}: waits; {why}."),
    "why.left": (
        "{step}: 今は行われない。{why}。",
        "{step}: is left for now; {why}.",
    ),
    "why.stopped": ("{step}: もう行われない。{why}。", "{step}: will not happen any more; {why}."),
    "why.skipped": (
        "{step}: 行わない（{when}）。{why}。",
        "{step}: skipped ({when}), because {why}.",
    ),
    "why.missed": (
        "{step}: 時機を逃した（{when}）。{why}。",
        "{step}: missed ({when}), because {why}.",
    ),
    "why.line": ("playbook.yaml {line} 行目: {source}", "playbook.yaml line {line}: {source}"),
    "why.held": (
        "時間は押さえてあります: {when}、{names}（{since}から。まだ誰にも知らせていません）",
        "a time is held: {when}, {names} (since {since}; nobody is told yet)",
    ),
    "why.no_time": ("時間が決まらない理由: {why}", "why it has no time: {why}"),
    "why.help": ("こうすると決まる: {why}", "what would help: {why}"),
    "why.said": ("相手の言葉: {said}", "what was said: {said}"),
}
