"""Columns that never vary in real data, and do in the samples."""

from __future__ import annotations

from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_share

MARGIN = 0.1  #: of the samples: as many may lie off every mode before fidelity is low


def check_constants(evidence: Evidence) -> Finding | None:
    """Fidelity is low where surely more than a tenth of the samples leave a value that all real samples share.

    Wilson interval. None where no column of real data is constant.
    """
    if evidence.departed is None:
        return None
    share = of_share(evidence.departed, evidence.level).bounded
    found = share.low > MARGIN
    return Finding(
        kind="low-fidelity",
        found=found,
        text=(
            f"{percent(share.mean)} of the samples differ from real data in columns that are constant there"
            if found
            else "samples keep to the columns that are constant in real data"
        ),
        test="Wilson interval of the share",
        p=None,
        effect="share of samples that leave a constant of real data",
        value=share.mean,
        low=share.low,
        high=share.high,
        margin=MARGIN,
    )
