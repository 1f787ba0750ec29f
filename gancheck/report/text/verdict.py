"""The answer of `gancheck score` on a terminal: verdict, evidence, modes, and metrics beside real data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from rich.console import Group
from rich.console import RenderableType as Renderable
from rich.table import Table
from rich.text import Text

from gancheck.report.text.class_table import class_lines
from gancheck.report.text.metric_table import Properties, floor
from gancheck.report.text.mode_table import shares
from gancheck.report.text.numbers import bounds, chance, digits, plain
from gancheck.scoring.scores import Finding, Scores

COLOURS = {"healthy": "green", "undecided": "yellow"}  #: of verdicts; all others are red
SHOWN = (str, int, float)  #: facts that fit on a line
NOTICED = 2.0  #: seconds that are worth a word
MOST = 6  #: names behind it


def verdict_text(scores: Scores, properties: Properties) -> Group:
    """Everything for people, readable from 80 columns, with colours only where there is a terminal.

    `properties` gives the properties of every metric, as in `{name: entry.info.properties for name in scores.values}`.
    """
    return Group(judgement_text(scores), numbers_text(scores, properties))


def judgement_text(scores: Scores) -> Group:
    """The verdict and what it goes by, which is known before any metric is computed."""
    parts = (verdict(scores), evidence(scores), quiet(scores), list(shares(scores.per_mode)))
    return Group(*separate_sections([part for part in parts if part]))


def numbers_text(scores: Scores, properties: Properties) -> Group:
    """What comes after it, behind a blank line: classes, metrics beside real data, notes and facts."""
    parts = (
        list(class_lines(scores.per_class)),
        [floor(scores, properties)] if scores.values else [],
        notes(scores.notes),
        [*facts(scores), *costs(scores.seconds)],
    )
    return Group(*separate_sections([[], *(part for part in parts if part)]))


def verdict(scores: Scores) -> list[Renderable]:
    """The verdict in bold, and why."""
    style = f"bold {COLOURS.get(scores.verdict, 'red')}"
    return [Text(f"Verdict: {scores.verdict}", style=style), Text(plain(scores.reason))]


def evidence(scores: Scores) -> list[Renderable]:
    """What was found: a line for people, unless the reason said the same, and the numbers beneath it."""
    if not scores.findings:
        return []
    lines = [finding_line(finding, scores.reason) for finding in scores.findings]
    return [Text("Found", style="bold"), bullets(lines)]


def finding_line(finding: Finding, reason: str) -> Text:
    """Text and numbers of a finding."""
    text = [] if finding.text == reason else [plain(finding.text), "\n"]
    return Text.assemble(*text, numbers(finding))


def numbers(finding: Finding) -> Text:
    """`share of real mass in dropped modes 0.375 [0.361, 0.389], margin 0.050, p<0.001 (binomial)`."""
    effect = f"{finding.effect} {digits(finding.value)} {bounds((finding.low, finding.high))}"
    parts = (effect, f"margin {digits(finding.margin)}", chance(finding.p))
    return Text(f"{', '.join(filter(None, parts))} ({finding.test})", style="dim")


def quiet(scores: Scores) -> list[Renderable]:
    """The checks that found nothing, a line each."""
    checks = [check for check in scores.checks if not check.found]
    if not checks:
        return []
    table = Table(box=None, padding=(0, 1, 0, 0), header_style="dim", style="dim")
    for heading in ("effect", "value", "interval", "margin", "p"):
        right = heading in ("value", "margin")
        table.add_column(heading, justify="right" if right else "left", no_wrap=heading != "effect")
    for check in checks:
        p = chance(check.p).removeprefix("p").removeprefix("=")
        ends = bounds((check.low, check.high))
        table.add_row(*map(Text, (check.effect, digits(check.value), ends, digits(check.margin), p)))
    return [Text("Checked, nothing found", style="bold"), table]


def notes(lines: Sequence[str]) -> list[Renderable]:
    """What was assumed, and warnings."""
    return [Text("Notes", style="bold"), bullets([Text(plain(line)) for line in lines])] if lines else []


def facts(scores: Scores) -> list[Renderable]:
    """What was compared with what, on a quiet line."""
    known = (f"{name} {digits_of(value)}" for name, value in scores.facts.items() if isinstance(value, SHOWN))
    line = ", ".join(known)
    return [Text(plain(line), style="dim")] if line else []


def costs(seconds: Mapping[str, float]) -> list[Renderable]:
    """How long the metrics took, and which of them longest; nothing where it was no time to speak of."""
    total = sum(seconds.values())
    if total < NOTICED:
        return []
    dear = sorted((name for name in seconds if seconds[name] >= NOTICED / 2), key=lambda name: -seconds[name])
    named = ", ".join(f"{name} {seconds[name]:.0f} s" for name in dear[:MOST])
    return [Text(plain(f"metrics took {total:.0f} s{': ' if named else ''}{named}"), style="dim")]


def digits_of(value: str | float) -> str:
    """A fact as text; whole numbers and words as they are."""
    return digits(value) if isinstance(value, float) else str(value)


def bullets(lines: Sequence[Text]) -> Table:
    """Lines behind dashes, with a hanging indent."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(overflow="fold")
    for line in lines:
        grid.add_row("-", line)
    return grid


def separate_sections(parts: Sequence[Sequence[Renderable]]) -> Iterator[Renderable]:
    """Blank lines between parts."""
    for i, part in enumerate(parts):
        yield from ([Text("")] if i else [])
        yield from part
