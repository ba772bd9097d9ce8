"""Sentences about workspaces, people, staff and facts."""

WORDS: dict[str, tuple[str, str]] = {
    "init.done": ("{folder} にワークスペースをつくりました。", "Made a workspace in {folder}."),
    "init.next": ("次は:", "Next:"),
    "init.cd": ("cd {folder}", "cd {folder}"),
    "init.check": ("tsunagu check", "tsunagu check"),
    "init.check.why": ("誤りがないか確かめる", "look for mistakes"),
    "init.import": (
        "tsunagu staff import && tsunagu people import",
        "tsunagu staff import && tsunagu people import",
    ),
    "init.import.why": ("社員と人を登録する", "make staff and people known"),
    "init.simulate": ("tsunagu simulate {playbook}", "tsunagu simulate {playbook}"),
    "init.simulate.why": ("一年を数秒で見る", "see a year in seconds"),
    "init.preview": (
        "tsunagu preview {playbook} --out preview",
        "tsunagu preview {playbook} --out preview",
    ),
    "init.preview.why": ("届くメールを見る", "see the mails"),
    "init.up": ("tsunagu up", "tsunagu up"),
    "init.up.why": (
        "始める（その前に tsunagu.yaml にメールサーバーを、.env にパスワードを書く）",
        "begin (before that: the mail server in tsunagu.yaml, its password in .env)",
    ),
    "init.there": (
        (
            "{folder} にはすでに {file} があります。別のフォルダを指定してください。\ntsunagu init "
            "{other}"
        ),
        "{folder} holds a {file} already. Name another folder.\ntsunagu init {other}",
    ),
    "init.file": (
        "{folder} はフォルダではありません。別の名前を指定してください。\ntsunagu init {other}",
        "{folder} is no folder. Name another one.\ntsunagu init {other}",
    ),
    "init.unshipped": (
        "同梱のプレイブックが見つかりません: {folder}",
        "The shipped playbooks are not in {folder}.",
    ),
    "check.fine": (
        "誤りはありません（{files|ファイル|ファイル}）。",
        "No mistakes in {files|file|files}.",
    ),
    "check.counts": (
        "誤り {errors} 件、注意 {warnings} 件。",
        "{errors|mistake|mistakes}, {warnings|warning|warnings}.",
    ),
    "check.progress": ("確かめています", "checking"),
    "people.count": ("{n} 人", "{n|person|people}"),
    "people.id": ("ID", "id"),
    "people.email": ("メール", "mail"),
    "people.kana": ("ふりがな", "reading"),
    "people.locale": ("言語", "locale"),
    "people.kind": ("区分", "kind"),
    "people.department": ("配属先", "department"),
    "people.mentor": ("メンター", "mentor"),
    "people.manager": ("上司", "manager"),
    "people.pace": ("連絡の頻度", "pace"),
    "people.timezone": ("時間帯", "zone"),
    "people.tags": ("タグ", "tags"),
    "people.playbooks": ("プレイブック", "playbooks"),
    "people.enrolled": (
        "{playbook} 第{serial}版（{since} から{paused}）",
        "{playbook} version {serial}, since {since}{paused}",
    ),
    "people.paused": ("、休止中", ", paused"),
    "people.reading": ("読んでいます", "reading"),
    "people.writing": ("登録しています", "writing"),
    "people.would": (
        (
            "登録すると: 新しく {added} 人、変わる {changed} 人、同じ {same} 人。まだ何も変えていま"
            "せん。"
        ),
        (
            "An import would add {added}, change {changed} and leave {same}. Nothing was changed "
            "so far."
        ),
    ),
    "people.did": (
        "登録しました: 新しく {added} 人、変わった {changed} 人、同じ {same} 人。",
        "Imported: {added} new, {changed} changed, {same} as before.",
    ),
    "people.added": ("＋ {who}", "+ {who}"),
    "people.changed": ("～ {who}　{fields}", "~ {who}  {fields}"),
    "people.more": ("ほか {n} 人", "and {n} more"),
    "people.missing": (
        "この表にない {n} 人は、そのままにしています。",
        "{n|person is|people are} known and not in this table; they stay as they are.",
    ),
    "people.exported": ("{file} に書き出しました（{n} 人）。", "Wrote {file} ({n|person|people})."),
    "people.exported.one": (
        "{file} に {person} のすべての記録を書き出しました。",
        "Wrote all that is known of {person} to {file}.",
    ),
    "people.erased.before": (
        "注意: {names} は以前に消した方のアドレスです。",
        "Note: the address of {names} is that of somebody who was erased.",
    ),
    "erase.question": (
        "{name}（{id}）のすべての記録を消します。元には戻せません。",
        "This erases all records of {name} ({id}) and cannot be taken back.",
    ),
    "erase.done": ("{id} を消しました。", "Erased {id}."),
    "erase.rows": ("{table}: {n} 行", "{table}: {n|row|rows}"),
    "erase.file": ("{path}: {n} 行を書き換え", "{path}: {n|line|lines} rewritten"),
    "erase.removed": ("{path}: 削除", "{path}: removed"),
    "erase.left": (
        "残したもの: 誤って再び連絡しないための、元に戻せない印だけ。",
        "Left: only a mark, with no way back to the address, so as not to write there by accident.",
    ),
    "erase.elsewhere": (
        (
            "tsunagu の手の届かないところ（メールサーバーの送信済み、バックアップ、git の履歴）は、"
            "別に消してください。"
        ),
        (
            "Out of our reach, to be seen to by you: the mail server's sent folder, backups, git hi"
            "story."
        ),
    ),
    "erase.machines": (
        "ほかのマシンにあるワークスペースの写しからも、people.csv の行などを消してください。",
        "Copies of this workspace on other machines hold what these files held: see to them, too.",
    ),
    "erase.held": (
        "{id} あてのメールを今まさに渡しています。少し待って、もう一度実行してください。",
        "A mail to {id} is being handed over this moment. Wait a little and type it again.",
    ),
    "staff.role": ("役割", "role"),
    "fact.noted": (
        "{name}: {fact} を {when} として記しました。",
        "{name}: noted {fact} as of {when}.",
    ),
    "fact.known": (
        "{name}: {fact}（{when}）はすでに記されています。",
        "{name}: {fact} of {when} is known already.",
    ),
    "fact.retracted": ("{name}: {fact} を取り消しました。", "{name}: withdrew {fact}."),
    "fact.none": ("{name} に {fact} は記されていません。", "{fact} is not known of {name}."),
    "fact.unknown": (
        "「{fact}」という事実を使うプレイブックはありません。",
        "No playbook speaks of a fact '{fact}'.",
    ),
    "fact.unavailable": (
        "「{found}」は都合の悪い時間として読めません。例: {example}",
        "'{found}' cannot be read as times at which somebody cannot come. Example: {example}",
    ),
    "fact.several": (
        (
            "「{fact}」はいくつかのプレイブックにあります: {known}。どれかを --playbook で指定して"
            "ください。"
        ),
        "'{fact}' is a fact of several playbooks: {known}. Say which by --playbook.",
    ),
    "fact.not_of_step": (
        "「{fact}」という事実はありません。あるのは: {known}",
        "There is no fact '{fact}'. There are: {known}",
    ),
    "fact.stops_then": (
        "{when} から、もう何も送られません: {playbooks}。それまでは続きます。",
        "From {when} on nothing more is sent by {playbooks}; until then it goes on.",
    ),
    "fact.stops": (
        "これにより、もう何も送られません: {playbooks}",
        "After this nothing more is sent by {playbooks}.",
    ),
}
