"""The sentences of bulletins: which way stopped, since when, what waits, and what mends it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from worker.engine.journal.bulletins import Word
from worker.engine.words.notices import ENGLISH as OF_NOTICES
from worker.engine.words.notices import JAPANESE as OF_NOTICES_JA

_LONGEST = 400  # characters of what the other side said
_CREDENTIALS = "credentials"


@dataclass(frozen=True, slots=True)
class Stop:
    """One way as it is told of; instants are on the company's wall clock."""

    kind: str  # mail | inbox | agenda | clocks
    name: str  # of the mailbox in the settings; of a calendar its address; of a zone its own
    address: str
    trouble: str  # the words of ports.Trouble; of a way out `mailbox`; of a zone how many meetings
    why: str
    since: datetime
    goes_on_at: datetime
    waiting: int  # mails that would have gone by now
    sign_in: str  # the command that signs in anew; empty: there is none


@dataclass(frozen=True, slots=True)
class Sentences:
    """The sentences of one language, by what stopped."""

    subject: Mapping[str, tuple[str, str]]  # of the stop, and of its end
    more: str
    greeting: str
    happened: Mapping[str, str]
    place: str
    row: str
    said: str
    since: str
    until: str
    waiting: str
    mend: Mapping[str, str]
    mends: str
    end_stopped: str
    end_goes_on: str
    end_changed: str
    meetings: str
    instant: Callable[[datetime], str]

    def written(self, word: Word, stops: Sequence[Stop], left_out: int) -> tuple[str, str]:
        """Give subject and text of a mail about *stops*, and about so many others."""
        first, others = stops[0], len(stops) - 1 + left_out
        subject = self.subject[first.kind][word is Word.GOES_ON].format(address=first.address)
        if others:
            subject += self.more.format(n=others)
        lines = [self.greeting, ""]
        for one in stops:
            lines += [*self._told(word, one), ""]
        if left_out:
            lines += [self.more.format(n=left_out).strip() + ": tsunagu status", ""]
        ends = {
            Word.STOPPED: self.end_stopped,
            Word.GOES_ON: self.end_goes_on,
            Word.CHANGED: self.end_changed,
        }
        lines += [ends[word], ""]
        return subject, "\n".join(lines)

    def _told(self, word: Word, one: Stop) -> list[str]:
        is_named = one.kind in {"mail", "inbox"}  # in the settings
        rows = [(self.place, f"{one.name} {one.address}" if is_named else one.address)]
        if word is Word.CHANGED:
            rows.append(("", self.happened[one.kind]))
            rows.append((self.meetings, one.trouble))
            rows.append((self.mends, self._mend(one)))
        elif word is Word.GOES_ON:
            rows.append((self.since, self.instant(one.since)))
            rows.append((self.until, self.instant(one.goes_on_at)))
        else:
            how = "out" if one.kind == "mail" else one.trouble
            rows.append(("", self.happened[how]))
            if one.why:
                rows.append((self.said, " ".join(one.why.split())[:_LONGEST]))
            rows.append((self.since, self.instant(one.since)))
        if one.waiting or (one.kind == "mail" and word is Word.STOPPED):
            rows.append((self.waiting, str(one.waiting)))
        if word is Word.STOPPED:
            rows.append((self.mends, self._mend(one)))
        title = self.subject[one.kind][word is Word.GOES_ON].format(address=one.address)
        return [
            title,
            *(
                self.row.format(name=name, value=value) if name else f"  {value}"
                for name, value in rows
            ),
        ]

    def _mend(self, one: Stop) -> str:
        if one.sign_in and (one.kind != "agenda" or one.trouble == _CREDENTIALS):
            return self.mend["sign_in"].format(command=one.sign_in)
        return self.mend[one.kind].format(name=one.name)


JAPANESE = Sentences(
    subject={
        "mail": ("{address} からの送信が止まりました", "{address} からの送信が再開しました"),
        "inbox": ("{address} に届くメールを読めません", "{address} に届くメールを再び読んでいます"),
        "agenda": ("{address} のカレンダーを使えません", "{address} のカレンダーが再び使えます"),
        "clocks": ("{address} の時刻の規則が変わりました",) * 2,
    },
    more="（ほか {n} 件）",
    greeting="採用ご担当者様",
    happened={
        "out": "相手のサーバーが、ここからの送信を受け付けません。許可が取り消された・期限切れ、"
        "アカウントが停止・移動された、などが考えられます。",
        "credentials": "サインインが拒まれています。許可が取り消されたか、期限が切れたか、"
        "パスワードが変わっています。",
        "mailbox": "相手のサーバーに、この場所が見つからないか、停止されています。",
        "clocks": "予定を決めたあとで、この地域の時刻の規則（夏時間など）が変わりました。"
        "予定はそのまま動かしていませんが、時計の示す時刻が、お伝えしたものと違います。",
    },
    place="場所",
    row="  {name}: {value}",
    said="サーバーの言葉",
    since="止まった時刻",
    until="再開した時刻",
    waiting="待っているメール（通）",
    mend={
        "sign_in": "{command} で許可し直してください。続きから自動で動きます。",
        "mail": "tsunagu doctor で足りないものを直し、そのあと tsunagu release --lane {name}",
        "inbox": "tsunagu doctor で足りないものを直してください。続きから自動で読みます。",
        "agenda": "tsunagu doctor で足りないものを直してください。続きから自動で動きます。",
        "clocks": "どの予定かは tsunagu status に出ます。お伝えした時刻に会うなら、"
        "主催者のカレンダーで動かしてください。今の時刻のままでよければ、その時刻を皆さんにお伝えください。",
    },
    mends="直すには",
    end_stopped=(
        "待っているものはなくなりません。直ると、止まったところから続きます"
        "（時機を過ぎたメールは送りません）。ほかの場所は、いつもどおり動いています。\n"
        "このお知らせは、一度だけお送りしています。今の様子: tsunagu status"
    ),
    end_goes_on="止まっていたところから続けています。今の様子: tsunagu status",
    end_changed="自動では動かしません。このお知らせは、一度だけお送りしています。",
    meetings="当てはまる予定（件）",
    instant=OF_NOTICES_JA.instant,
)

ENGLISH = Sentences(
    subject={
        "mail": ("Mail from {address} has stopped", "Mail from {address} goes on again"),
        "inbox": ("Mail to {address} cannot be read", "Mail to {address} is read again"),
        "agenda": (
            "The calendar of {address} is closed to us",
            "The calendar of {address} is open again",
        ),
        "clocks": ("The rules of time in {address} have changed",) * 2,
    },
    more=" (and {n} more)",
    greeting="To whoever looks after our mailboxes,",
    happened={
        "out": "Its server takes no mail from us. A permission may have been withdrawn or have"
        " expired, or the account was suspended or moved.",
        "credentials": "Our sign-in is refused: a permission was withdrawn or has expired,"
        " or a password was changed.",
        "mailbox": "Its server cannot find this place, or has suspended it.",
        "clocks": "The rules of time there (daylight saving, say) changed after meetings were"
        " arranged. They stay where they are, but clocks show another time than people were told.",
    },
    place="Where",
    row="  {name}: {value}",
    said="The server's words",
    since="Stopped at",
    until="Goes on since",
    waiting="Mails that wait",
    mend={
        "sign_in": "allow us again with {command}; it goes on by itself then.",
        "mail": "mend what tsunagu doctor finds, then type tsunagu release --lane {name}",
        "inbox": "mend what tsunagu doctor finds; it is read on by itself then.",
        "agenda": "mend what tsunagu doctor finds; it goes on by itself then.",
        "clocks": "tsunagu status names each of them. To meet at the time that was told, move it in"
        " its organiser's calendar; if the time by the clock now will do, tell everybody that one.",
    },
    mends="To mend it",
    end_stopped=(
        "Nothing that waits is lost: once this is mended it goes on where it stopped (mails whose"
        " time is over are not sent). Everything else goes on as ever.\n"
        "You are told this once. How it stands: tsunagu status"
    ),
    end_goes_on="It goes on where it had stopped. How it stands: tsunagu status",
    end_changed="Nothing is moved by itself. You are told this once.",
    meetings="Meetings",
    instant=OF_NOTICES.instant,
)
