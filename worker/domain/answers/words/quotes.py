"""How mailers set off what they quote, and how phones and people sign."""

# The labels of a block like "From: / Sent: / To: / Subject:", whatever the language.
LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        *("from", "von", "de", "da", "van", "från", "fra", "od", "от", "від", "lähettäjä"),
        *("kimden", "expéditeur", "mittente", "remitente", "feladó", "de la", "absender"),
        *("avsändare", "από", "odesílatel", "nadawca", "gönderen", "отправитель"),
        *("отправлено от", "từ", "מאת", "من", "差出人", "送信者", "送信元", "发件人"),
        *("寄件者", "寄件人", "보낸사람", "보낸 사람"),
    ),
    "date": (
        *("sent", "date", "gesendet", "datum", "envoyé", "envoye", "enviado", "enviada em"),
        *("inviato", "verzonden", "skickat", "sendt", "dato", "wysłano", "wysłane", "data"),
        *("fecha", "fecha de envío", "отправлено", "дата", "надіслано", "lähetetty", "tarih"),
        *("gönderilme", "elküldve", "dátum", "sent on", "date sent", "odesláno"),
        *("päivämäärä", "pvm", "trimis", "ημερομηνία", "đã gửi", "送信日時", "送信日"),
        *("日時", "日付", "发送时间", "发件时间", "日期", "時間", "时间", "寄件日期"),
        *("보낸날짜", "보낸 날짜", "날짜", "תאריך", "التاريخ"),
    ),
    "to": (
        *("to", "an", "à", "a", "para", "aan", "till", "til", "do", "кому", "vastaanottaja"),
        *("kime", "destinataire", "destinatario", "empfänger", "címzett", "către", "komu"),
        *("προς", "đến", "pour", "宛先", "收件人", "收件者", "받는사람", "받는 사람", "אל"),
        "إلى",
    ),
    "cc": (
        *("cc", "kopie", "kopia", "copie", "копия", "копія", "bcc", "cci", "抄送", "副本"),
        *("참조", "másolat"),
    ),
    "subject": (
        *("subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "ämne"),
        *("emne", "temat", "тема", "aihe", "konu", "předmět", "predmet", "tárgy", "subiect"),
        *("θέμα", "chủ đề", "件名", "題名", "主题", "主旨", "標題", "제목", "נושא"),
        *("الموضوع", "sujet"),
    ),
    "reply-to": (*("reply-to", "reply to", "antwort an", "返信先", "répondre à", "responder a"),),
}

# "…, somebody wrote": the verb at the end, or in the middle before the name.
WROTE = (
    *("wrote", "writes", "said", "replied", "has written", "schrieb", "hat geschrieben"),
    *("geschrieben", "a écrit", "a ecrit", "écrit", "écrivait", "ha escrito", "escribió"),
    *("escribio", "escreveu", "ha scritto", "scrisse", "scriveva", "schreef", "geschreven"),
    *("skrev", "skrev följande", "napisał", r"napisał\(a\)", "napisała", "pisze", "napsal"),
    *(r"napsal\(a\)", "napsala", "napísal", "пишет", "писал", "писала", "написал"),
    *("написала", "написав", "пише", "написа", "kirjoitti", "yazdı", "şunu yazdı", "írta"),
    *("ezt írta", "a scris", "έγραψε", "đã viết", "viết", "menulis", "je napisao", "rašė"),
    *("rakstīja", "kirjutas", "reviewed", "commented", "さんは書きました"),
    *("さんが書きました", "が書きました", "は書きました", "のメール", "さんのメール"),
    *("さんからのメール", "からのメッセージ", "のメッセージ", "写道", "写到", "寫道"),
    *("님이 작성", "님의 말", "כתב/ה", "כתב", "كتب"),
)

# How a line begins that may be an attribution.
OPENINGS = (
    *(r"on\b", r"am\b", r"le\b", r"el\b", r"il\b", r"em\b", r"in data\b", r"op\b", r"den\b"),
    *(r"dnia\b", r"w dniu\b", r"dne\b", r"dňa\b", r"на\b", r"от\b", r"у\b", r"в\b"),
    *(r"date\b", r"at\b", r"pada\b", r"vào\b", r"în\b", r"pe\b", r"tarihinde\b", r"στις\b"),
    *(r"vid\b", r"om\b", "kell", "ב", "في", "在", r"\d{1,4}[年./-]", r"\d{1,2} "),
    *(r"\d{1,2}\. ", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mon", "tue", "wed"),
    *("thu", "fri", "sat", "sun", r"mo\b", r"di\b", r"mi\b", r"do\b", r"fr\b", r"sa\b"),
    *(r"so\b", r"ma\b", r"ke\b", r"to\b", r"la\b", r"su\b", "пн", "вт", "ср", "чт", "пт"),
    *("сб", "вс", '"', "<", r"[^\s].{0,80}<[^<>\s]{1,100}@"),
)

SEPARATORS = (
    *(r"original\s?message", "original appointment", "ursprüngliche (?:nachricht|e-mail)"),
    *("original-?nachricht", "message d['’]origine", "message original", "message initial"),
    *("courriel original", "mensaje original", "mensagem original", "messaggio originale"),
    *("oorspronkelijk(?:e)? bericht", "oprindelig meddelelse", "ursprungligt meddelande"),
    *("original ?meddelelse", "opprinnelig melding", "oprindelig besked"),
    *("alkuperäinen viesti", "eredeti üzenet", "исходное сообщение"),
    *("пересылаемое сообщение", "пересланное сообщение", "вихідне повідомлення"),
    *("wiadomość oryginalna", "oryginalna wiadomość", "původní (?:zpráva|e-mail)"),
    *("pôvodná správa", "orijinal mesaj", "özgün ileti", "mesaj original"),
    *("mesajul original", "izvorna poruka", "reply message", "forwarded message"),
    *("forwarded by .{1,60}", "forwarded mail", "weitergeleitete nachricht"),
    *("message transféré", "mensaje reenviado", "messaggio inoltrato"),
    *("mensagem encaminhada", "doorgestuurd bericht", "vidarebefordrat meddelande"),
    *("元のメッセージ", "元のメール", r"オリジナル\s?メッセージ", r"original\s?メッセージ"),
    *("転送メッセージ", "転送されたメッセージ", "転送メール", "引用元", "原始邮件"),
    *("原始郵件", "原邮件", "转发邮件", "轉寄郵件", "원본 ?메시지", "원본 ?메일"),
    *("전달된 메시지", "start original message", "antwort", "quoted message"),
    *("původní zpráva", "tin nhắn gốc", "thư gốc", "αρχικό μήνυμα", "הודעה מקורית"),
    "الرسالة الأصلية",
)

FORWARDS = (
    *("begin forwarded message", "anfang der weitergeleiteten", "début du message"),
    *("début du message réexpédié", "inizio messaggio inoltrato"),
    *("inicio del mensaje reenviado", "início da mensagem", "begin doorgestuurd bericht"),
    *("vidarebefordrat brev", "start på videresendt", "转发的邮件", "転送されたメッセージ"),
    *("以下、転送", "以下転送", "以下、元のメール"),
)

ABOVE = (
    "(?:please )?(?:reply|respond) above this line",
    "(?:please )?type your (?:reply|response) above",
    "(?:please )?write (?:your reply )?above this line",
    "do not (?:write|reply) below this line",
    "reply (?:directly )?above (?:the|this) (?:dotted )?line",
    "bitte (?:antworten sie )?(?:oberhalb|über) dieser zeile",
    *("この(?:行|線)(?:より|の)上に", "(?:上|ここ)より上に(?:ご)?返信"),
    "返信は(?:この|こちら)の?(?:行|線)より上",
)

# A line that a phone or a mailer adds by itself.
DEVICES = (
    "(?:sent|shared|written|typed|composed|dictated) (?:from|via|by|with|using|on) .{1,140}",
    r"(?:.{1,20} )?from (?:my )?(?:mobile|phone|iphone|ipad|android)\b.{0,30}",
    r"get \[?outlook for .{0,60}",
    "(?:get|download) .{1,30} (?:for (?:ios|android|mac|windows)|app).{0,20}",
    (
        ".{0,20}(?:iphone|ipad|android|galaxy|xperia|pixel|スマートフォン|スマホ|携帯|モバイル|"
        r"ドコモ|docomo|au\b|softbank).{0,12}(?:から|より|で)?(?:の)?送信(?:しました|"
        "されました)?.{0,4}"
    ),
    (
        "(?:outlook|yahoo!?メール|gmail|ios ?版|android ?版|spark|thunderbird).{0,40}(?:を入手|"
        "から送信|で送信|アプリ|を使用).{0,20}"
    ),
    (
        "(?:outlook|hol dir outlook|téléchargez outlook|obtener outlook|scarica outlook|"
        "download outlook) (?:für|pour|para|per|voor) .{0,30}"
    ),
    (
        "(?:von meinem|gesendet (?:von|mit|über)|diese nachricht wurde von meinem|von iphone|"
        "von ipad) ?.{0,60}"
    ),
    (
        "(?:envoyé (?:depuis|de|à partir|par|avec)|envoye depuis|provenait de|"
        "télécharger outlook) .{0,60}"
    ),
    "(?:enviado (?:desde|do|de|por|pelo)|enviada do|mandado desde|obtenga|obtén) .{0,60}",
    "(?:inviato (?:da|dal|con)|verzonden (?:vanaf|vanuit|met)|verstuurd vanaf) .{0,60}",
    "(?:skickat från|skickades från|sendt fra|sendt via|lähetetty) .{0,60}",
    (
        "(?:wysłane? (?:z|przy)|odesláno z|odoslané z|poslano (?:z|s)|küldve|trimis (?:de pe|"
        "din)) .{0,60}"
    ),
    "(?:отправлено (?:с|из|от)|надіслано (?:з|із)|изпратено от|gönderildi|στάλθηκε από) .{0,60}",
    ".{0,40}(?:'?(?:den|dan|ten) gönderildi|iphone'umdan gönderildi)",
    "(?:发自我的|发自|從我的|从我的|傳送自|来自我的|发送自|寄自|使用.{1,20}发送) ?.{0,40}",
    ".{0,30}(?:에서 보냄|로 보냄|에서 보냈습니다)",
    "(?:được gửi từ|gửi từ|dikirim dari|נשלח מה|נשלח מ|أرسلت من) ?.{0,60}",
)
