"""Parts of mails that tests build upon."""

from datetime import datetime, timedelta, timezone

from worker.domain.post import message_id, thread_anchor
from worker.ports import Address, Attachment, MailParts

JST = timezone(timedelta(hours=9))
AT = datetime(2026, 5, 11, 15, 0, tzinfo=JST)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360f8cf500f00038101809be1a5e80000000049454e44ae426082"
)

PLAIN = MailParts(
    sender=Address("tanaka@example.co.jp", "田中 社長"),
    to=Address("aoi.yamada@example.jp", "山田 葵"),
    subject="山田さん、お会いできたことを嬉しく思っています",
    text="山田さん\n\n株式会社つなぐの田中です。\n",
    html="<p>山田さん</p>\n<p>株式会社つなぐの田中です。</p>\n",
    sent_at=AT,
    message_id=message_id("7/welcome/0/0/mail", "example.co.jp"),
    references=(thread_anchor("7/welcome/0", "example.co.jp"),),
    reply_to=Address("saiyo@example.co.jp", "採用担当"),
)

GUIDE = Attachment(
    "入社のご案内(2027年春)と、当日の持ち物の一覧.pdf", b"%PDF-1.7\n", "application/pdf"
)
PHOTO = Attachment("photo.png", PIXEL, "image/png", "3f5a@picture")
