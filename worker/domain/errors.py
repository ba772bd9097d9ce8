"""Every exception we raise on purpose, as a tree.

    TsunaguError
    ├── AuthorError        the author of a playbook, template or table must act   exit 1
    │   └── MailError      one mail holds what must not be sent; its person alone waits
    ├── SettingsError      the operator must act                                  exit 2
    │   └── StoreError     the journal cannot be read or written just now
    │       └── Crossed    two who wrote stood in each other's way: the same again works
    └── BrokenPromise      we must act                                            exit 70

What the outside world does is no exception: it is an `Outcome` and is journaled.
"""


class TsunaguError(Exception):
    """Anything this project raises on purpose; `exit_status` is the command's."""

    exit_status: int = 70


class AuthorError(TsunaguError):
    """What somebody wrote cannot be used as it stands; the problems say where and why."""

    exit_status = 1


class MailError(AuthorError):
    """One mail cannot be written: `what` says of which part (`subject`, `to`, …), and why.

    It concerns this mail alone, never the mailbox or the others of its batch.
    """

    def __init__(self, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.what = what
        self.why = why


class SettingsError(TsunaguError):
    """The machine, the settings or the moment do not allow this; the text says what to type."""

    exit_status = 2


class StoreError(SettingsError):
    """The journal cannot be read or written now: locked, full, gone, or of a newer release.

    Whatever was asked for did not happen, or is found out about before it is tried again.
    """


class Crossed(StoreError):  # noqa: N818 - says what happened to it, as outcomes do
    """Two transactions stood in each other's way, and this one was undone: try it again."""


class BrokenPromise(TsunaguError):  # noqa: N818 - the word of the house for a fault of ours
    """We did not keep a promise of ours; the text says which, with ids and without addresses."""

    exit_status = 70
