"""From tests to one label."""

from __future__ import annotations

from gancheck.scoring.checks import collapsed, dropped_modes, imbalanced, low_fidelity, memorised, shrunken_modes
from gancheck.scoring.checks.imbalanced import MARGIN
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding, Verdict

#: The first of these that is found is the verdict; the others stay findings.
PRECEDENCE: tuple[Verdict, ...] = (
    "collapsed",
    "dropped-modes",
    "memorised",
    "low-fidelity",
    "imbalanced",
    "shrunken-modes",
)
#: Share of real data in modes whose loss would show, below which finding nothing says nothing.
ENOUGH = 0.9
FAR = 20  #: times as many samples: then it is the reference that is too small


def run_checks(evidence: Evidence) -> tuple[Finding, ...]:
    """All tests, in the order of precedence."""
    made = (
        collapsed.check_collapsed(evidence),
        dropped_modes.check_dropped_modes(evidence),
        memorised.check_memorised(evidence),
        low_fidelity.check_low_fidelity(evidence),
        imbalanced.check_imbalanced(evidence),
        shrunken_modes.check_shrunken_modes(evidence),
    )
    return tuple(finding for finding in made if finding is not None)


def decide(evidence: Evidence, findings: tuple[Finding, ...]) -> tuple[Verdict, str]:
    """The label, and why."""
    for finding in findings:
        if finding.found:
            return finding.kind, finding.text
    seen = dropped_modes.detectable(evidence)
    if seen >= ENOUGH:
        return (
            "healthy",
            f"nothing found beyond the margins in {len(evidence.view.samples):,} samples{open_to(evidence, findings)}",
        )
    if seen == 0:
        return "undecided", f"too few samples to show even the loss of a whole mode; {advice(evidence)}"
    return "undecided", (
        f"{len(evidence.view.samples):,} samples are too few: a loss would show in modes that hold {percent(seen)} of "
        f"real data; {advice(evidence)}"
    )


def open_to(evidence: Evidence, findings: tuple[Finding, ...]) -> str:
    """What so few samples cannot rule out, where it is much more than the margin."""
    uneven = next(f for f in findings if f.kind == "imbalanced")
    wide = f"; shares that are off by up to {uneven.high:.0%} cannot be ruled out" if uneven.high > 2 * MARGIN else ""
    blind = (
        "" if evidence.modes_are_natural else "; the data has no clear modes, and a loss inside a region would not show"
    )
    return wide + blind


def advice(evidence: Evidence) -> str:
    """What would settle it."""
    if evidence.covered < ENOUGH:
        return f"labels with too few reference samples hold {percent(1 - evidence.covered)} of it: give more of them"
    needed = dropped_modes.samples_needed(evidence)
    if evidence.counts is not None and needed > FAR * len(evidence.view.samples):
        return "give a larger reference, or one with fewer and larger modes"
    return f"give about {needed:,}"
