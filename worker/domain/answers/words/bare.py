"""What a short answer is made of that asks for nothing: greetings, thanks, "understood", goodbyes.

Each pattern has to fit a whole piece of a text: what stands between commas, full stops and line
ends. Width folded, lower case. The lists are closed on purpose: whatever is not in them waits for
a human, so that `無理です` or `参加します` is never passed over.
"""

_VERY = "(?:誠に|本当に|大変|どうも|心より|心から|重ねて)*"
_SENT = (
    "(?:ご?連絡|ご?返信|ご?返事|お返事|ご?案内|メール|お知らせ|ご?対応|ご?確認|ご?説明|お気遣い|ご?配慮|"
    "ご?調整|ご?丁寧なご?(?:連絡|返信|説明|案内|メール)|お時間|お心遣い|リマインド|ご?共有|資料)"
)
_GIVEN = (
    "(?:を?(?:いただ|頂)(?:き|けまして|きまして)|を?(?:くださ|下さ)(?:り|いまして|ってくださり))?"
)
_BUSY = "(?:お忙しい(?:中|ところ)(?:を)?|ご多忙の?(?:中|ところ)|お手数(?:を)?おかけし)"

ANSWERS = (
    "はい",
    r"(?:はい)?(?:ok|okay)(?:です)?",
    (
        "(?:内容|詳細|日程|その旨|すべて|全て)?(?:を|は|について)?(?:承知|了解|確認|拝見|拝読|拝受|受領|理解|把握)(?:を)?"
        "(?:いたし|致し|し)(?:まし)?た"
    ),
    "(?:承知|了解)(?:です|でございます)",
    (
        f"{_SENT}(?:を|の件)?(?:たしかに|確かに)?(?:承知|了解|確認|拝見|拝読|拝受|受領|受け取|受信)"
        "(?:いたし|致し|し|り)?(?:まし)?た"
    ),
    "(?:たしかに|確かに)?(?:受け取り|受領し|受領いたし|受領致し|拝受し|拝受いたし|拝受致し)ました",
    "かしこまりました",
    "畏まりました",
    "(?:わか|分か|解)りました",
    "(?:それで|その内容で)?(?:問題(?:ありません|ございません|ないです)|大丈夫です)",
    rf"(?:この(?:度|たび)は|先日は|本日は)?{_BUSY}?(?:早速の|ご丁寧な)?{_SENT}?{_GIVEN}(?:に|に対し)?{_VERY}(?:ありがと|有難|有り難)うございま(?:す|した)",
    rf"{_BUSY}?{_SENT}?{_GIVEN}{_VERY}(?:感謝|御礼|お礼)(?:いたし|致し|申し上げ|し)ます",
    "ありがと(?:う)?",
    "yes",
    "ok(?:ay)?",
    "sure",
    "understood",
    "noted(?: with thanks)?",
    "(?:well )?received(?: with thanks)?",
    "(?:i(?:'ve| have)? )?got it",
    "will do",
    "(?:that )?(?:sounds|is|looks) (?:good|great|fine|perfect)(?: to me)?",
    "(?:all good|great|perfect|wonderful|confirmed)",
    (
        "(?:many |much )?(?:thanks|thank you)(?: (?:very|so) much)?(?: again| a lot| in advance)?"
        "(?: (?:for|to) (?:your |the |this |all )?(?:kind |quick |prompt |detailed |warm )?"
        "(?:e-?mail|mail|message|reply|response|update|information|info|confirmation|note|reminder|"
        "invitation|help|time|support|you|letting me know|reaching out|getting back to me))?"
    ),
    "(?:i )?(?:really |truly )?appreciate (?:it|that|your (?:e-?mail|message|help|time))",
    "(?:it is |it's )?much appreciated",
)

COURTESIES = (
    "(?:いつも)?(?:大変)?お世話になって(?:おり|い)ます",
    "(?:いつも)?お世話になります",
    "お疲れ様(?:です|でございます|でした)",
    "(?:こんにちは|こんばんは|おはようございます|はじめまして|初めまして)",
    "(?:この度|このたび|先日|本日|昨日|先ほど|早速|ご丁寧に|わざわざ|改めて|重ねて)(?:は|の)?",
    f"{_BUSY}",
    f"(?:この(?:度|たび)は|先日は|本日は|早速)?(?:{_BUSY})?(?:早速の|この度の|ご丁寧な)?{_SENT}{_GIVEN}",
    (
        "(?:今後|これから|引き続き|当日|次回|入社後|明日|それでは|では|何卒|どうぞ|どうか|以上|"
        "末永く|改めまして)(?:とも|も|は|、)*"
    ),
    (
        "(?:(?:今後|これから)(?:とも|も)|引き続き|当日は?|それでは|では|何卒|どうぞ|どうか|改めて)*"
        "(?:何卒|どうぞ|どうか)?(?:よろしく|宜しく|宜敷く)(?:お願い)?"
        "(?:(?:いた|致)します|申し上げます|します|しますね)?"
    ),
    (
        "(?:(?:当日|お会いできるの|お会いできること|お目にかかれるの|入社|その日)?を?)?(?:とても|大変)?"
        "楽しみにして(?:おり|い)ます"
    ),
    "(?:失礼)(?:いたし|致し|し)ます",
    "取り?急ぎ(?:ご?(?:連絡|返信|お礼|御礼|返事|報告))?(?:まで|申し上げます|いたします)?",
    "(?:以上|敬具|草々|拝)(?:です)?",
    (
        "(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))"
        "(?: (?:there|all|team|sir|madam|(?:mr|ms|mrs|dr)\\.?|"
        "[a-z][a-z.'\\-]{0,20}(?:-?(?:san|sama))?)){0,3}"
    ),
    "(?:(?:kind|best|warm|many|with (?:kind|best|warm)) )?regards",
    "(?:all the )?best(?: wishes)?",
    "(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?",
    "(?:cheers|take care|respectfully)",
    (
        "(?:i(?:'m| am) )?(?:really |very much )?looking forward to (?:it|seeing you|meeting you|"
        "the (?:meeting|event|day)|working with you|joining)(?: (?:all|soon|then))?"
    ),
    "(?:have|wish you) a (?:nice|good|great|lovely) (?:day|weekend|week|one|evening)",
    "see you(?: (?:then|there|soon|all|on the day))?",
)

ADDRESSED = (  # `株式会社つなぐ 採用担当 鈴木様`, on a line of its own
    r"(?:[^\s]{1,20}[ \u3000]){0,3}[^\s]{1,12}(?:様|さま|さん|先生|殿|御中|各位)",
    r"(?:株式会社|有限会社|合同会社|\(株\))[^\s]{1,20}(?:[ \u3000][^\s]{1,10}(?:部|課|室|担当))?",
    r"(?:人事|採用|総務|新卒)[^\s]{0,10}(?:部|課|室|担当|グループ|チーム)",
)

OF_A_NAME = r"(?:[^\s]{1,20}(?:大学|大学院|学部|研究科|学科|学校)[ の\u3000]?){0,3}"
SAYS_NAME = "(?:です|と申します|でございます|より|拝)?"
