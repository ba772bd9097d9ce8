"""Sentences of every verb: what is wrong with a call, with a workspace, with this machine."""

WORDS: dict[str, tuple[str, str]] = {
    "fault": (
        "tsunagu の側の誤りで止まりました。記録はここにあります: {log}",
        "A fault of ours stopped this. What happened is written in {log}",
    ),
    "fault.unlogged": (
        "tsunagu の側の誤りで止まりました（{what}）。記録を {log} に書けませんでした。",
        "A fault of ours stopped this ({what}), and {log} could not be written.",
    ),
    "fault.promise": ("守れなかった約束: {what}", "The promise that was not kept: {what}"),
    "folder.gone": (
        "いまいるフォルダは、もうありません。\ncd",
        "The folder you are in is not there any more.\ncd",
    ),
    "disk.full": (
        (
            "ディスクがいっぱいで {path} に書けません。空きをつくって、もう一度実行してください。\n"
            "df -h {folder}"
        ),
        "The disk is full: {path} cannot be written. Make room and type it again.\ndf -h {folder}",
    ),
    "no.rights": (
        "{path} に触れる権限がありません。持ち主と権限を確かめてください。\nls -ld {path}",
        "{path} may not be touched by you. Look at its owner and rights.\nls -ld {path}",
    ),
    "file.trouble": (
        "{path} が使えません（{why}）。\nls -l {path}",
        "{path} cannot be used: {why}.\nls -l {path}",
    ),
    "store.trouble": (
        "記録のデータベースが使えません（{why}）。\ntsunagu doctor",
        "The store cannot be used: {why}.\ntsunagu doctor",
    ),
    "store.full": (
        (
            "ディスクがいっぱいで、記録のデータベースに書けません。空きをつくって、もう一度実行して"
            "ください。\ndf -h"
        ),
        "The disk is full: the store cannot be written. Make room and type it again.\ndf -h",
    ),
    "store.readonly": (
        "記録のデータベースに書き込む権限がありません。\ntsunagu doctor",
        "The store may not be written by you.\ntsunagu doctor",
    ),
    "store.locked": (
        (
            "記録のデータベースは別のプロセスが長く使っています。少し待って、もう一度実行してくださ"
            "い。"
        ),
        "Another process has had the store for long. Wait a little and type it again.",
    ),
    "store.damaged": (
        (
            "記録のデータベースのファイルが壊れています（{why}）。tsunagu を止めてから、控えに戻し"
            "てください。失われた間に送ったものは、次のコマンドが問い合わせます。\n"
            "tsunagu reconcile"
        ),
        (
            "The file of the store is damaged: {why}. Stop tsunagu and put the last backup back;"
            " what was sent since is then asked about.\ntsunagu reconcile"
        ),
    ),
    "store.in_use": (
        "{store} は、別の tsunagu（プロセス {pid}）が使っています。\nkill {pid}",
        "{store} is in use by another tsunagu, process {pid}.\nkill {pid}",
    ),
    "playbook.empty": ("{name} にはステップがありません。", "{name} has no steps."),
    "playbook.unknown": (
        "「{name}」というプレイブックはありません。あるのは: {known}",
        "There is no playbook '{name}'. There are: {known}",
    ),
    "playbook.none": (
        (
            "プレイブックがまだありません。{folder} の下に一つのフォルダとして置きます。\ntsunagu "
            "init DIR"
        ),
        "There is no playbook yet. Each is a folder below {folder}.\ntsunagu init DIR",
    ),
    "playbook.meant": ("もしかして: {name}", "Did you mean: {name}"),
    "person.unknown": ("「{name}」という人は登録されていません。", "Nobody is known as '{name}'."),
    "person.meant": ("もしかして: {names}", "Did you mean: {names}"),
    "person.look": ("tsunagu people list", "tsunagu people list"),
    "nobody": (
        "人がまだ登録されていません。\ntsunagu people import people.csv",
        "Nobody is known yet.\ntsunagu people import people.csv",
    ),
    "step.unknown": (
        "「{name}」というステップはありません。あるのは: {known}",
        "There is no step '{name}'. There are: {known}",
    ),
    "table.none": ("{path} というファイルはありません。", "There is no file {path}."),
    "table.none_here": (
        (
            "{folder} に {name}.csv も {name}.xlsx もありません。ファイルを指定してください。\n"
            "tsunagu {name} import FILE"
        ),
        (
            "{folder} holds neither {name}.csv nor {name}.xlsx. Name the file.\ntsunagu {name}"
            " import FILE"
        ),
    ),
    "table.folder": (
        "{path} はフォルダです。ファイルの名前を指定してください。",
        "{path} is a folder. Name a file.",
    ),
    "when.unreadable": (
        (
            "「{text}」は日付として読めません。2026-04-01、2026/4/1 10:00、2026年4月1日 のように書"
            "きます。"
        ),
        "'{text}' is no date. Write 2026-04-01, 2026-04-01 10:00 or 2026/4/1.",
    ),
    "span.backwards": (
        "終わりの日（{until}）が始まりの日（{since}）より前です。",
        "The last day ({until}) lies before the first ({since}).",
    ),
    "number.small": (
        "{name} は {least} 以上にします（{value} でした）。",
        "{name} is at least {least}; it was {value}.",
    ),
    "yes.needed": (
        "確認する人がいません。よければ --yes をつけて実行します。",
        "Nobody is here to be asked. Add --yes if it is meant.",
    ),
    "left.alone": ("何も変えませんでした。", "Nothing was changed."),
    "sure": ("よろしいですか。", "Is that right?"),
    "none": ("なし", "none"),
    "who": ("人", "person"),
    "when": ("いつ", "when"),
    "what": ("内容", "what"),
    "why": ("なぜ", "why"),
    "step": ("ステップ", "step"),
    "name": ("名前", "name"),
    "playbook": ("プレイブック", "playbook"),
    "number": ("番号", "number"),
    "kind.mail": ("メール", "mail"),
    "kind.meeting": ("面談", "meeting"),
    "kind.survey": ("アンケート", "survey"),
    "kind.message": ("メッセージ", "message"),
    "kind.task": ("人への依頼", "task"),
    "kind.notice": ("メールの知らせ", "notice of a mail"),
    "kind.alert": ("知らせ", "alert"),
    "kind.task_mail": ("依頼のメール", "mail of a task"),
    "kind.nudge": ("担当者への再度の知らせ", "reminder to staff"),
    "kind.update": ("記録の更新", "update"),
    "kind.enroll": ("別のプレイブックへ", "enroll"),
    "kind.webhook": ("外部への通知", "webhook"),
    "kind.invitation": ("面談の案内", "invitation"),
    "kind.new-time": ("新しい時間の案内", "new time"),
    "kind.reminder": ("面談の前のお知らせ", "reminder"),
    "kind.brief": ("面談メモ", "brief"),
    "kind.asked-again": ("社員への返事のお願い", "colleague asked again"),
    "kind.called-off": ("取りやめの連絡", "called off"),
    "kind.request": ("社員への予定の知らせ", "told to a colleague"),
    "kind.other-times": ("別の時間の案内", "other times offered"),
    "kind.cancellation": ("取りやめの知らせ", "taken back"),
    "kind.text-failed": ("文面のお知らせ", "word on a text that failed"),
    "kind.help": ("人事への相談", "call for help"),
    "rung": ("フォロー{n}", "rung {n}"),
    "occurrence": ("{n}回目", "no. {n}"),
}
