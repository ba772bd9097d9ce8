"""What people write when they cannot come, and what makes that unclear: lower case, folded."""

# What one has in certain weeks, on certain days: a noun is a reason only beside what it does there.
_OCCUPIED = (
    r"(?:授業|講義|講座|試験|テスト|期末|中間|ゼミ|研究室|実験|実習|アルバイト|バイト|部活|"
    r"サークル|大会|合宿|遠征|帰省|旅行|予定|用事|先約|法事|通院|病院|別件|仕事|勤務|シフト|"
    r"学会|健康診断)"
)

WEEKLY = r"授業|講義|ゼミ|アルバイト|バイト|部活|class|lecture|seminar"

CANNOT = (
    (
        r"(?:授業|講義|講座|試験|テスト|期末|中間|ゼミ|研究室|実験|実習|アルバイト|バイト|部活|"
        r"サークル|大会|合宿|遠征|帰省|旅行|予定|用事|先約|法事|通院|病院|別件|仕事|勤務|"
        r"シフト|学会|健康診断)[^。\n]{0,8}?(?:が|も|の|で|に|と)?(?:あり|ある|ござい|入って|"
        r"入り|重な|ため|期間)"
    ),
    (
        r"(?:授業|講義|講座|試験|テスト|期末|中間|ゼミ|研究室|実験|実習|アルバイト|バイト|部活|"
        r"サークル|大会|合宿|遠征|帰省|旅行|予定|用事|先約|法事|通院|病院|別件|仕事|勤務|"
        r"シフト|学会|健康診断)(?:です|なので|で(?:、|す|ござい)|の予定です|して(?:い|お)|する予定|中(?:です|で|の))"
    ),
    (
        r"(?:ご?都合|予定|時間)(?:が|は|も)?(?:つか(?:な|ず)|付か(?:な|ず)|悪|合わ(?:な|ず)|"
        r"取れ(?:な|ず|ま))"
    ),
    (
        r"(?:参加|出席|対応|お伺い|訪問|面談|来社)(?:する(?:こと|の))?(?:が|は|"
        r"も)?(?:でき(?:ま|な|かね|ず)|難し|厳し)"
    ),
    (
        r"(?:伺え|行け|お会いでき|出られ|空いて(?:い|お)?)(?:ま(?:せん|しせん)|な[いく]|ず|"
        r"りません)"
    ),
    r"空いており?ません",
    r"(?:難し|厳し)(?:い|く)",
    r"不在|不可|無理(?:です|で)|だめです|(?<![a-z0-9])ng(?=です|で、|と|$)",
    r"(?:避け|外し)て(?:いただ|頂|くださ|下さ|もら|ほし)",
    r"(?:お)?休みを(?:いただ|頂|取)",
    (
        r"\b(?:can'?t|cannot|can not|won'?t be able to|will not be able to|unable to|"
        r"not able to)(?: really| possibly)? (?:make|do|come|attend|join|meet|participate|"
        r"be there|be available|talk|call|on\b)"
    ),
    r"\b(?:not|n't|un) ?(?:be )?(?:available|free)\b|\bunavailable\b",
    (
        r"\b(?:have|has|having|got|am in|'m in|is|are|be in)(?: to take)?(?: an?| my| some|"
        r" the| other)?(?: [a-z]{3,12})? (?:class(?:es)?|exams?|lectures?|seminars?|finals|"
        r"midterms?|labs?|shifts?|appointments?|plans|commitments?|engagements?|practice|"
        r"training)\b"
    ),
    (
        r"\b(?:busy|out of town|travell?ing|on (?:vacation|holiday|a trip)|be away|am away|"
        r"'m away)\b"
    ),
    r"\b(?:does|do|did|will|would)(?: not|n'?t) work\b|\b(?:avoid|except for my)\b",
)

# A heading: the reason, and then nothing but times.
HEADING = (
    r"(?:授業|講義|期末試験|定期試験|試験期間|試験|テスト期間|テスト|ゼミ|帰省|exams?|"
    r"exam period|finals|midterms|class(?:es)?|lectures?|out of town|away|unavailable|"
    r"not available)"
)

# Who says when they can: a human weighs the one against the other.
CAN = (
    (
        r"(?:可能|大丈夫|問題(?:ござい|あり)ませ|都合が(?:良|よ|いい|つき|つく)|空いて(?:い|"
        r"お)?(?:ます|ります|る)|空き(?:が|です))"
    ),
    (
        r"(?:参加|出席|対応|お伺い|訪問)(?:が|は|も)?(?:でき(?:ます|る|そう)|可能)|伺えます|"
        r"行けます|希望(?:し|いた|です)|休講"
    ),
    (
        r"(?<!not )(?<!n't )(?<!un)\b(?:available|free|works|work for me|would work|suits?|"
        r"prefer|fine|okay|ok with|can (?:make|do|come|attend|join|meet))\b"
    ),
)

# What says that something is over: it is no plea for another time.
PAST = (
    r"(?:先週|昨日|先日|昨夜|前回|先月)|(?:ました|でした|だった|かった)(?!ら)",
    r"\b(?:was|were|had|yesterday|last (?:week|month|night)|couldn'?t|could not|did|didn'?t)\b",
)

# What a program would have to guess at.
VAGUE = (
    (
        r"かも|おそらく|恐らく|多分|たぶん|もし|場合|次第|未定|可能性|かどうか|なら|以外|"
        r"除[いくき]|のみ|だけ(?!でな)|頃|ごろ|前後|くらい|ぐらい|程度|あたり|など|等"
    ),
    r"(?:さん|様|先生|部長|社長|御社|貴社|皆(?:様|さん)|友人|母|父)",
    (
        r"(?:授業|講義|試験|予定|用事|テスト|バイト)(?:は|も)?(?:あり|ござい)ませ|(?:授業|予定|"
        r"試験)(?:は|が|も)な[いくし]"
    ),
    r"(?:提出|返信|返事|回答|連絡|締め?切|期限|書類|結果|発表さ|内定|入社)",
    (
        r"\b(?:maybe|perhaps|might|may be|probably|possibly|likely|unless|if|whether|depend\w*|"
        r"except|other than|apart from|only|around|about|roughly|or so|until further)\b"
    ),
    (
        r"\b(?:no (?:class|exam|lecture|plan)\w*|not busy|don'?t have|do not have|without|he|"
        r"she|they|you|your|his|her|their)\b"
    ),
    (
        r"\b(?:submit|reply|respond|deadline|document|documents|results?|send|sent|start|"
        r"joining)\b"
    ),
    r"\b(?:wait|believe|thank)\b",
    r"[?]|でしょうか|ますか|ですか",
)

# What is left of a time after all of them were taken out: something was not understood.
LEFT = (
    (
        r"\d|[月火水木金土日]曜|[(（][月火水木金土日][)）]|今週|来週|先週|毎週|隔週|週(?:間|末|"
        r"明|の)|今月|来月|月(?:末|初|上旬|中旬|下旬)|[上中下]旬"
    ),
    r"時|[一二三四五六]限|午前|午後|前半|後半|半ば|初め|終わり|夕方|夜|朝|昼|以降|以前|翌|隔|当日|連休|祝日",
    (
        r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|satur|sun)(?:days?)?\b|\b(?:week|weeks|"
        r"month|months|fortnight|evenings?|nights?|noon|midday|pm|every|other day|first|second|"
        r"third|last|term|semester)\b"
    ),
    (
        r"\b(?:january|february|march|april|june|july|august|september|october|november|"
        r"december)\b"
    ),
)

# Times that are never understood, where nothing else names one.
ROUGH = (
    r"\d月|[一二三四五六七八九十\d]限|午前|午後|夕方|今月|来月|月(?:末|初)|[上中下]旬",
    (
        r"\b(?:next month|evenings?|mornings?|afternoons?|(?:in|of|until|since) (?:january|"
        r"february|march|april|may|june|july|august|september|october|november|december))\b"
    ),
)

# What is said beside it and changes nothing: all else suits; please find another time.
ASIDE = (
    (
        r"(?:それ|その|上記|これら|この日程)?以外(?:の(?:お?日(?:程|時|にち)?|時間(?:帯)?|"
        r"曜日))?(?:は|も|で(?:した|あれ|した|も)?(?:ら|ば)?(?:、)?|なら(?:ば)?|"
        r"に)?[^。\n]{0,20}(?:大丈夫|可能|空いて|問題|調整|参加|伺え|対応|都合|お願い|いただけ|"
        r"頂け)[^。\n]*"
    ),
    r"(?:別|他|ほか)の(?:お?日(?:程|時|にち)?|時間(?:帯)?|曜日)[^。\n]*",
    (
        r"(?:日程|時間|日時)?(?:の)?(?:変更|調整|再調整)(?:を|して|は|"
        r"が)?[^。\n]{0,12}(?:いただ|頂|お願|くださ|下さ|可能|でき)[^。\n]*"
    ),
    r"(?:大変|誠に)?(?:申し訳|恐れ入り|すみません|恐縮)[^。、\n]*[、,]?",
    r"(?<=て)(?:いただけ|頂け|もらえ|くださ|下さ)[^。\n]*",
    r"(?:幸い|助かり|お願い)[^。\n]*",
    (
        r"[,;]? *(?:but |and )?(?:otherwise|apart from that|other than that|any other (?:time|"
        r"day)s?|the rest of the week)[^.\n]*"
    ),
    (
        r"[,;]? *(?:so |and )?(?:could|can|would|may) (?:we|you|it)(?: please|"
        r" possibly)? (?:find|move|reschedule|arrange|pick|choose|have) [^.\n]*"
    ),
    r"\bthank(?:s| you)[^.,\n]*[,.]?",
    (
        r"\bi'?m (?:so |very |really )?sorry\b[^.,\n]*?(?:but|,)|\b(?:so |"
        r"very )?sorry\b,?(?: but)?"
    ),
)

BELOW = r"以下|下記|次の|following|below|[:]\s*$"
