"""What mails are called: `classify`. Apart from the other sentences, which cost more to load."""

KINDS: dict[str, tuple[str, str]] = {
    "human_reply": ("人の返信", "an answer"),
    "auto_reply": ("自動応答", "automatic reply"),
    "bounce_hard": ("不達（恒久）", "bounce, for good"),
    "bounce_soft": ("不達（一時）", "bounce, may pass"),
    "delayed": ("遅延の通知", "delayed"),
    "calendar_response": ("予定への返事", "calendar answer"),
    "complaint": ("迷惑メールの申告", "complaint"),
    "unsubscribe": ("配信停止の希望", "unsubscribe"),
    "answer": ("こちらからの返事", "an answer of ours"),
    "other": ("その他", "something else"),
    "unsure": ("不明（人が見る）", "unsure: a human looks"),
}
INTENTS: dict[str, tuple[str, str]] = {
    "wish_to_decline": ("辞退の意向", "wish to decline"),
    "less_contact": ("連絡を減らしてほしい", "less contact"),
    "worry": ("不安", "worry"),
    "question": ("質問", "question"),
    "time_answer": ("日時の回答", "times"),
    "thanks": ("お礼・承知", "thanks"),
}
HEAD: tuple[tuple[str, str], ...] = (
    ("ファイル", "FILE"),
    ("種類", "WHAT IT IS"),
    ("決め手", "RULE"),
    ("内容", "WHAT IT SAYS"),
)
BACK = ("{day} に戻る", "back on {day}")
UNREADABLE = ("読めません: {why}", "cannot be read: {why}")
