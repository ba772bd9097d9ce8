"""What people write when they ask, worry, thank, or wish to decline; lower case, width folded."""

DECLINE = (
    r"お断り(?:させて|いたし|致し|します|したく|申し)",
    r"(?:今回|残念ながら|入社|内定|オファー|お話)[^\n。]{0,15}見送(?:ら|り(?:た|ます|いた))",
    (
        r"(?:そちら|別の(?:会社|企業|道)|他(?:社|の会社|の企業)|第一志望|家業|起業)[^\n。]{0,30}"
        r"(?:進む|進み|進ま|入社(?:する|を決|いたし|することに)|就職(?:する|を決)|お世話にな|"
        r"決め(?:まし|た|ること)|選(?:び|ぶ)ま?)"
    ),
    (
        r"(?:join|joining|work(?:ing)? (?:for|at)|go(?:ing)? with|chosen|chose|accept(?:ed|ing)?) "
        r"(?:an?other|a different) (?:company|offer|position|firm|employer|job|role)"
    ),
    (
        "(?:内定|選考|オファー|内々定)(?:の|を|について|に関して|は).{0,20}(?:辞退|お断り|見送|"
        "取り消|白紙)"
    ),
    "(?:入社|就職|貴社|御社).{0,20}(?:辞退|見送(?:り|ら)|できなくな|難しくな|断念|お断り)",
    # not whether (できませんか), nor when or who (できない場合、できない方)
    (
        "(?:入社|(?:内定|オファー|お話)[^\\n。]{0,10}お受け)"
        "(?:(?:を)?(?:する)?(?:こと)?(?:が|は|も)?(?:でき|出来)|(?:を)?(?:いた|致)?し(?=かね|ません|ない(?:こと|つもり)))"
        "(?:ません(?!か|でしょうか|でした)|かね(?:ます(?!か)|る)|そうに(?:ない|ありません)|"
        "ない(?!か|場合|とき|時|人|方|でしょうか|のでしょうか|のでは))"
    ),
    (
        "辞退(?:させて|いたし|致し|したく|したい|を(?:希望|考え|検討|決め|お願い|申し)|"
        "の(?:ご連絡|連絡|意思|お申し|旨))"
    ),
    # said in so many words; what somebody has declined (しました) was another company's, mostly
    "辞退(?:を)?(?:します(?!か)|する(?:こと(?:に|と)(?:し|いたし|致し|決め)|決断|決意)|しようと)",
    (
        "(?:他社|別の会社|他の企業|ほかの会社|公務員|大学院|進学).{0,25}(?:決め(?:まし|た|"
        "ること)|入社(?:する|を決)|進む|進学(?:する|を決)|行くこと|承諾)"
    ),
    "(?:ご縁|縁)が(?:な|無)かった",
    (
        "(?:i|we)(?:'d| would| will|'ll| have| must| want|'m| am)?.{0,30}(?:like to |"
        "decided to |going to |have to |to )?(?:decline|turn down|withdraw(?:ing)? (?:my|from)|"
        "not (?:be )?accept(?:ing)?|reject) .{0,30}(?:offer|application|position|process)?"
    ),
    (
        "accept(?:ed|ing)? (?:an(?:other)? |a (?:different|another) )?(?:offer|position|job|"
        "role) (?:at|from|with|elsewhere)"
    ),
    (
        "(?:no longer|not|n['’]t) (?:be )?(?:able to join|joining|interested in (?:the|"
        "this) (?:position|offer|role))"
    ),
    "decided (?:not to|against) (?:join|accept|tak)",
    "chosen (?:to go with )?another (?:company|offer)",
)

NOT_DECLINE = (
    r"辞退(?:を)?(?:した|する)(?:場合|とき|時|ひと|人|方)[^\n。]{0,30}",
    "辞退(?:する|した)?(?:つもり|気持ち|考え|予定|こと)(?:は|も)?(?:ござい|あり)?(?:ませ|な)",
    "辞退(?:は|など)?(?:考えて(?:おら|い)ない|しません|いたしません|致しません)",
    (
        "(?:他社|(?:他|ほか|別)の(?:会社|企業))(?:は|を|の(?:内定|選考)(?:は|を)).{0,10}"
        "(?:辞退|断)(?:し|り|する)"
    ),
    (
        "(?:not|n't|no intention (?:to|of)|never) (?:going to |want to |"
        "plan(?:ning)? to )?(?:declin|withdraw|turn)"
    ),
    "declined? (?:the |my |all )?other",
)

LESS = (
    "(?:連絡|メール|ご連絡).{0,15}(?:頻度|回数).{0,12}(?:減ら|下げ|少な|控え)",
    (
        "(?:連絡|メール|電話).{0,12}(?:控えて|少なめ|減らし|多すぎ|多い(?:ので|と|です)|"
        "しばらく(?:は)?(?:不要|結構))"
    ),
    "(?:しばらく|当分|当面).{0,12}(?:連絡|メール).{0,10}(?:控え|不要|遠慮|いりません|結構)",
    "(?:fewer|less(?: frequent)?) (?:e-?mails?|contact|messages|mails?)",
    "(?:too many|so many) (?:e-?mails?|messages)",
    "(?:stop|pause) (?:contacting|e-?mailing|messaging|reminding) me",
    *("(?:contact|e-?mail) me less", "prefer (?:less|not to be contacted)"),
)

_DOUBTS = (
    "(?:ご?(?:質問|疑問|不明|不安|心配|相談)(?:な|の)?(?:点|事項|こと|事)?|(?:わから|分から|解ら)ない(?:点|こと|事)|"
    "気になる(?:点|こと|事)|お聞きしたいこと|伺いたいこと)"
)
_SO_FAR = "(?:今のところ|現時点では|現状|特に|とくに|、)*"
_ENGLISH_DOUBTS = "(?:questions?|concerns?|worries|doubts)"
_TELLS = (
    "(?:i|we)(?:'ll| will) (?:let you know|get in touch|reach out|contact you|get back to you|ask)"
)
# What may come, or does not exist, asks nothing: `質問があれば、またご連絡します`.
NO_DOUBT_YET = (
    (
        rf"(?:もし|何か|また|今後|ほかに|他に|、)*{_DOUBTS}(?:等|など)?(?:が|も|は)?(?:何か)?"
        "(?:(?:あれ|出てくれ|生じれ)ば|(?:あり|ござい|出てき|生じ|でき)ましたら|(?:あっ|出てき|生じ)たら|"
        "(?:ある|出た|生じた)(?:場合|際|とき|時)に?は?)[、,]?"
        "(?:(?:また|改めて|あらためて|その(?:際|時|とき)は?|すぐに?|こちらから)[、,]?)*"
        "(?:(?:ご?(?:連絡|質問|相談|報告)|お(?:聞き|伺い|尋ね|問い合わせ))(?:を)?(?:させていただき|"
        "させて頂き|いたし|致し|し)ます)?"
    ),
    rf"{_SO_FAR}{_DOUBTS}(?:等|など)?(?:は|も|が)?{_SO_FAR}(?:ござい|あり)ません",
    rf"{_SO_FAR}{_DOUBTS}(?:は|も)?{_SO_FAR}(?:ない|無い|なし|無し)(?:です)?(?=[。、\s]|$)",
    (
        rf"(?:\b{_TELLS} )?\b(?:if|should|when(?:ever)?) (?:i|we|there) "
        r"(?:(?:do|should|may|might) )?(?:have|are|has|think of|come up with) "
        r"(?:any|further|more|other|a)?(?: (?:more|other|"
        rf"further|additional))? ?{_ENGLISH_DOUBTS}(?:,? {_TELLS})?"
    ),
    rf"\b(?:no|not (?:have )?any|don't have any) (?:further |other |more )?{_ENGLISH_DOUBTS}",
)

WORRY = (
    *("不安(?:です|に|な|が|を|も)", "心配(?:です|し|な|が|に|事|ごと)"),
    *("悩(?:んで|み|ましい)", "迷(?:って|い(?:が|を|も))", "自信が(?:な|あり)", "怖い"),
    *("ついていけるか", "やっていけるか", "気がかり", "モヤモヤ", "もやもや"),
    (
        r"\b(?:i(?:'m| am)|feel(?:ing)?|bit|little|somewhat) (?:a (?:bit|little) )?(?:worried|"
        "nervous|anxious|unsure|concerned|uneasy|hesitant)"
    ),
    r"\b(?:worries|worry about|concerns? (?:about|regarding)|having (?:second thoughts|doubts))",
)

QUESTION = (
    r"[？?]\s*(?:$|[\s」』)）])",
    "(?:でしょうか|ますか|ですか|ませんか|のか(?:教え|伺|知り)|かどうか)",
    "(?:教えて|お聞き|お伺い|質問|お尋ね|確認したい|ご教示|ご教授|伺いたい|聞きたい)",
    (
        r"\b(?:could|can|would|may|do|does|is|are|what|when|where|which|who|how|should|"
        r"will) .{2,200}\?"
    ),
    *(r"\b(?:i have|just) (?:a |one |some |few )?(?:quick )?question", "i was wondering"),
    *("please (?:let me know|advise)", "could you (?:tell|confirm|clarify)"),
)

TIME = (
    (
        r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d{1,2}\b"
        r".{0,12}\b\d{1,2}(?::\d\d)? ?(?:am|pm|a\.m|p\.m)"
    ),
    r"\d{1,2}[月/／]\d{1,2}日?.{0,12}\d{1,2}\s?[:：時]",
    r"(?:月|火|水|木|金|土|日)曜(?:日)?.{0,10}\d{1,2}\s?[:：時]",
    (
        "(?:第[一二三1-3１-３]希望|候補日|都合(?:の良い|のよい|が良い|がつく)|以下の日程|"
        "日程(?:は|です)|いずれか|(?:午前|午後|終日).{0,6}(?:可能|空い|大丈夫|都合))"
    ),
    r"\d{1,2}[:：]\d{2}\s?[-~〜～–]\s?\d{1,2}[:：]\d{2}",
    (
        r"\b(?:mon|tues?|wednes|thurs?|fri|satur|"
        r"sun)(?:day)?\b.{0,25}\b\d{1,2}(?::\d{2})?\s?(?:am|pm|a\.m|p\.m|:)"
    ),
    (
        r"\b(?:i(?:'m| am)|would be) (?:available|free) (?:on|from|at|any|after|before|between|"
        "in the)"
    ),
    *("works (?:best )?for me", r"\bmy availability\b"),
)

THANKS = (
    *("ありがとう", "有難う", "有り難う", "感謝", "お礼", "嬉し(?:く|い|かった)"),
    *("うれし(?:く|い)", "承知(?:いた|致|し)", "了解(?:いた|致|し|です)", "かしこまり"),
    *(r"^はい[。、！\s]*$", "楽しみに", r"\bthank(?:s| you)\b", r"\bappreciate"),
    *(r"\bgrateful", r"\bgot it\b", r"\bsounds good", r"\blooking forward"),
    r"^(?:yes|ok(?:ay)?|sure)[.!\s]*$",
)
