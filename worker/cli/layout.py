"""The files of a new workspace, in the company's language. Texts only; `init` writes them."""

SETTINGS_JA = """\
# yaml-language-server: $schema=.tsunagu/settings.schema.json
#
# ワークスペースの設定。書きかえたら「tsunagu check」で確かめます。
# ${{名前}} は、隣の .env か環境変数から読みます。パスワードはここに書かないでください。

company:
  name: {company}
  timezone: Asia/Tokyo
  holidays: JP                             # 祝日には送らない
  closed: [12-29..01-03, 08-13..08-15]     # 年末年始と夏季休業
  language: ja                             # 社員への知らせの言葉（内定者へは名簿の「言語」）

mailboxes:                                 # 差出人。プレイブックは hr、president という名で呼びます
  hr:
    address: {address}
    name: 採用担当
    smtp: {{host: {host}, port: 465, tls: implicit, user: {user}, password: "${{SMTP_PASSWORD}}"}}
    limits: {{per_minute: 30, per_day: 2000, connections: 3}}
  president:                               # 社長のアドレスから送るなら、書きかえてください
    address: {address}
    name: 社長
    smtp: {{host: {host}, port: 465, tls: implicit, user: {user}, password: "${{SMTP_PASSWORD}}"}}
    limits: {{per_minute: 30, per_day: 500, connections: 1}}

sending:                                   # プレイブックに sending がないときの決まり
  hours: 09:30-18:30
  days: business
  at_most: [1 per day, 3 per 2 weeks]      # 一人に送る上限。すべてのプレイブックを合わせて

# アンケートや配信停止のページの入り口。試すあいだはこのパソコンだけ。送りはじめる前に、
# 候補者の電話から開ける https のアドレスに書きかえてください（docs/pages.md）。
public_url: http://localhost:8480

# ここから下は、なくても動きます。
# store: sqlite:///.tsunagu/store.db       # 記録の置き場所
# alerts: {{from: hr}}                       # 社員への知らせを送るメールボックス
# pressure: error                          # オワハラの指摘を、注意ではなく誤りとして止める
# fuse: {{least: 50, times: 3}}              # 一度に 50 人を超え、予定の 3 倍を超えたら止めて尋ねる
"""

SETTINGS_EN = """\
# yaml-language-server: $schema=.tsunagu/settings.schema.json
#
# The settings of this workspace. After a change: tsunagu check
# ${{NAME}} is read from the .env beside this file, or from the environment. No password here.

company:
  name: {company}
  timezone: Asia/Tokyo
  holidays: JP                             # nothing is sent on these
  closed: [12-29..01-03, 08-13..08-15]     # days the company is closed, every year
  language: en                             # of messages to staff; candidates have person.locale

mailboxes:                                 # the senders; playbooks call them hr and president
  hr:
    address: {address}
    name: Recruiting
    smtp: {{host: {host}, port: 465, tls: implicit, user: {user}, password: "${{SMTP_PASSWORD}}"}}
    limits: {{per_minute: 30, per_day: 2000, connections: 3}}
  president:                               # change this to send from the president's own address
    address: {address}
    name: President
    smtp: {{host: {host}, port: 465, tls: implicit, user: {user}, password: "${{SMTP_PASSWORD}}"}}
    limits: {{per_minute: 30, per_day: 500, connections: 1}}

sending:                                   # for playbooks that do not say
  hours: 09:30-18:30
  days: business
  at_most: [1 per day, 3 per 2 weeks]      # to one person, over all playbooks together

# Where people open the pages behind the links in mails: surveys, a way to stop. For trying, this
# machine alone; before the first mail leaves, an https address for their phones (docs/pages.md).
public_url: http://localhost:8480

# All below is optional.
# store: sqlite:///.tsunagu/store.db       # where the journal lives
# alerts: {{from: hr}}                       # the mailbox that messages to staff leave from
# pressure: error                          # pressure on candidates is a mistake, not a warning
# fuse: {{least: 50, times: 3}}              # hold above 50 people a day and 3 times the plan
"""

DOTENV_JA = """\
# tsunagu.yaml の ${SMTP_PASSWORD} になります。このファイルは git に入れません。
# 行頭の # を消して、パスワードを書いてください。
# SMTP_PASSWORD=
"""

DOTENV_EN = """\
# This becomes ${SMTP_PASSWORD} in tsunagu.yaml. The file stays out of git.
# Take the # away and write the password.
# SMTP_PASSWORD=
"""

GITIGNORE = """\
.env
.tsunagu/*
!.tsunagu/*.schema.json
preview/
"""

STAFF_JA = """\
ID,氏名,メール,役割,部署
s-suzuki,鈴木 一郎,suzuki@example.com,hr,人事部
s-sato,佐藤 京子,sato@example.com,hr_manager,人事部
s-takahashi,高橋 健,takahashi@example.com,mentor,開発部
s-ito,伊藤 彩,ito@example.com,mentor,営業部
s-kato,加藤 誠,kato@example.com,department_manager,開発部
s-yoshida,吉田 恵,yoshida@example.com,department_manager,営業部
"""

STAFF_EN = """\
id,name,email,role,department
s-suzuki,Ichiro Suzuki,suzuki@example.com,hr,People
s-sato,Kyoko Sato,sato@example.com,hr_manager,People
s-takahashi,Ken Takahashi,takahashi@example.com,mentor,Engineering
s-ito,Aya Ito,ito@example.com,mentor,Sales
s-kato,Makoto Kato,kato@example.com,department_manager,Engineering
s-yoshida,Megumi Yoshida,yoshida@example.com,department_manager,Sales
"""
