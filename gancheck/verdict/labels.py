"""From tests to one label."""

from __future__ import annotations

from gancheck.scores import Finding, Verdict
from gancheck.verdict import collapse, dropping, fidelity, imbalance, memorising, shrinkage
from gancheck.verdict.evidence import Evidence, percent

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


def checks(evidence: Evidence) -> tuple[Finding, ...]:
    """All tests, in the order of precedence."""
    made = (
        collapse.check(evidence),
        dropping.check(evidence),
        memorising.check(evidence),
        fidelity.check(evidence),
        imbalance.check(evidence),
        shrinkage.check(evidence),
    )
    return tuple(finding for finding in made if finding is not None)


def verdict(evidence: Evidence, findings: tuple[Finding, ...]) -> tuple[Verdict, str]:
    """The label, and why."""
    for finding in findings:
        if finding.found:
            return finding.kind, finding.text
    seen = dropping.detectable(evidence)
    if seen >= ENOUGH:
        return (
            "healthy",
            f"nothing found beyond the margins in {len(evidence.view.samples):,} samples{open_to(findings)}",
        )
    return "undecided", (
        f"{len(evidence.view.samples):,} samples are too few: a loss would show in modes that hold {percent(seen)} of "
        f"real data; {advice(evidence)}"
    )


def open_to(findings: tuple[Finding, ...]) -> str:
    """What so few samples cannot rule out, where it is much more than the margin."""
    uneven = next(f for f in findings if f.kind == "imbalanced")
    if uneven.high <= 2 * uneven.margin:
        return ""
    return f"; shares that are off by up to {uneven.high:.0%} cannot be ruled out"


def advice(evidence: Evidence) -> str:
    """What would settle it."""
    if evidence.counts is not None and float(evidence.counts.sum()) < dropping.needed(evidence) / 2:
        return "give more samples and a larger reference"
    return f"give about {dropping.needed(evidence):,}"
