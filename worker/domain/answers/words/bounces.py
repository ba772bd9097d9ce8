"""How mail systems say that something did not arrive, or not yet; in lower case, width folded."""

SENDERS = (
    *("mailer-?daemon", "post[_-]?master", "sysadmin@", "mail ?delivery"),
    *("delivery subsystem", "mdaemon", "mailmaster", "mail-?system", "microsoft ?exchange"),
    *("system ?administrator", "mail administrator", "bounce", "returned mail"),
    *("maileradmin", "mailer agent", r"\bndr\b", "systemsadministrator", "emaildaemon"),
    *("mailgateway", "mail-?router", "mail delivery", "mail_?error@", "mail-?daemon"),
    "email delivery",
)

SUBJECTS = (
    *("undeliver", "non[- ]?deliver", "nondeliver", "error (?:sending|during|delivering)"),
    *("mail error", "not delivered"),
    (
        "delivery (?:status|failure|failed|report|problem|has failed|error|warning|delayed|"
        "incomplete|notification|unsuccessful)"
    ),
    "fail(?:ed|ure)[ :-]{1,3}.{0,20}(?:deliver|mail|notice|notification)",
    "failure notice",
    "mail (?:delivery|status|could not|failure|system|not delivered|returned)",
    *("mail returned", "message (?:status|delayed|delivery|could not|undeliver|not)"),
    *("permanent (?:fail|delivery)", "returned (?:mail|to sender|e-?mail|message)"),
    *("could not (?:be )?(?:send|sent|deliver)", "rejected", "unable to deliver"),
    *("cannot deliver", "can.t deliver", "problem delivering", "user unknown"),
    *("delivery to .{1,80} fail", "bounce", "address not found", "not accepted", "delayed"),
    *("warning:", "your message to .{1,120} (?:could|was|has|can|blocked)"),
    *("(?:e-?mail|message) blocked", "メールエラー", "配信不能", "配信できません"),
    *("送信できませんでした", "送信できません", "エラーメール", "宛先不明", "未達"),
    *("配送不能", "配送エラー", "送信エラー", "配信エラー", "配信失敗", "送信失敗"),
    *("メールが送れません", "メールをお届けできません", "お届けできません", "不達", "返送"),
    *("配信されませんでした", "配達不能", "未配信", "配送できません"),
    *("配信状況の?(?:通知|お知らせ)", "配送状況", "unzustellbar", "nicht zugestellt"),
    *("sendefehler", "zustellung", "non remis", "échec", "echec de", "avis de non"),
    *("impossibile", "mail non", "mancat[ao]", "devuelto", "no entregado"),
    *("no se puede entregar", "falha", "não entregue", "niet bezorgd", "onbestelbaar"),
    *("kunne ikke", "kan inte levereras", "obeställbar", "ikke leveret"),
    *("ei voitu toimittaa", "niedostarczon", "nie można dostarczyć", "zwrot", "nedoručiteln"),
    *("kézbesíthetetlen", "teslim edileme", "не доставлен", "недоставлен", "невозможно"),
    *("не может быть достав", "退信", "无法投递", "無法傳遞", "無法送達", "未送达", "未送達"),
    *("投递失败", "傳送失敗", "배달", "반송", "전송 ?실패"),
)

# A sentence of the notice itself.
SENTENCES = (
    (
        "(?:could not be|was not|cannot be|couldn'?t be|can'?t be|not be|wasn'?t) (?:delivered|"
        "sent|reached)"
    ),
    *("(?:unable|failed) to deliver", "undeliverable"),
    "delivery (?:to the following|failed|has failed|failure|error)",
    *("did(?: not|n'?t) (?:reach|arrive)", "permanent(?:ly)? (?:error|fatal|fail)"),
    *("fatal errors?", r"following address(?:es)?(?:\(es\))? (?:failed|had)"),
    *("following recipients?", "rejected (?:by|your)", "has been returned", "bounced"),
    *("user unknown", "in quarantine", "message not delivered", "trouble delivering"),
    *("your (?:e-?mail|message) (?:was|to|could|has)", "未配信", "配信(?:に失敗|でき)"),
    *("送信(?:に失敗|でき)", "お届けでき", "届け(?:られ|ること)", "送り先", "配送でき"),
    *("配達でき", "nicht zugestellt", "n'a pas (?:pu|été)", "no se ha podido"),
    *("não (?:pôde|foi)", "non è stato possibile", "не может быть", "не удалось"),
    *("не было доставлено", "无法", "無法", "未能", "못했습니다", "실패"),
)

DELAYS = (
    "will (?:continue|keep|be retried|retry|attempt|try)",
    "still (?:being )?(?:tr|in the queue|queued)",
    *("(?:has been|is|been|was) (?:temporarily )?delayed", "delivery delay"),
    *("warning message only", "(?:do )?not need to (?:re-?send|do anything)"),
    *("no action is required", "temporarily (?:un|def)", "delivery attempts will continue"),
    *("try again for", "retried for", "not yet been delivered", "will be tried"),
    *("has not been delivered yet", "could not be delivered (?:yet|immediately)"),
    *("delivery incomplete", "temporary problem delivering", "(?:will )?keep trying"),
    *("wird weiterhin versucht", "verzögert", "noch nicht zugestellt"),
    *("wird .{0,30}erneut versuch", "retardé", "sera retenté", "de nouvelles tentatives"),
    *("retrasad", "reintentar", "atrasad", "ritardat", "vertraagd", "försenad", "opóźnion"),
    *("задерж", "будет повторена", "будут продолжены", "推迟", "延迟", "延遲", "지연"),
    *("再送(?:を|信を)?(?:試み|続け)", "再度(?:送信|配信)を試み", "遅延し", "配信が遅れ"),
    *("配送が遅れ", "まだ配信", "引き続き(?:送信|配信|配送)"),
)

GAVE_UP = (
    *("giv(?:e|en|ing) up", "gave up", "permanent", "has failed"),
    *("could not be delivered (?:for|within)", "no longer", "timed? ?out"),
    *("failed permanently", "undeliverable", "unable to deliver", "expired", "not delivered"),
    *("returned to (?:the )?sender", "failed after", "was not delivered"),
    *("could not deliver", "will not be retried", "fatal error", "配信を中止", "送信を中止"),
    "断念",
)

# Why, in the order of asking: what speaks of us first, then what may pass, then the address.
SENDER_AT_FAULT = (
    (
        "sender (?:address |domain )?(?:is )?(?:rejected|denied|invalid|not |verify|unknown|"
        "blocked|black)"
    ),
    "(?:invalid|unknown|bad|unroutable|unverified|illegal) (?:sender|mail ?from|from address)",
    *("domain of (?:the )?sender", "sender(?:'s)? domain", "from domain", "from: domain"),
    *("mail from .{0,60}does not exist", r"\[mail_?from\]", "after mail from:"),
    *("reply to mail from", "reply to the mail from", r"<<< 5\d\d .{0,20}sender"),
    *("(?:mismatch|match)(?:es)? client ip", "invalid ip for"),
    *(r"your (?:ip|domain|server|host)\b", "verify sender", "sender verif"),
    *("送信者.{0,12}(?:拒否|確認)", "送信元.{0,12}(?:拒否|確認)"),
)

FULL = (
    (
        "(?:mail ?box|quota|mailfolder|mail folder|inbox|account|storage|disk|folder|user|"
        r"recipient|message store).{0,30}(?:\bfull\b|exceed|over ?quota|over (?:its|the|their|"
        "allo|max|stor)|exhausted|has been reached)"
    ),
    *("over ?quota", "over the (?:maximum|allowed|storage)", "out of (?:disk|storage)"),
    *("quota", "(?:insufficient|not enough) (?:disk|system|storage|mailbox|space)"),
    *("is full", "too full", "storage (?:limit|full)"),
    *("容量.{0,12}(?:超|越|オーバー|不足|いっぱい|制限)", "いっぱい", "満杯", "空き容量"),
    *(r"voll\b", "überschritten", "pleine", r"llen[oa]\b", "piena", "cheia", r"vol\b"),
    *("переполнен", "превышен", "已满", "容量已", "가득", "초과"),
)

TOO_BIG = (
    *("(?:message|mail|size|file).{0,30}(?:too (?:large|big)|exceed)", "too large"),
    *("message size", "exceeds? .{0,30}(?:size|limit)", "maximum (?:size|message)"),
    "サイズ.{0,10}(?:超|大き|制限)",
)

DISABLED = (
    (
        "(?:account|mailbox|user|recipient|address|domain|e-?mail).{0,70}(?:disabled|suspended|"
        "inactive|deactivated|frozen|locked|discontinued|blocked for|expired|on hold|"
        "not active|is closed)"
    ),
    "disabled (?:recipient|user|account|mailbox)",
    "inactive (?:user|account|mailbox|recipient)",
    *("(?:account|user).{0,10}(?:is )?(?:dormant|unused|overdue)", "休止"),
    *("停止(?:され|中|して)", "凍結", "利用停止", "解約"),
)

POLICY = (
    *("spam", "black ?list", "block ?list", r"\brbl\b", "dnsbl", "dnsblock", "spamhaus"),
    *("barracuda", "reputation", "policy", "virus", "malware", "dmarc", r"\bspf\b", "dkim"),
    *("authenticat", "content (?:filter|reject)", "unsolicited", r"\bloop", "too many hops"),
    *("blocked", "banned", "relay(?:ing)? (?:access )?(?:denied|not|prohib)"),
    *("unable to relay", "not permitted to relay"),
    "(?:access|permission|service) (?:is )?denied",
    *("not (?:allowed|permitted|authori[sz]ed)", "prohibited", "forbidden", "rate limit"),
    *("throttl", "too many (?:connections|messages|recipients|sessions|errors|e-?mails)"),
    *("suspicious", "unusual rate", "may not have permission", "permission to post"),
    *("members-only", "not a member", "moderat", "reverse dns", r"\bptr\b", "helo"),
    *("prefer(?:ence)s of", "recipient preferences", "message filtered", "rejected for"),
    *("受信拒否", "受信制限", "ドメイン(?:指定)?(?:受信|拒否)", "迷惑メール"),
    *("拒否(?:され|設定)", "unerwünscht", "abgelehnt", "refusé", "垃圾", "拒收", "스팸"),
)

LOCAL_PROGRAM = (
    *("procmail", "couldn'?t create", "can'?t create", "i/o error", "pipe to"),
    *("command (?:died|failed|time)", "child (?:status|process)", "local delivery failed"),
    *("unable to open", "mail for .{0,60} loops back", "database error"),
)

TEMPORARY = (
    *("temporar", "try (?:again|later)", "timed? ?out", "time-?out"),
    *("connection (?:refused|reset|lost|dropped|was|closed)", "delivery time expired"),
    *("gr[ae]y ?list", "defer", "busy", "overload", "retry time", "not responding"),
    *("unreachable", "network"),
    "service (?:is )?(?:currently |temporarily )?(?:un|not )available",
    "(?:local|internal|system|server|configuration) (?:error|problem|failure)",
    *("transaction failed", "message expired", "dns query failed", "malformed or unexpected"),
    *("lookup (?:failed|failure|timeout)", "一時的", "タイムアウト", "混雑", "しばらく"),
    *("接続でき", "応答がありません", "vorübergehend", "temporaire", "temporal"),
)

UNKNOWN_ADDRESS = (
    *("user[ _]?unknown", "unknown user", "usuario desconocido", "utilisateur inconnu"),
    "no such (?:user|recipient|address|mailbox|person|account|local|e-?mail)",
    "no mailbox",
    (
        "(?:user|recipient|mailbox|account|address|addressee|alias|destinataire|user name|"
        r"id)(?: \S{1,80}@\S{1,80})? (?:is |was |name is |does |do |could )?(?:un(?:known|"
        "available|routable)|not (?:be )?(?:found|exist|known|listed|valid|a (?:known|valid|"
        "registered)|a local|recognized)|n'existe|invalid|doesn'?t|does not exist|not have|"
        "terminated|cancelled|deleted|removed|no longer|has been (?:del|term|rem|clos))"
    ),
    "(?:does not|doesn'?t|don'?t|not) (?:exist|have an? .{0,40}(?:account|mailbox|user))",
    *("not a valid", "not a registered"),
    "invalid (?:recipient|user|mailbox|address|account|final|e-?mail)",
    "bad (?:destination|address|recipient)",
    "unknown (?:recipient|address|account|local|mailbox|alias|e-?mail|virtual|or illegal)",
    *("not (?:our|my) customer", "no valid recipient", "no user by that"),
    *("there is no (?:user|such|mail)", "mailbox unavailable"),
    "no longer (?:valid|available|accept|active|employed|works|in use|with|at)",
    *("unrouteable", "unroutable", "this (?:user|address|account) (?:doesn'?t|no longer)"),
    *("not listed in", "not in (?:my|our|the) ", "i couldn'?t find", "isn'?t in my"),
    *("recipient address rejected", "can(?:no|')t (?:find|verify)"),
    *("address (?:not|couldn'?t be) found", "not local"),
    (
        "(?:check|verify) (?:if|that|whether) (?:the |this )?(?:e-?mail )?address(?:es)? (?:is|"
        "are|was) (?:correct|valid)"
    ),
    "宛先.{0,12}(?:見つか|存在|不明|正しく|間違|誤)",
    "(?:アドレス|ユーザー?|あて先|受信者).{0,12}(?:見つか|存在|不明|正しく|間違|誤|ありません)",
    "(?:存在|登録)(?:して(?:い|お)(?:ない|りません|ません)|しません|しない)",
    *("アドレスは変更", "見つかりません", "unbekannt", "existiert nicht", "inconnu"),
    *("n'existe pas", "desconocid", "no existe", "inexistente", "não existe", "sconosciut"),
    *("inesistente", "onbekend", "bestaat niet", "okänd", "finns inte", "ukendt"),
    *("findes ikke", "ukjent", "finnes ikke", "tuntematon", "nieznany", "nie istnieje"),
    *("neexistuje", "nem létezik", "bulunamadı", "geçersiz", "не найден", "не существует"),
    *("неизвестн", "недействительн", "не зарегистрир", "不存在", "無此", "无此", "查无"),
    *("查無", "找不到", "존재하지", "없는", "알 수 없는"),
)

UNKNOWN_HOST = (
    *("host (?:or domain name )?(?:unknown|not found)", "unknown (?:domain|host)"),
    *("no such (?:domain|host)", "name service error"),
    "domain (?:name )?(?:not found|does not exist|isn't in|couldn'?t be found|doesn'?t exist)",
    *("nxdomain", "couldn'?t find any host", "no mx", "null ?mx", "has no mail exchang"),
    "unable to route",
    "(?:host|domain) .{0,60}(?:not found|couldn'?t be found|does not exist)",
    r"(?:host|domain|site|server)\b.{0,30}(?:does not|doesn'?t|not) accept (?:any )?(?:e-?)?mail",
    *("does not accept mail", "not handle mail", "ドメイン.{0,12}(?:見つか|存在|不明)"),
    "域名",
)

MOVED = (
    *("has moved", "moved to", "address (?:has )?changed", "new address is"),
    *("アドレスが変わ", "アドレスを変更"),
)

# The command that was answered: what is refused after DATA was refused for what it is.
AFTER_DATA = (
    *(r"(?:in reply to|after|at) (?:the )?(?:end of )?data\b", "end of data", r">>> data\b"),
    *("smtp command data", r"\[data\]", "data command", "response to data"),
    "after sending mail data",
)

AFTER_RCPT = (
    *("(?:in reply to|after) (?:the )?rcpt", ">>> rcpt to", "smtp command rcpt"),
    *(r"\[rcpt_to\]", "did not like our rcpt"),
)

ORIGINAL_BEGINS = (
    (
        "-{2,}.{0,60}(?:copy|original|returned|unsent|undelivered|header|message follows|"
        "below this line|body of|text of|メッセージ|forwarded|原文).{0,60}"
    ),
    (
        "(?:return-path|received|dkim-signature|x-.{1,40}|message-id|"
        r"mime-version):[ \t].{0,300}"
    ),
    r"date:[ \t].{0,300}(?=\n[ \t>]{0,4}[a-z\-]{2,40}:)",  # a notice may name the date alone
    "original message (?:follows|headers?).{0,20}",
    "(?:the )?(?:header|text|content|body) of (?:the|your) (?:original )?message.{0,40}",
    "(?:unsent|your) message (?:headers? )?follows.{0,40}",
    *("message headers? follows?.{0,10}", "<{2,}.{1,60}>{2,}"),
)

LABELS = (
    *("x-failed-recipients?", "failed recipients?", "recipients?", "to", "for", "addressee"),
    *("empfänger", "destinataire", "destinatario", "original recipient", "user", "address"),
    *("e-?mail", "addressed to", "受信者", "宛先", "あて先", "送信先", "送信先アドレス"),
    *("宛先アドレス", "送信先メールアドレス", "収件人", "收件人", "получатель"),
)
