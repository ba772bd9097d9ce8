"""Sentences of the worker: `up`, `beat`, `work`."""

WORDS: dict[str, tuple[str, str]] = {
    "monitor.began": (
        "監視用のページ: http://{host}:{port}/metrics",
        "Pages for machines: http://{host}:{port}/metrics",
    ),
    "monitor.busy": (
        "監視用のページを {host}:{port} で開けません: {why}\ntsunagu up --monitor 9464",
        "Pages for machines cannot be served at {host}:{port}: {why}\ntsunagu up --monitor 9464",
    ),
    "monitor.where": (
        "「{where}」は場所として読めません。\ntsunagu up --monitor 127.0.0.1:9464",
        "'{where}' is no place to serve at.\ntsunagu up --monitor 127.0.0.1:9464",
    ),
    "upgrade.done": (
        "記録をこの版に合わせました: {store}",
        "The journal is of this release now: {store}",
    ),
    "upgrade.nothing": (
        "記録はもうこの版のものです: {store}",
        "The journal is of this release already: {store}",
    ),
    "upgrade.moving": ("移しています", "moving"),
    "upgrade.moved": (
        (
            "{n} 行を {store} へ移し、数が同じことを確かめました。\n"
            "{path} からはもう送りません。移した先を答えるだけですが、全員の記録は残っています。"
            "うまく動いたら消してください。\ntsunagu status"
        ),
        (
            "{n|row|rows} moved to {store}, and counted alike there.\n"
            "Nothing is sent from {path} any more: it says where it went. Everybody is in it still;"
            " remove it when all is well.\ntsunagu status"
        ),
    ),
    "upgrade.no_file": ("{path} というファイルはありません。", "There is no file {path}."),
    "upgrade.same": (
        (
            "{path} は、いま設定にある store そのものです。"
            "移す先を tsunagu.yaml の store に書いてください。"
        ),
        (
            "{path} is the very store of the settings. "
            "Write where it is to go as `store` in tsunagu.yaml."
        ),
    ),
    "up.began": (
        "動いています（プロセス {pid}、プレイブック {playbooks} 件）。終えるには Ctrl+C。",
        "Working: process {pid}, {playbooks|playbook|playbooks}. Ctrl+C ends it.",
    ),
    "up.recovered": (
        (
            "前回、途中で止まったときの {n} 件を引き取りました。"
            "届いたか不明なものは tsunagu doubts で見られます。"
        ),
        (
            "Took over {n|message|messages} that an earlier worker left behind. "
            "tsunagu doubts shows those that may have gone."
        ),
    ),
    "up.idle": ("今することは、もうありません。", "Nothing is due now."),
    "up.ended": ("終えました。途中のものはありません。", "Ended. Nothing is in flight."),
    "up.closed": (
        "{lane} は止まっています（{why}）。\ntsunagu status",
        "{lane} is closed: {why}.\ntsunagu status",
    ),
    "up.fuse": (
        (
            "一度に送る相手が予定よりはるかに多いため、止めています。確かめてから放してください。\n"
            "tsunagu status\ntsunagu release --fuse"
        ),
        (
            "Far more people than foreseen would be written to, so they are held. Look first.\n"
            "tsunagu status\ntsunagu release --fuse"
        ),
    ),
    "up.clock": (
        (
            "時計が前回より前の時刻を指しているため、何も送りません。時計を確かめてください。\n"
            "今の時刻が正しければ: tsunagu release --clock"
        ),
        (
            "The clock shows an earlier time than before, so nothing is sent. Look at the clock.\n"
            "If it is right now: tsunagu release --clock"
        ),
    ),
    "up.clock_wrong": (
        "{process} の時計が正しくないため、そこからは何も送りません。\ntsunagu status",
        "The clock of {process} is wrong, so nothing is sent from there.\ntsunagu status",
    ),
    "up.journal": (
        (
            "記録が、実際に送ったものより古くなっています。確かめるまで何も送りません。\n"
            "tsunagu reconcile"
        ),
        (
            "The journal is older than what was sent. Nothing is sent until that is cleared up.\n"
            "tsunagu reconcile"
        ),
    ),
    "reconcile.nothing": (
        (
            "記録に欠けはありません。バックアップから戻したのなら:\n"
            "tsunagu reconcile --since '2026-05-20 03:00'"
        ),
        "Nothing is lost. If a backup was restored: tsunagu reconcile --since '2026-05-20 03:00'",
    ),
    "reconcile.future": ("{at} はまだ来ていません。", "{at} is still to come."),
    "reconcile.typed": (
        (
            "{since} から {until} までの記録がありません。その間に送ったメールと会議は、"
            "これから相手のサーバーに尋ねます。\n"
            "その間に人が入力したことは、どこにも残っていません。先に入力し直してください:\n"
            "  名簿の取り込み（tsunagu people import）、削除（people erase）、hold、fact、pause、"
            "承認、タスクの完了、ページへの回答"
        ),
        (
            "Of the time from {since} to {until} nothing is known. What was sent and booked in it"
            " is asked of its servers now.\n"
            "What people typed in it is nowhere any more. Type it again first:\n"
            "  imports and erasures (tsunagu people import, erase), hold, fact, pause, approvals,"
            " finished tasks,"
            " answers on pages"
        ),
    ),
    "reconcile.waits": (
        "何も変えていません。入力し直したら: tsunagu reconcile",
        "Nothing was changed. When it is typed again: tsunagu reconcile",
    ),
    "reconcile.unread": (
        (
            "{mailbox} を読めないため、その間の返信が分かりません（{why}）。何も送りません。\n"
            "tsunagu doctor"
        ),
        (
            "{mailbox} cannot be read, so replies of that time are not known ({why})."
            " Nothing is sent.\ntsunagu doctor"
        ),
    ),
    "reconcile.in_use": (
        "この記録は、別の tsunagu（プロセス {pid}）が使っています。止めてから:\nkill {pid}",
        "This journal is in use by another tsunagu, process {pid}. End it first:\nkill {pid}",
    ),
    "reconcile.found": (
        "送ったと分かったメール: {n} 通",
        "{n|mail|mails} found to have gone",
    ),
    "reconcile.booked": (
        "カレンダーにあった会議: {n} 件",
        "{n|meeting|meetings} found in calendars",
    ),
    "reconcile.to_ask": (
        "まもなく尋ねるメール: {n} 通（相手のサーバーが見つけられるようになってから）",
        "{n|mail is|mails are} asked about soon, when the server can be expected to know",
    ),
    "reconcile.doubts": (
        "誰にも尋ねられないもの: {n} 件（tsunagu doubts）",
        "{n|thing|things} that nobody can be asked about: tsunagu doubts",
    ),
    "reconcile.to_do": (
        "送っていないと分かったもの: {n} 件。これから送ります。",
        "{n|thing has|things have} certainly not gone, and will",
    ),
    "reconcile.done": (
        "続けられます。\ntsunagu up",
        "It may go on.\ntsunagu up",
    ),
    "listen.began": (
        "{n} 件のメールボックスを読んでいます（プロセス {pid}）。終えるには Ctrl+C。",
        "Reading {n|mailbox|mailboxes}: process {pid}. Ctrl+C ends it.",
    ),
    "listen.looked": (
        "読みました。人を待っているメール: {n} 通（tsunagu inbox）",
        "All is read. {n|mail waits|mails wait} for a human: tsunagu inbox",
    ),
    "listen.elsewhere": (
        "メールは、別の tsunagu（プロセス {pid}）が読んでいます。",
        "Mail is read by another tsunagu, process {pid}.",
    ),
    "listen.in_use": (
        "メールは、別の tsunagu（プロセス {pid}）が読んでいます。\nkill {pid}",
        "Mail is read by another tsunagu, process {pid}.\nkill {pid}",
    ),
    "listen.nothing": (
        "読むメールボックスがありません。mailboxes に imap を書いてください。\ntsunagu doctor",
        "No mailbox is to be read: write `imap` below one in tsunagu.yaml.\ntsunagu doctor",
    ),
    "pages.began": (
        "{url} のページを {host}:{port} で出しています（プロセス {pid}）。終えるには Ctrl+C。",
        "Serving the pages of {url} at {host}:{port}: process {pid}. Ctrl+C ends it.",
    ),
    "pages.beside": (
        "{url} のページを {host}:{port} で出しています。",
        "Serving the pages of {url} at {host}:{port}.",
    ),
    "pages.elsewhere": (
        "ページは、別の tsunagu（プロセス {pid}）が出しています。",
        "The pages are served by another tsunagu, process {pid}.",
    ),
    "pages.in_use": (
        "ページは、別の tsunagu（プロセス {pid}）が出しています。\nkill {pid}",
        "The pages are served by another tsunagu, process {pid}.\nkill {pid}",
    ),
    "pages.no_url": (
        (
            "ページの入り口がありません。tsunagu.yaml に、候補者のブラウザーから見たアドレスを"
            "書いてください。\npublic_url: https://tsunagu.example.co.jp"
        ),
        (
            "Nobody's browser would find the pages: say in tsunagu.yaml where they are.\n"
            "public_url: https://tsunagu.example.co.jp"
        ),
    ),
    "pages.busy": (
        (
            "{host}:{port} では待ち受けられません（{why}）。tsunagu.yaml に別のポートを書いて"
            "ください。\npages:\n  port: 8481"
        ),
        (
            "Cannot listen at {host}:{port}: {why}. Say another port in tsunagu.yaml.\n"
            "pages:\n  port: 8481"
        ),
    ),
    "up.only_here": (
        (
            "メールのリンクが {url} になり、受け取った人の電話からは開けません。\n"
            "tsunagu.yaml の public_url に、外から見えるアドレスを書いてください"
            "（docs/pages.md）。\n"
            "tsunagu doctor"
        ),
        (
            "Links in mails would lead to {url}, which nobody's phone can open.\n"
            "Say in tsunagu.yaml where browsers reach this machine (docs/pages.md).\n"
            "tsunagu doctor"
        ),
    ),
    "up.in_use": (
        "{store} は、別の tsunagu（プロセス {pid}）が使っています。\nkill {pid}",
        "{store} is in use by another tsunagu, process {pid}.\nkill {pid}",
    ),
    "up.other_journal": (
        (
            "{store} は新しい記録ですが、ここからは別の記録ですでにメールなどが送られています。"
            "このまま始めると、同じ人に同じものがもう一度届きます。\n"
            "記録を消した、または store を書き換えたのなら、元に戻してください。"
            "初めからやり直すのなら:\nrm -r {folder}"
        ),
        (
            "{store} is a new journal, but another one has sent from here already: people would get"
            " the same again.\nIf the journal was deleted, or `store` was changed, put it back."
            " If everything is to begin anew:\nrm -r {folder}"
        ),
    ),
    "up.no_playbook": (
        "プレイブックがないため、することがありません: {folder}\ntsunagu init DIR",
        "There is no playbook in {folder}, so there is nothing to do.\ntsunagu init DIR",
    ),
    "up.needs_redis": (
        (
            "tsunagu {verb} は、いくつものプロセスで動かすためのものです。"
            "tsunagu.yaml に broker: redis://… を書いてください。\n"
            "一つのプロセスで足りるなら: tsunagu up"
        ),
        (
            "tsunagu {verb} is for several processes: write broker: redis://… in tsunagu.yaml.\n"
            "If one process is enough: tsunagu up"
        ),
    ),
}
