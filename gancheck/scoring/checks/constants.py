"""Columns that never vary in real data, and do in the samples."""

from __future__ import annotations

from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_share
from gancheck.statistics.intervals import newcombe

MARGIN = 0.1  #: of the samples: as many may lie off every mode before fidelity is low


def check_constants(evidence: Evidence) -> Finding | None:
    """Fidelity is low where surely a tenth more of the samples than of held-out real data leave a column's constant.

    Columns are constant in the first half of the reference; where many are rare flags, real data leaves some too. None
    where no column is constant.
    """
    if evidence.departed is None or evidence.real_departed is None:
        return None
    own, real = (of_share(hits, evidence.level).bounded for hits in (evidence.departed, evidence.real_departed))
    share = newcombe(own, real)
    found = share.low > MARGIN
    return Finding(
        kind="low-fidelity",
        found=found,
        text=(
            f"{percent(own.mean)} of the samples differ from real data in columns that are constant there, "
            f"{percent(real.mean)} of held-out real data"
            if found
            else "samples keep to the columns that are constant in real data"
        ),
        test="Newcombe interval of the difference between the shares",
        p=None,
        effect="share of samples that leave a constant of real data, beyond real data's",
        value=share.mean,
        low=share.low,
        high=share.high,
        margin=MARGIN,
    )
