"""From the settings to who answers what people write, and by when."""

from worker.engine.journal.lanes import mail_lane
from worker.engine.questions import AnswerRules
from worker.settings.model import Settings
from worker.wiring.calendar import calendar_of


def rules_of(settings: Settings) -> AnswerRules:
    """Give how the workspace answers what people write."""
    replies, teller = settings.replies, settings.alert_mailbox
    return AnswerRules(
        owner=replies.owner,
        owners={id_: one.owner for id_, one in settings.mailboxes.items() if one.owner},
        within=replies.within,
        then=replies.then,
        calendar=calendar_of(settings.company),
        hours=replies.hours,
        language=settings.company.language,
        lane=mail_lane(teller.id if teller is not None else "hr"),
    )
