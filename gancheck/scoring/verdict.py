"""From tests to one label."""

from __future__ import annotations

import math

from gancheck.scoring.checks import (
    collapsed,
    constants,
    directions,
    dropped_modes,
    flat_directions,
    imbalanced,
    low_fidelity,
    memorised,
    neighbourhoods,
    repeated_row,
    shrunken_modes,
)
from gancheck.scoring.checks.imbalanced import MARGIN
from gancheck.scoring.class_scoring import ClassScoring
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding, Verdict
from gancheck.system.counts import choose_verb, say_count

#: The first of these that is found is the verdict; the others stay findings.
PRECEDENCE: tuple[Verdict, ...] = (
    "collapsed",
    "dropped-modes",
    "memorised",
    "low-fidelity",
    "mislabelled",
    "imbalanced",
    "shrunken-modes",
)
#: Share of real data in modes whose loss would show, below which finding nothing says nothing.
ENOUGH = 0.9
NARROW = 0.5  #: of real data's standard deviation along a direction: less than this, and not ruled out, is said
FEW = 100  #: samples, below which more of them are the advice in any case
FAR = 20  #: times as many samples: then it is the reference that is too small


def run_checks(evidence: Evidence, classes: ClassScoring | None = None) -> tuple[Finding, ...]:
    """All tests, in the order of precedence; where samples have labels, class by class too."""
    if not evidence.modes_are_natural:
        return tuple(f for f in check_regions(evidence) if f is not None)
    made = check_modes(evidence)
    copied = any(f is not None and f.found and f.kind == "memorised" for f in made)
    if classes is not None:
        made = (*(f and classes.explain(f) for f in made), *classes.checks(copied))
    places = {kind: place for place, kind in enumerate((*PRECEDENCE, "undecided"))}
    return tuple(sorted((f for f in made if f is not None), key=lambda f: places[f.kind]))


def check_modes(evidence: Evidence) -> tuple[Finding | None, ...]:
    """All tests, where the modes are the data's own."""
    return (
        collapsed.check_collapsed(evidence),
        dropped_modes.check_dropped_modes(evidence),
        memorised.check_memorised(evidence),
        *check_fidelity(evidence),
        imbalanced.check_imbalanced(evidence),
        shrunken_modes.check_shrunken_modes(evidence),
        flat_directions.check_flat_directions(evidence),
        directions.check_lost_directions(evidence),
        *check_rest(evidence),
    )


def check_regions(evidence: Evidence) -> tuple[Finding | None, ...]:
    """All tests, where regions of one cloud stand in for modes: these look lost where fidelity or variance is."""
    return (
        collapsed.check_collapsed(evidence),
        flat_directions.check_flat_directions(evidence),
        memorised.check_memorised(evidence),
        *check_fidelity(evidence),
        directions.check_lost_directions(evidence),
        shrunken_modes.check_shrunken_modes(evidence),
        dropped_modes.check_dropped_modes(evidence),
        imbalanced.check_imbalanced(evidence),
        *check_rest(evidence),
    )


def check_fidelity(evidence: Evidence) -> tuple[Finding | None, ...]:
    """What lies where real data does not."""
    return (
        low_fidelity.check_low_fidelity(evidence),
        constants.check_constants(evidence),
        directions.check_gained_directions(evidence),
    )


def check_rest(evidence: Evidence) -> tuple[Finding | None, ...]:
    """What nothing else has a name for."""
    return (
        repeated_row.check_repeated_row(evidence),
        neighbourhoods.check_neighbourhoods(evidence, "coverage"),
        neighbourhoods.check_neighbourhoods(evidence, "precision"),
    )


def decide(evidence: Evidence, findings: tuple[Finding, ...]) -> tuple[Verdict, str]:
    """The label, and why."""
    for finding in findings:
        if finding.found:
            more = ": something is wrong that no other test names" if finding.kind == "undecided" else ""
            return finding.kind, finding.text + more
    if evidence.limits:
        return "undecided", f"nothing found beyond the margins, but {evidence.limits}"
    seen, n = dropped_modes.detectable(evidence), len(evidence.view.samples)
    if seen >= ENOUGH:
        return (
            "healthy",
            f"nothing found beyond the margins in {say_count(n, 'sample')}{open_to(evidence, findings)}",
        )
    if seen == 0:
        return "undecided", f"too few samples to show even the loss of a whole mode; {advice(evidence)}"
    return "undecided", (
        f"{say_count(n, 'sample')} {choose_verb(n, 'is', 'are')} too few: a loss would show in modes that hold "
        f"{percent(seen)} of real data; {advice(evidence)}"
    )


def open_to(evidence: Evidence, findings: tuple[Finding, ...]) -> str:
    """What so few samples cannot rule out, where it is much more than the margin."""
    uneven = next(f for f in findings if f.kind == "imbalanced")
    several = len(evidence.weights) > 1
    most = f"off by up to {uneven.high:.0%}" if math.isfinite(uneven.high) else "off by any amount"
    wide = f"; shares that are {most} cannot be ruled out" if several and uneven.high > 2 * MARGIN else ""
    lost = next((f for f in findings if f.test == directions.TEST and f.kind == "shrunken-modes"), None)
    narrow = f"; widths down to {lost.low:.0%} cannot be ruled out" if lost is not None and lost.low < NARROW else ""
    blind = (
        "" if evidence.modes_are_natural else "; the data has no clear modes, and a loss inside a region would not show"
    )
    return wide + narrow + blind


def advice(evidence: Evidence) -> str:
    """What would settle it."""
    if evidence.covered < ENOUGH:
        return f"labels with too few reference samples hold {percent(1 - evidence.covered)} of it: give more of them"
    needed = dropped_modes.samples_needed(evidence)
    if evidence.counts is not None and needed > FAR * max(len(evidence.view.samples), FEW):
        return "give a larger reference, or one with fewer and larger modes"
    return f"give about {needed:,}"
