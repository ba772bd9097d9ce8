"""The command `tsunagu`: finds the verb, imports its module, and tells what became of it.

Exit status: 0 done, 1 mistakes of an author, 2 mistakes of the operator, 70 a fault of ours. A
reader never sees a traceback: it goes into a log. Only argparse is imported here, so that
`tsunagu --help` costs little more than starting Python.
"""

import os
import sys
from importlib import import_module

from worker.cli.parser import LANGUAGES, Parser, UsageError, two_columns, wrap
from worker.cli.verbs import GROUPS, WRITING, Verb, add_common, find, names

TYPE_CHECKING = False  # as typing's, without the price of importing it on every call
if TYPE_CHECKING:
    from argparse import Namespace

    from worker.ports import Clock

_MISTAKE_OF_THE_OPERATOR = 2
_INTERRUPTED = 130  # 128 + SIGINT, as shells have it
_NOBODY_READS = 141  # 128 + SIGPIPE: `tsunagu plan | head` is no fault of anybody


def main(argv: list[str] | None = None, *, clock: "Clock | None" = None) -> int:
    """Do what was typed and give the exit status; never raises, never shows a traceback.

    Args:
        argv: What was typed after `tsunagu`; None takes it from the process.
        clock: What says the time; None is the machine's.
    """
    _open_what_is_closed()
    typed = sys.argv[1:] if argv is None else argv
    language = _language(typed)
    try:
        status = _obey(typed, language, clock)
        sys.stdout.flush()
    except UsageError as mistake:
        print(f"{mistake}\n{mistake.usage}", file=sys.stderr)
        return _MISTAKE_OF_THE_OPERATOR
    except BrokenPipeError:
        _let_go_of_output()
        return _NOBODY_READS
    except KeyboardInterrupt:
        print(file=sys.stderr)
        return _INTERRUPTED
    except Exception as fault:  # noqa: BLE001 - the outermost edge: every fault becomes a sentence
        return int(import_module("worker.cli.faults").tell(fault, typed, language))
    return status


def _obey(typed: list[str], language: str, clock: "Clock | None") -> int:
    """Find the verb that was typed and do it."""
    words = _without_common_options(typed)
    if "--version" in words[:1]:
        print("tsunagu", import_module("importlib.metadata").version("tsunagu"))
        return 0
    if not words or words[0] in ("-h", "--help", "help"):
        print(_front_page(language))
        return 0
    verb = find(" ".join(words[:2])) or find(words[0])
    if verb is None:
        return _unknown(words, language)
    arguments = _read(verb, typed, language)
    if arguments is None:
        return 0
    if verb.is_bare:
        return int(import_module(f"worker.cli.{verb.module}").run(arguments, language))
    session = import_module("worker.cli.session").Session(arguments, language, clock)
    try:
        return int(import_module(f"worker.cli.{verb.module}").run(arguments, session))
    finally:
        session.close()


def _read(verb: Verb, typed: list[str], language: str) -> "Namespace | None":
    """Read a verb's arguments; None if its page was asked for, and shown."""
    parser = Parser(f"tsunagu {verb.name}", language, verb.ja if language == "ja" else verb.en)
    verb.arguments(parser)
    if verb.module == "run":  # the worker's own module knows its arguments
        import_module("worker.cli.run").add_arguments(verb.name, parser)
    add_common(parser, reading=verb.name not in WRITING)
    rest = _without(typed, verb.name.split())
    if "-h" in rest or "--help" in rest:
        print(parser.format_help(), end="")
        return None
    arguments = parser.parse_args(rest)
    arguments.verb = verb.name
    return arguments


def _without(typed: list[str], words: list[str]) -> list[str]:
    """Give what was typed less the verb itself: the first time its words stand there."""
    rest = list(typed)
    for word in words:
        rest.remove(word)
    return rest


def _without_common_options(typed: list[str]) -> list[str]:
    """Give what was typed from the verb on: `--workspace DIR` and the like may come before it."""
    words = list(typed)
    while words and words[0].startswith("-"):
        name = words[0].partition("=")[0]
        if name not in ("--workspace", "--language", "--json"):
            break
        takes_a_value = name != "--json" and "=" not in words[0]
        words = words[2 if takes_a_value else 1 :]
    return words


def _language(typed: list[str]) -> str:
    """Say which language to speak: as asked for, else the terminal's; empty if neither says."""
    for index, word in enumerate(typed):
        if word.startswith("--language="):
            asked = word.partition("=")[2]
        elif word == "--language":
            asked = "".join(typed[index + 1 : index + 2])
        else:
            continue
        return asked if asked in LANGUAGES else ""
    return _language_of_the_terminal()


def _language_of_the_terminal() -> str:
    """Read it from LC_ALL, LC_MESSAGES or LANG; `C` and `POSIX` say nothing."""
    from os import environ  # noqa: PLC0415, TID251 - asked before there are settings, heavy as they are

    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environ.get(name, "")
        if value:
            tongue = value.partition("_")[0].partition(".")[0].lower()
            if tongue in ("c", "posix"):
                return ""
            return "ja" if tongue == "ja" else "en"
    return ""


def _front_page(language: str) -> str:
    """Write what `tsunagu --help` shows: every verb, by what one does with it."""
    ja = language == "ja"
    lines = [
        "使い方: tsunagu コマンド …" if ja else "Usage: tsunagu VERB …",
        "",
        *wrap(
            "内定者とのメールと予定を、YAML のプレイブックのとおりに、一度ずつ届けます。"
            if ja
            else "Keeps a company in touch with the people it has made an offer to: the right "
            "mails, at the right moments, once each, from playbooks in YAML.",
            80,
        ),
    ]
    for title_ja, title_en, verbs in GROUPS:
        lines += ["", f"{title_ja if ja else title_en}:"]
        lines.append(two_columns([(verb.name, verb.ja if ja else verb.en) for verb in verbs]))
    lines += [
        "",
        "それぞれの詳しい説明: tsunagu コマンド --help"
        if ja
        else "More about one of them: tsunagu VERB --help",
        "共通のオプション: --workspace DIR, --language ja|en, --json, --version"
        if ja
        else "For all of them: --workspace DIR, --language ja|en, --json, --version",
    ]
    return "\n".join(lines)


def _unknown(words: list[str], language: str) -> int:
    """Say that there is no such verb, and which one was probably meant."""
    ja = language == "ja"
    known = names()
    parts = [name for name in known if name.startswith(f"{words[0]} ")]
    if parts and (len(words) == 1 or words[1].startswith("-")):
        rows = [(verb.name, verb.ja if ja else verb.en) for verb in map(find, parts) if verb]
        print(two_columns(rows))
        return 0 if len(words) > 1 and words[1] in ("-h", "--help") else _MISTAKE_OF_THE_OPERATOR
    typed = " ".join(words[:2]) if parts else words[0]
    nearest = import_module("difflib").get_close_matches(typed, known, n=1, cutoff=0.5)
    guess = f"tsunagu {nearest[0]}" if nearest else "tsunagu --help"
    raise UsageError(
        f"「{typed}」というコマンドはありません。" if ja else f"There is no verb '{typed}'.",
        f"もしかして: {guess}" if ja else f"Did you mean: {guess}",
    )


def _open_what_is_closed() -> None:
    """Have all three streams, and none that refuses a sign it cannot show.

    A shell may close one. Whatever is opened next would get its number, the journal too.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            nowhere = os.open(os.devnull, os.O_RDWR)
            setattr(sys, name, os.fdopen(nowhere, mode, encoding="utf-8"))
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _let_go_of_output() -> None:
    """Keep Python from complaining, at its end, about a pipe that nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
