"""The pressure check on a template: each finding with its line and column, expressions apart."""

from collections.abc import Sequence

from worker.playbook.pressure import Finding, Rule, pressure_in
from worker.playbook.templates.source import Segment, Source, Text, read, segments
from worker.problems import Mistakes, Problem


def pressure_in_template(
    text: str, path: str, rules: Sequence[Rule], *, strict: bool = False
) -> tuple[Problem, ...]:
    """Check a mail template, each finding with its line and column; errors if *strict*.

    A template that cannot be read has other problems first, and gives nothing here.
    """
    try:
        source = read(text, path)
    except Mistakes:
        return ()
    problems: list[Problem] = []
    for part in (source.subject, source.preheader, source.body):
        cut = segments(source, part, [])
        problems += [
            _problem(source, part, finding, strict=strict)
            for finding in pressure_in(_without_expressions(part, cut), rules)
        ]
    return tuple(problems)


def _problem(source: Source, part: Text, finding: Finding, *, strict: bool) -> Problem:
    rule = finding.rule
    shown = part.text[finding.at : finding.at + len(finding.found)].split("\n")[0]
    return source.problem(
        part,
        finding.at,
        "pressure",
        len(shown),
        values=(
            ("rule", rule.id),
            ("found", shown),
            ("why_ja", rule.why[0]),
            ("why_en", rule.why[1]),
            ("instead_ja", rule.instead[0]),
            ("instead_en", rule.instead[1]),
            ("source", rule.source),
        ),
        warning=not strict,
    )


def _without_expressions(part: Text, cut: Sequence[Segment]) -> str:
    """Blank out what is not text, keeping every place where it is."""
    kept = list(" " * len(part.text))
    for at, sign in enumerate(part.text):
        if sign == "\n":
            kept[at] = sign
    for segment in cut:
        if segment.kind in {"text", "raw"}:
            kept[segment.at : segment.at + len(segment.text)] = segment.text
        elif segment.kind == "value":
            kept[segment.at : segment.at + len(segment.text)] = "○" * len(segment.text)
    return "".join(kept)
