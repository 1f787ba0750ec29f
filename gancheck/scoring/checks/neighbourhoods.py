"""What no other test names: samples that are not where real data is, or real data that no sample is near."""

from __future__ import annotations

from typing import Literal

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import distinct_rows
from gancheck.numerics.neighbour_balls import BallMembership, ball_membership
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_share
from gancheck.statistics.intervals import Bounded

MOST = 2_000  #: samples on each side
NEIGHBOURS = 5  #: real ones, to which a real sample's neighbourhood reaches
ENOUGH = 100  #: samples on each side, below which nothing is said
MARGIN = 0.75  #: of what held-out real data gets

Side = Literal["coverage", "precision"]
TEXTS = {
    "coverage": "{} of real samples have a generated one in their neighbourhood, {} a real one",
    "precision": "{} of the samples lie in the neighbourhood of a real one, {} of real samples",
}
QUIET = {
    "coverage": "real samples are near generated ones as usual",
    "precision": "samples are near real ones as usual",
}


def check_neighbourhoods(evidence: Evidence, side: Side) -> Finding | None:
    """Samples are undecided where coverage or precision is surely under three quarters of held-out real data's.

    Both of five neighbours, at most 2,000 samples a side, against one reference; the interval of the ratio joins the
    far ends of Wilson's, each at half the level. None below 100 samples. Naeem et al., "Reliable fidelity and diversity
    metrics for generative models", ICML 2020. Coverage is left out where labels ask for shares that are not
    real data's. Of a reference that repeats itself each row counts once: a repeat has no neighbourhood.
    """
    kept, reference = real_rows(evidence)
    n = min(len(evidence.view.samples), len(kept), MOST)
    if (evidence.shares_asked and side == "coverage") or n < ENOUGH or len(reference) < ENOUGH:
        return None
    fake, real = (share(x, reference, n, side, evidence.level / 2) for x in (evidence.view.samples, kept))
    value, low, high = (a / max(b, 1e-12) for a, b in zip(fake, (real[0], real[2], real[1]), strict=True))
    found = high < MARGIN
    return Finding(
        kind="undecided",
        found=found,
        text=TEXTS[side].format(percent(fake.mean), percent(real.mean)) if found else QUIET[side],
        test="Wilson intervals of the shares, of five neighbours",
        p=None,
        effect=f"{side} over held-out real data's",
        value=value,
        low=low,
        high=high,
        margin=MARGIN,
    )


def real_rows(evidence: Evidence) -> tuple[FeatureSet, FeatureSet]:
    """Held-out real samples and the reference, without their repeats where these are no discrete data's."""
    kept, reference = evidence.real.samples, evidence.real.real_samples
    return (kept.cached(distinct_rows), reference.cached(distinct_rows)) if evidence.excess > 0 else (kept, reference)


def share(x: FeatureSet, reference: FeatureSet, n: int, side: Side, level: float) -> Bounded:
    """Share of the real balls with a sample in them, or of the samples in a real ball, and its interval."""
    membership = x.cached(membership_of, reference, n)
    inside = membership.held if side == "coverage" else membership.inside
    return of_share(inside > 0, level).bounded


def membership_of(x: FeatureSet, reference: FeatureSet, n: int) -> BallMembership:
    """Of the first n samples and as many of the reference."""
    return ball_membership(x.head(n), reference.head(n), (NEIGHBOURS,))[NEIGHBOURS]
