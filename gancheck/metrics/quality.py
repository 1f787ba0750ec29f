"""How many samples are good enough to count."""

from __future__ import annotations

from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.statistics.estimate import Estimate, of_share


@metric("quality", better="higher", low=0, high=1, needs="modes")
def quality(view: View) -> Estimate:
    """Share of high-quality samples: inside the radius that holds 98.889 % of the nearest mode's own mass.

    0 to 1. A perfect generator gets 0.98889, what 3 standard deviations hold in the plane; more means samples huddle.
    The interval is Wilson's.
    Srivastava et al., "VEEGAN: reducing mode collapse in GANs using implicit variational learning", NeurIPS 2017.
    On the ring it did not see: drop, imbalance, copy, repeat.
    """
    return of_share(view.modes.good)


@metric("quality-ratio", better="one", low=0, needs="modes")
def quality_ratio(view: View) -> Estimate:
    """Quality over its ceiling, the share of real samples that are high-quality (98.889 %).

    0 to 1 / ceiling; a perfect generator gets 1 on average at any n.
    On the ring it did not see: drop, imbalance, copy, repeat.
    """
    share, ceiling = quality(view), view.modes.ceiling
    return Estimate(share.value / ceiling, share.low / ceiling, share.high / ceiling)
