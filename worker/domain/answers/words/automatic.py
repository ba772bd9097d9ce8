"""How machines answer for people, in lower case and width folded."""

# The subject begins so, after any "Re:".
SUBJECTS = (
    (
        "auto(?:matic|mated|matisch[a-z]*|matique|matica|mática|matico|mático|"
        r"maattinen)?[\s\-_]{0,2}(?:re(?:ply|sponse|ponse|spuesta|sposta)|antwort|antwoord|response|"
        r"answer|acknowledg\w*|svar|odpowied[zź]|beantwortung|email response|email reply|"
        "notification|generated|vastaus|confirmation|message)"
    ),
    *("autoreply", "auto:", r"auto\.", "autoresponder", "autoresponse", r"\[auto\]"),
    *("automated (?:reply|response|message|e-?mail|answer)",),
    r"out[\s\-]{0,2}of[\s\-]{0,2}(?:the[\s\-]{1,2}|my[\s\-]{1,2})?office",
    *(r"ooo\b", r"oof\b", "away from (?:the |my )?(?:office|e-?mail|desk)"),
    "not in (?:the )?office",
    *("on (?:vacation|holiday|leave|annual leave|maternity|parental)", r"vacation\s*(?::|$)"),
    *(
        r"annual leave\s*(?::|$)",
        "vacation (?:reply|response|message|notice)",
        "i(?: a|')m (?:out of (?:the )?office|away|on (?:leave|vacation|holiday))",
        "abwesen",
    ),
    *("abwesenheit", "urlaub", "nicht im (?:büro|haus)", "r[ée]ponse automatique"),
    *(
        r"absen(?:ce|t)(?: du bureau)?\s*(?::|$)",
        "message d'absence",
        "(?:re)?spuesta autom",
        "respuesta autom",
    ),
    *("risposta autom", "resposta autom", "messaggio automatico", "mensaje automático"),
    *("automatyczna", "automatick", "automaattinen", "autosvar", "automatisk", "automātisk"),
    *("automatinis", "automatikus", "avtomat", "otomatik", "fuera de (?:la )?oficina", "ausente"),
    *("ausencia", "ausência", "fora do escritório", "fuori ufficio", "assenza", "assente"),
    *("afwezig", "frånvaro", "fravær", "poissa", "nieobecn", "nepřítomn", "nem vagyok"),
    *("távollét", "iroda.{0,10}kívül", "απουσία", "нет на работе", "автоответ", "автоматич"),
    *(
        "отсутств",
        "відсутн",
        "αυτόματη",
        r"自動(?:応答|返信|送信|配信|回答)(?:メール|通知|です)?(?:$|[\s:\]】)>])",
    ),
    r"不在(?:通知|連絡|のお知らせ|のご連絡|応答|中|届|設定|にして|のため)?(?:$|[\s:\]】)]|し)",
    *(
        "休暇(?:中|のお知らせ|取得中)",
        r"(?:外出|出張)(?:中)?(?:です|のため不在|\s*(?::|$))",
        "長期不在",
    ),
    *(
        "休業(?:の|日|中|期間)",
        "(?:夏季|冬季|年末年始|gw)(?:休業|休暇)の?(?:お知らせ|ご案内|ため|:|$)",
        "受信確認",
        "受付完了",
    ),
    *(r"受付(?:の)?(?:お知らせ|確認)(?:$|[\s:\]】)])", "自动(?:回复|答复|应答)"),
    *("自動(?:回覆|回應)", "休假", "外出", "자동", "부재", "trả lời tự động"),
    *("răspuns automat", "raspuns automat", "automatski odgovor", "samodejni odgovor"),
    *("automaatvastus", "resposta automàtica", "balasan automatik", "ตอบกลับอัตโนมัติ"),
    *("balasan otomatis", "תשובה אוטומטית", "رد تلقائي"),
)

# Acknowledgements: an answer of a desk or a web form.
RECEIPTS = (
    (
        "(?:thanks|thank you) for (?:your (?:e-?mail|message|inquiry|enquiry|contact|request|"
        "interest|application)|contacting|getting in touch|writing|reaching out)"
    ),
    "we(?:'ve| have)? received your",
    "your (?:message|e-?mail|request|inquiry|ticket) (?:has been|was) received",
    *("acknowledg", "receipt of your", "confirmation of receipt", "request received"),
    "ticket (?:received|created)",
    r"(?:\S{1,12} )?お問い?合わ?せ(?:を)?(?:ありがとう|いただき|頂き|を受け|受付|内容)",
    "お問い?合わ?せ.{0,20}(?:受付|受け付け|確認|ありがとう)",
    (
        ".{1,40}(?:お問い?合わ?せ|ご応募|ご請求|ご登録|お申し?込み)(?:を)?(?:いただ|頂|くださ|"
        "下さ).{0,8}ありがとう"
    ),
    r"ご連絡ありがとうございます(?:$|[\s(【\[])",
    "(?:資料|ご)請求.{0,10}(?:受付|ありがとう)",
    *("ご応募(?:を)?(?:ありがとう|受付|受け付け)", "eingangsbestätigung"),
    *("accusé de réception", "confirmation de réception", "acuse de recibo"),
    *("conferma di ricezione", "ontvangstbevestiging", "bekräftelse", "kvittering"),
    *("potwierdzenie", "potvrzení", "confirmação de"),
)

# These need no second sign: nobody writes so by hand, except as an answer.
RECEIPTS_JA = (
    r"(?:\S{1,12} )?(?:お問い?合わ?せ|ご応募|ご請求|資料請求).{0,12}(?:ありがとう|受け?付け?)",
    (
        ".{1,40}(?:お問い?合わ?せ|ご応募|ご請求|ご登録|お申し?込み)(?:を)?"
        "(?:いただ|頂|くださ|下さ).{0,8}ありがとう"
    ),
)

# The first lines say so.
BODIES = (
    (
        r"(?:this is an? |an? )?auto(?:mated|matic(?:ally)?)[ \-](?:response|reply|message|"
        "e-?mail|generated|sent)"
    ),
    *("automatically generated", "auto-?generated", "do not (?:reply|respond) to this"),
    "please do not reply",
    (
        "i (?:am|will be|'m|’m) (?:currently |now )?(?:out of|away|on (?:vacation|annual|leave|"
        "holiday|maternity|parental|sick|business|medical)|travell?ing|not in the office|"
        "unavailable)"
    ),
    "out of (?:the )?office",
    "thank you for your (?:e-?mail|message)[.,!] (?:i am|i'm|we are|i will)",
    (
        "(?:この|本|当)(?:e-?)?メール(?:は|ハ).{0,40}自動(?:的に)?(?:で)?(?:送信|返信|配信|"
        "応答|で|に)"
    ),
    "送信専用",
    "自動(?:返信|送信|応答|配信)(?:メール|専用|にて|で(?:お送り|送信|す)|され|システム|して)",
    "不在(?:に(?:して|し)|と(?:な|させ)|の(?:ため|間)|です|し(?:て|ます)|期間)",
    *("休暇(?:を|中|に入|のため|取得)", "(?:まで|より).{0,6}お休み"),
    "休業(?:と|させ|いた|日|中|期間)",
    *("(?:夏季|冬季|年末年始|gw|ゴールデンウィーク)(?:休|の?休業)", "出張(?:中|のため|で)"),
    *("外出(?:して|中)", "育児休", "産休", "産前", "休職", "お休みを(?:いただ|頂)"),
    "休みをいただ",
    (
        "ich bin (?:derzeit |momentan |zur zeit |vom |bis |ab )?(?:nicht|im urlaub|abwesend|"
        "außer|wieder)"
    ),
    *("nicht im büro", "je suis (?:actuellement )?(?:absent|en cong|en déplacement)"),
    *("actuellement absent", "message automatique", "me encuentro fuera"),
    *("estoy (?:fuera|ausente|de vacaciones)", "estarei", "estou (?:fora|ausente|de férias)"),
    *("sono (?:fuori|assente|in ferie)", "jestem nieobecn", "przebywam na", "nejsem přítom"),
    *("ik ben (?:afwezig|niet|met)", "jag är (?:inte|ledig|på|bortrest)"),
    *("jeg er (?:ikke|på|fraværende)", "olen (?:poissa|lomalla)", "atbrīvojum"),
    *("я (?:в отпуске|отсутств)", "меня не будет", "我(?:正在|目前|现在)?(?:休假|出差|不在)"),
    *("부재중", "휴가"),
)

# Away now, and what then: both together are what out-of-office notes say, and hardly anybody else.
AWAY = (
    (
        "(?:不在|休暇|休業|お休み|休み|出張|外出|休職)[^\\n。]{0,30}"
        "(?:しております|しています|いただいております|頂いております|となっております|中です)"
        "(?!が|ので|ため)"
    ),
    "(?:只今|ただいま|現在)[^\\n。]{0,20}(?:不在|休暇|休業|出張|外出|席を外)",
    (
        "i(?: a|'|’)m (?:currently |now )?(?:out of (?:the )?office|on (?:annual |parental |"
        "maternity |sick )?leave|on vacation|on holiday|away from (?:the |my )?(?:office|desk))"
    ),
    "i will be (?:out of (?:the )?office|away) starting .{3,40} (?:and )?will not return until",
    *("ich bin (?:derzeit|momentan|zur zeit|bis|vom) ", "je suis (?:actuellement )?absent"),
)
LATER = (
    "(?:戻り|帰社|出社|復帰)(?:次第|後|しましたら)",
    "(?:返信|返答|回答|連絡|対応)[^\\n。]{0,16}以降",
    "(?:以降|より順次|順次|から)[^\\n。]{0,16}(?:ご?連絡|ご?返信|ご?返答|ご?回答|対応|確認)",
    *("(?:お急ぎ|急ぎ|緊急|至急)の(?:場合|方|際|ご用件|用件|要件)", "ご不便"),
    "(?:will|shall) (?:respond|reply|get back|answer)",
    "will not return until",
    *("(?:up)?on my return", "when i (?:return|get back)", "limited access", "in my absence"),
    "(?:for|if|in case of)[^.]{0,20}(?:urgent|emergenc|immediate)",
    *("in dringenden", "en cas d'urgence", "weitergeleitet"),
)

CHALLENGES = (
    *("account is protected by", "challenge[- ]response", "spam ?arrest"),
    "sender verification",
    (
        "(?:click|follow|visit)[^.]{0,80}(?:link|below)[^.]{0,100}(?:allowed|approved|"
        "white) ?(?:list|sender)"
    ),
    "to (?:verify|confirm) (?:that )?you(?:r address| are (?:not a|a human|a real))",
    "(?:prove|confirm|verify) (?:that )?(?:you are|you're) (?:a )?(?:human|a person|real)",
)

CHANGED = (
    "(?:アドレス|e-?mail|メール).{0,20}(?:変更|かわり|変わり)(?:し|に|いた|まし)",
    r"アドレス(?:を|が|は)[^\n。]{0,70}(?:に|へ)(?:変更|変わり|かわり|切り替え)",
    "(?:今後|これから|以後)(?:の(?:ご)?連絡)?は[^\n。]{0,12}(?:次|下記|以下|こちら)のアドレス",
    *("新しい(?:メール)?アドレス", "新アドレス"),
    "(?:my |new |our )(?:e-?mail )?address (?:has changed|is now|is|will be)",
    "(?:e-?mail )?address has (?:been )?changed",
    *("(?:moved|switched) to (?:a )?new (?:e-?mail|address)", "neue (?:e-?mail-?)?adresse"),
    *("nouvelle adresse", "nueva dirección"),
)

HEADERS = (  # any value but "no" says that a machine answers
    *("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoreply-from"),
    *("x-mail-autoreply", "x-autogenerated", "x-auto-reply", "x-auto-response"),
    *("x-auto-responder", "auto-response", "x-vacation", "x-autoresponse", "x-autoreply-to"),
    *("x-cron-env", "x-away", "x-ooo", "x-auto-submitted"),
    *("x-ms-exchange-generated-message-source-autoreply", "x-answered-by-autoresponder"),
)

UNSUBSCRIBE = (
    (
        r"(?:please )?(?:unsubscribe|remove|opt[ \-]?out|stop|"
        "take me off)(?: me)?(?: from)?(?: (?:this|the|your|all)(?: mailing)?(?: lists?|"
        " e-?mails?)?)?[.! ]{0,3}$"
    ),
    r"(?:please )?(?:remove|delete|take) (?:me|my (?:e-?mail )?address) (?:from|off)\b.{0,40}$",
    (
        ".{0,15}(?:配信(?:の)?(?:停止|解除|不要|拒否|中止)|メール(?:マガジン)?(?:は)?(?:不要|"
        "停止|解除)|登録(?:を)?(?:解除|削除|抹消)|メルマガ.{0,6}(?:解除|停止|不要)|解除(?:希望|"
        "して|を希望|お願い)?|今後.{0,15}(?:送らない|不要|送信しない|停止|配信しない))"
        "(?!の?(?:方法|手続き?)?は?(?:こちら|以下|下記|http)|では(?:な|あり|ござい)|"
        "[^\n]{0,12}https?:).{0,30}$"
    ),
    *("(?:bitte )?(?:abmelden|austragen|abbestellen).{0,20}$", "(?:se )?désabonner.{0,20}$"),
    *("désinscription.{0,20}$", "darme de baja.{0,20}$", "baja$", "cancellami.{0,20}$"),
    *("afmelden.{0,20}$", "отписаться.{0,20}$", "退订.{0,20}$", "取消订阅.{0,20}$"),
)

NOBODY = (  # senders that say that nobody reads answers there
    *(r"no-?_?\.?reply", r"do-?_?\.?not-?_?\.?reply", "donotreply", "autore(?:ply|spon)"),
    *(r"\bauto-", "noresponse", "news-?letter@", "mailings?@", "keine-?antwort"),
    *("nepasrepondre", "ne-pas-repondre", "noresponder", "no-responder"),
)
