"""`tsunagu survey PLAYBOOK STEP`: what a group has answered. Figures of groups, and of nobody."""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.domain.facts import PlaybookId, StepId
from worker.domain.figures import Figure
from worker.domain.plan import Survey, worded
from worker.engine.results import Part, Results, Round
from worker.problems import nearest

_WIDE = 24  # cells of the longest bar
_BAR = "█"


def run(arguments: Namespace, session: Session) -> int:
    """Show every round of a survey: how many answered, and what, once they are enough."""
    playbook = PlaybookId(session.playbook_name(arguments.playbook))
    least = session.settings.surveys.least
    results = Results(session.journal.store, session.library.editions, least=least)
    step = StepId(arguments.step)
    rounds = results.of(playbook, step, by_department=arguments.by_department)
    if not rounds:
        raise _not_there(arguments, session, playbook)
    if arguments.json:
        session.out.json(
            {
                "playbook": playbook,
                "step": step,
                "least": least,
                "rounds": [_as_json(one, session) for one in rounds],
            }
        )
        return 0
    out = session.out
    out.heading(f"{playbook} / {step}")
    for one in rounds:
        _tell(one, session, least)
    return 0


def _not_there(arguments: Namespace, session: Session, playbook: PlaybookId) -> Wrong:
    """Say that nobody was asked so far, or which survey was probably meant."""
    versions = session.journal.versions.all()
    digests = [version.digest for version in versions if version.playbook == playbook]
    plans = [session.library.editions.plan(digest) for digest in digests]
    if not plans:
        plans = [session.library.plan(session.library.find(arguments.playbook))]
    known = {
        str(step.id) for plan in plans for step in plan.steps if isinstance(step.action, Survey)
    }
    if arguments.step in known:
        return Wrong("survey.nobody", step=arguments.step)
    meant = nearest(arguments.step, sorted(known))
    more = (Wrong("survey.meant", playbook=playbook, step=meant),) if meant else ()
    return Wrong(
        "survey.unknown", *more, step=arguments.step, known=", ".join(sorted(known)) or "-"
    )


def _tell(one: Round, session: Session, least: int) -> None:
    out, say = session.out, session.out.say
    out.line()
    if one.occurrence:
        out.heading(say("occurrence", n=one.occurrence))
    share = round(100 * one.answered / one.asked) if one.asked else 0
    out.tell("survey.answered", asked=one.asked, answered=one.answered, share=share)
    if one.survey.anonymous:
        out.tell("survey.is_anonymous", style="dim")
    if not one.figures:
        out.tell("survey.too_few", least=least, style="yellow")
        return
    if one.counted < one.answered:
        waiting = one.answered - one.counted
        out.tell("survey.waiting", n=waiting, counted=one.counted, least=least, style="dim")
    for figure in one.figures:
        out.line()
        _tell_figure(figure, session)
    for part in one.parts:
        _tell_part(part, session, least)


def _tell_figure(figure: Figure, session: Session) -> None:
    out, say, question = session.out, session.out.say, figure.question
    out.line(worded(question.ask, say.language), "bold")
    if question.scale is None:
        for text in figure.texts:
            first, *rest = text.splitlines()
            out.indented(f"・{first}")
            for line in rest:
                out.indented(f"  {line}")
        if not figure.texts:
            out.indented(say("survey.no_text"), 2, "dim")
        return
    if figure.mean is not None:
        out.indented(say("survey.mean", mean=f"{figure.mean:.1f}", n=figure.answers))
    most = max(figure.counts.values(), default=0)
    for point, count in figure.counts.items():
        bar = _BAR * round(_WIDE * count / most) if most else ""
        out.indented(f"{point:>2} {bar} {count}".rstrip())
    if question.ends is not None:
        low, high = (worded(end, say.language) for end in question.ends)
        lowest, highest = question.scale
        out.indented(f"{lowest} = {low} / {highest} = {high}", 2, "dim")


def _tell_part(part: Part, session: Session, least: int) -> None:
    out, say = session.out, session.out.say
    out.line()
    name = part.name or say("survey.rest")
    out.line(say("survey.part", name=name, n=part.answered), "bold")
    if not part.figures:
        out.indented(say("survey.too_few", least=least), 2, "yellow")
    for figure in part.figures:
        if figure.mean is not None:
            ask = worded(figure.question.ask, say.language)
            out.indented(f"{figure.mean:.1f}  {ask}")


def _as_json(one: Round, session: Session) -> dict[str, object]:
    return {
        "occurrence": one.occurrence,
        "anonymous": one.survey.anonymous,
        "asked": one.asked,
        "answered": one.answered,
        "counted": one.counted,
        "figures": [_figure_as_json(figure, session) for figure in one.figures],
        "departments": [
            {
                "department": part.name or None,
                "answered": part.answered,
                "figures": [
                    _figure_as_json(figure, session, texts=False) for figure in part.figures
                ],
            }
            for part in one.parts
        ],
    }


def _figure_as_json(figure: Figure, session: Session, *, texts: bool = True) -> dict[str, object]:
    question = figure.question
    told: dict[str, object] = {
        "id": question.id,
        "ask": worded(question.ask, session.out.say.language),
        "answers": figure.answers,
    }
    if question.scale is not None:
        told["mean"] = None if figure.mean is None else round(figure.mean, 3)
        told["counts"] = {str(point): count for point, count in figure.counts.items()}
    elif texts:
        told["texts"] = list(figure.texts)
    return told
