"""What a member of staff means by a plain reply to an alert: done, later, or a note.

Pure, and linear in the text. The costs are not equal: an alert closed by mistake leaves somebody
in silence whom nobody looks after, one that stays open costs a colleague a glance. So whatever
says that nobody was reached, asks, or speaks of what may be, closes nothing.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum

from worker.domain.staff_days import names_a_day, put_off_until
from worker.domain.workdays import Workdays

_CAP = 1_500  # characters that are looked at; the whole is kept elsewhere
_SENTENCES = 12


class Said(Enum):
    """What follows from a reply."""

    DONE = "done"  # it is taken care of
    LATER = "later"  # it will be: somebody has it in hand until a day
    NOTE = "note"  # something to be kept, that changes nothing


@dataclass(frozen=True, slots=True)
class StaffWord:
    """What a reply means, and of `later` the business day until which it waits."""

    said: Said
    until: date | None = None


def staff_word(text: str, today: date, workdays: Workdays) -> StaffWord:
    """Say what a reply means. Never raises.

    Args:
        text: What was newly written, without quotes and signature.
        today: The day it came.
        workdays: What a business day is.

    >>> from worker.domain.plan import Calendar
    >>> from worker.domain.workdays import workdays
    >>> tokyo, monday = workdays(Calendar()), date(2026, 6, 8)
    >>> staff_word("電話しました。お元気そうでした。", monday, tokyo).said
    <Said.DONE: 'done'>
    >>> staff_word("あとで電話します", monday, tokyo).until
    datetime.date(2026, 6, 9)
    >>> staff_word("電話しましたが、つながりませんでした。", monday, tokyo).said
    <Said.NOTE: 'note'>
    """
    plain = unicodedata.normalize("NFKC", text[:_CAP]).lower().replace("\u2019", "'")
    sentences = [_POLITE.sub(" ", one).strip() for one in _END.split(_POLITE_WHOLE.sub("", plain))]
    stated = [one for one in sentences if one and not _QUESTION.search(one)][:_SENTENCES]
    done = [one for one in stated if _is_done(one)]
    later = [one for one in stated if one not in done and _is_later(one)]
    is_unreached = any(_UNREACHED.search(_HARMLESS.sub("", one)) for one in stated)
    later += [one for one in done if (is_unreached or _AGAIN.search(one)) and _is_later(one)]
    if done and not is_unreached and not any(_AGAIN.search(one) for one in later):
        return StaffWord(Said.DONE)
    if later:
        return StaffWord(Said.LATER, put_off_until("\n".join(later), today, workdays))
    return StaffWord(Said.NOTE)


def _is_done(sentence: str) -> bool:
    return bool(_DONE.search(_HARMLESS.sub("", sentence))) and not _NOT_YET.search(sentence)


def _is_later(sentence: str) -> bool:
    """Say whether a sentence promises something, or is nothing but a time that lies ahead."""
    if _PROMISE.search(sentence):
        return True
    if not (_SOME_TIME.search(sentence) or names_a_day(sentence)):
        return False
    return len(sentence) <= _BARE or bool(_DEED.search(sentence))


_BARE = 14  # characters of 「また明日」, "maybe next week"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.MULTILINE)


_END = re.compile(r"(?<=[!?])|[。\n;]|\.(?=\s|$)")
_QUESTION = _any(
    r"\?\s{0,3}$",
    r"(?:です|ます|ました|でしょう|ません|ない|のこと)(?:でしょう)?か$",
    r"^(?:what|who|why|how|when|where|which) ",
)
# What is said out of politeness holds 「します」 and "will", and means nothing here.
_POLITE_WHOLE = _any(
    r"^[^\n]{0,30}(?:お世話になっており|お世話になります|お疲れ(?:さま|様))[^\n。]{0,20}。?",
    r"^(?:dear|hi|hello)\b[^\n]{0,30}$",
    r"^(?:best|kind|warm) regards[^\n]{0,20}$|^(?:thanks|thank you|regards|cheers)\b[^\n]{0,20}$",
)
_POLITE = _any(
    r"(?:引き続き|どうぞ|何卒)?(?:よろしく|宜しく)?(?:お願い|おねがい)(?:申し上げ|いた|致)?(?:し)?ます",
    r"失礼(?:いた|致)?します|感謝(?:いた|致)?します|ありがとうござい(?:ます|ました)|助かります",
    r"(?:ご|御)?連絡(?:を)?(?:いただき|頂き|くださり)?ありがとう|thank you for|thanks for",
)
# 「問題ありません」 denies nothing that was to be done.
_HARMLESS = _any(
    r"(?:問題|心配|不安|悩み|変わり|変わった(?:様子|ところ)|気がかり|困りごと|質問|迷い)"
    r"(?:は|も|など)?(?:特に)?(?:ない|なさそう|なし|ありません|ございません|なかった)[^\n、]{0,12}",
    r"\b(?:no|not any|without) (?:problems?|issues?|worr(?:y|ies)|questions?|concerns?)\b",
    r"\b(?:is|was|'s|seems|are)(?: ?not|n't) (?:worried|upset|unhappy|a problem)\b",
)
_ACTS = (
    "(?:電話|架電|tel|連絡|会話|面談|面会|返信|返事|回答|メール|line|チャット|フォロー|対応|処理|"
    "解決|手配|準備|用意|送付|発送|提出|依頼|説明|訪問|報告|共有|相談|案内|お祝い|受領|実施|"
    "声かけ|声がけ|声掛け|ヒアリング|訂正|設定|予約|登録)"
)
_TALKS = "(?:お話し?|話し?|お会い|会|お声|声|直接)"
_PAST = (
    "(?:しました|(?<!で)した(?!い|ほう|方|く|場合|とき|時|か|ら(?:いい|よい|どう))|いたしました|致しました|"
    "(?:して|し)(?:お|と)きました|してあります|しといた|しておいた|させていただきました|"
    "させて頂きました|できました|出来ました|取れました|とれました|つきました|終わりました|"
    "終えました|終了|完了|入れました|かけました|掛けました|済み?(?:です|ました|$|[\\s、)])|ずみ|"
    "くれました|もらいました|いただきました)"
)
_DONE = _any(
    rf"{_ACTS}(?:は|を|も|が|で|の方は|のほうは|に|の)?[^\n、るな]{{0,10}}?{_PAST}",
    r"(?:返事|返信|連絡|電話|折り返し)(?:が|も)?(?:来|き|届き|あり)ました",
    rf"{_TALKS}[^\n、]{{0,8}}?(?:しました|(?<!で)した(?![いく])|できました|せました|えました|いました|"
    rf"かけました|掛けました|聞きました)",
    r"(?:済み|済ませ|済まし|やり|やっておき|片付け|片付き|終わり|終え|伝え|渡し|届け)(?:まし)た",
    r"(?:つなが|繋が)りました|(?:お)?電話に出(?:て(?:くれ|もらえ|いただけ)ました|ました)",
    r"^(?:対応|連絡|処理|電話)?(?:済み?|完了|終了|done)(?:です|しました)?$|^(?:完了|済み?)(?![んまっも])",
    r"済んで(?:い|おり)?ます|(?:準備|用意|手配)(?:は|が)?(?:でき|整っ)て(?:い|おり)ます",
    r"(?:書類|資料|[0-9]点|全部|すべて|全て)[^\n、]{0,8}?(?:受け取り|そろい|揃い|届き)ました",
    r"(?:対応|連絡|フォロー|電話|催促)(?:は|の必要は)?(?:不要|必要(?:ありません|ないです|なし))",
    r"\b(?:done|completed?|finished|handled|sorted(?: out)?|resolved|all set|closed)\b",
    r"\b(?:taken|took) care of\b|\bgot (?:hold of|in touch|through)\b|\bno action (?:is )?needed\b",
    r"\b(?:called|phoned|rang|spoke|spoken|talked|chatted|e-?mailed|messaged|texted|met|contacted|"
    r"reached(?: out)?|replied|answered|followed up|visited|informed|checked in)\b",
    r"\bi did\b(?! not|n't)|\bsent (?:her|him|them|it|the|an?)\b",
)
# What is to come, or may be, is not done: "once I have called", 「電話したら知らせます」.
_NOT_YET = _any(
    r"(?:し|でき|終わっ|やっ|つい)たら[^\n]{0,20}(?:ます|する)$|(?:する|した)(?:場合|とき|時|後)は?",
    r"(?:する|した|やる)(?:つもり|予定|ほうが|方が)|(?:し|やり)たい|(?:し|やら)なければ|べき",
    r"\b(?:will|'ll|going to|gonna|to be|can|could|should|must|shall|would|once|when|if|before|"
    r"until|as soon as|want to|need to|have to|let me|please|get it)\b",
    r"\bby (?:mon|tue|wed|thu|fri|sat|sun|tomorrow|next|the end|end|[0-9])",
)
_UNREACHED = _any(
    r"(?:つなが|繋が|つかま|捕ま)(?:ら|り(?:ませ|づら|にく))|(?:電話|携帯)?に?(?:出|で)(?:ません|なかった|ない|られ(?:ず|な|ま)|"
    r"ず)|留守|不在|応答(?:が|は|も)?(?:な|あり)|返(?:事|信)(?:は|が|も)?(?:まだ)?(?:な(?:い|か|し|く)|(?:あり|来|き|頂け|いただけ)(?:ま|て|な))"
    r"(?!した|る|す)",
    rf"(?:{_ACTS}|{_TALKS}|でき|やっ|し|取れ|とれ|つい|終わっ|終え)(?:は|を|が|も|に)?(?:まだ)?"
    r"(?:し|でき|取れ|とれ|つか|つい|え|せ)?(?:て|で)?(?:い|おり|い?られ)?"
    r"(?:ません|ない(?![とで]す?よ)|なかった|ず(?:に|、|$))",
    r"(?:済ん|終わっ|完了し|整っ)[でて]{0,2}(?:い|おり)?(?:ません|ない)",
    r"まだ(?:です|でし|$|[、 ])|未(?:対応|完了|連絡|処理|着手|済)|忘れて|折り返し(?:待ち|を待)",
    r"人違い|間違い|担当(?:では|じゃ)(?:ない|ありません)",
    r"(?:\bnot|n't|\bnever|\bunable to|\bfailed to|\bcannot)\b[^\n.]{0,24}?\b(?:call|phon|reach|"
    r"done|contact|spok|speak|talk|answer|pick|repl|respond|get|got|have|had|been|yet|manage|handle|"
    r"sort|finish|complet|do\b|did|mine|me\b)",
    r"\bno (?:answer|reply|response|luck|one)\b|\bvoice ?mail\b|\bunreachable\b|\btried\b|"
    r"\bleft (?:a |her a |him a |them a )?message\b|\bline was busy\b|\bundone\b|\bwrong person\b",
)
_AGAIN = _any(r"また|再度|改めて|あらためて|もう一度|次は|\bagain\b|\bonce more\b|\bfollow up\b")
_DEED = _any(
    _ACTS,
    r"やる|やり|かける|掛ける|話す|会う|聞く|伺|訪ね|見ます|見る|考え|回し|回答|お待ち|待って",
    r"\b(?:call|phone|ring|do|talk|speak|write|mail|e-?mail|contact|meet|see|check|reach|try|"
    r"follow|get|look|handle|back|busy|remind|wait|until|off)",
)
_SOME_TIME = _any(
    r"後ほど|のちほど|後程|あとで|後で|後日|今度|近日|近いうち|そのうち|いずれ|もう少し|少し待|"
    r"しばらく|今日中|本日中|今日|本日|午後|夕方|夜|昼|時間(?:を|が)(?:ください|下さい|いただ|頂|かか)|"
    r"折を見て|落ち着いたら|(?:^|[^の])待って|ちょっと待",
    r"\blater\b|\bsoon\b|\btonight\b|\bthis (?:afternoon|evening|morning)\b|\btoday\b|\bnot now\b|"
    r"\bin (?:an?|\d{1,2}|two|three) hours?\b|\bgive me\b|\bmore time\b|\bpostpone|\bsnooze\b|"
    r"\bwhen i (?:can|get)\b|\bas soon as\b",
)
_PROMISE = _any(
    rf"{_ACTS}(?:は|を|も|に)?[^\n、]{{0,10}}?(?:します|いたします|致します|してみます|しておきます|"
    r"させていただきます|させて頂きます|入れます|かけます|掛けます|する予定|するつもり|予定です|"
    r"中です|しています|しております|中$)",
    r"(?:やり|かけ|掛け|話し|話してみ|会い|伺い|聞き|聞いてみ|送り|見てみ|やってみ|声をかけ|引き受け|"
    r"引き取り|当たり|あたり|進め)ます",
    r"お?任せください|任せて(?:ください|下さい)|私(?:が|から|の方で)(?:やる|連絡|対応|電話|話)",
    r"承知|了解|かしこまり|^(?:はい|わかりました|分かりました|ok|okay|オーケー|確認しました|"
    r"拝見しました|見ました|yes\b|yep\b|yeah\b|sure\b|roger\b|will [a-z])|"
    r"(?:内容|メール|お知らせ|通知)(?:を|は)?(?:確認|拝見|受け取)",
    r"\b(?:i|we)(?:'ll| will| shall|'m going to| am going to| plan to)\b(?! not)|\bwill do\b|"
    r"\bon it\b|\bgot it\b|\bnoted\b|\bunderstood\b|\bin progress\b|\bworking on (?:it|this)\b|"
    r"\blooking into\b|\bleave it (?:to|with) me\b|\bremind me\b|\bi have this\b",
)
