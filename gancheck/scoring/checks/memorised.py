"""Samples that are copies of the training data."""

from __future__ import annotations

from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbours import nearest_in
from gancheck.numerics.training_copies import find_copies
from gancheck.scoring.evidence import LEVEL, Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_share
from gancheck.statistics.intervals import Bounded, newcombe

MARGIN = 0.05  #: of the samples, copied beyond the rate at which held-out real data looks copied
TWICE = 2.0  #: as many near to training data as to held-out data, at least
MOST = 5_000  #: samples looked at


def check_memorised(evidence: Evidence) -> Finding | None:
    """Samples are memorised when surely 5 % more of them are copies than of held-out real data.

    A copy is nearer to a training sample than 99 % of the held-out reference is. Samples that are as near to held-out
    data as to equally many training samples are no copies: narrow modes are near to everything. None without training
    data.
    """
    if evidence.train is None:
        return None
    both = evidence.view.samples, evidence.real.samples
    fake, real = (rate(features.head(MOST), evidence.train, held_out(evidence)) for features in both)
    value, low, high = newcombe(fake, real)
    found = low > MARGIN and drawn_to_train(evidence)
    return Finding(
        kind="memorised",
        found=found,
        text=(
            f"{percent(fake[0])} of the samples are copies of training samples, {percent(real[0])} of real data"
            if found
            else "samples are no nearer to the training data than real ones"
        ),
        test="Newcombe interval of the difference between the shares of copies",
        p=None,
        effect="share of copies beyond held-out real data's",
        value=value,
        low=low,
        high=high,
        margin=MARGIN,
    )


def drawn_to_train(evidence: Evidence) -> bool:
    """Whether more samples are that near to training data than to as many held-out samples."""
    assert evidence.train is not None
    samples, other = evidence.view.samples.head(MOST), held_out(evidence)
    size = min(len(evidence.train), len(other))
    near = find_copies(samples, evidence.train, other).threshold
    own, control = (
        of_share(nearest_in(samples, features.head(size))[0] <= near, LEVEL) for features in (evidence.train, other)
    )
    clearly = float(own.low) > TWICE * float(control.high)
    return clearly and float(own.low) - float(control.high) > MARGIN * size / len(evidence.train)


def held_out(evidence: Evidence) -> FeatureSet:
    """Real samples that set how near to the training data is too near."""
    return evidence.real.real_samples.head(MOST)


def rate(features: FeatureSet, train: FeatureSet, held_out: FeatureSet) -> Bounded:
    """Share of copies, and its Wilson interval at the test's level."""
    return of_share(find_copies(features, train, held_out).copied, LEVEL).bounded
