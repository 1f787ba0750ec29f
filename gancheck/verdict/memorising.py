"""Samples that are copies of the training data."""

from __future__ import annotations

from gancheck.cloud import Cloud
from gancheck.copies import copying
from gancheck.estimate import of_share
from gancheck.nearest import nearest
from gancheck.scores import Finding
from gancheck.verdict.evidence import LEVEL, Evidence, percent

MARGIN = 0.05  #: of the samples, copied beyond the rate at which held-out real data looks copied
TWICE = 2.0  #: as many near to training data as to held-out data, at least
MOST = 5_000  #: samples looked at


def check(evidence: Evidence) -> Finding | None:
    """Samples are memorised when surely 5 % more of them are copies than of held-out real data.

    A copy is nearer to a training sample than 99 % of the held-out reference is. Samples that are as near to held-out
    data as to equally many training samples are no copies: narrow modes are near to everything. None without training
    data.
    """
    if evidence.train is None:
        return None
    both = evidence.view.samples, evidence.real.samples
    fake, real = (rate(cloud.head(MOST), evidence.train, held_out(evidence)) for cloud in both)
    value = fake[0] - real[0]
    far = ((fake[0] - fake[1]) ** 2 + (real[2] - real[0]) ** 2) ** 0.5
    near = ((fake[2] - fake[0]) ** 2 + (real[0] - real[1]) ** 2) ** 0.5
    found = value - far > MARGIN and drawn_to_train(evidence)
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
        low=value - far,
        high=value + near,
        margin=MARGIN,
    )


def drawn_to_train(evidence: Evidence) -> bool:
    """Whether more samples are that near to training data than to as many held-out samples."""
    assert evidence.train is not None
    samples, other = evidence.view.samples.head(MOST), held_out(evidence)
    size = min(len(evidence.train), len(other))
    near = copying(samples, evidence.train, other).threshold
    own, control = (of_share(nearest(samples, cloud.head(size))[0] <= near, LEVEL) for cloud in (evidence.train, other))
    clearly = float(own.low) > TWICE * float(control.high)
    return clearly and float(own.low) - float(control.high) > MARGIN * size / len(evidence.train)


def held_out(evidence: Evidence) -> Cloud:
    """Real samples that set how near to the training data is too near."""
    return evidence.real.real_samples.head(MOST)


def rate(cloud: Cloud, train: Cloud, held_out: Cloud) -> tuple[float, float, float]:
    """Share of copies, and its Wilson interval at the test's level."""
    copied = copying(cloud, train, held_out).copied
    estimate = of_share(copied, LEVEL)
    return float(estimate), float(estimate.low), float(estimate.high)
