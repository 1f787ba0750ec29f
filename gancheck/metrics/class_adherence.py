"""How many samples look like the class that they were made for."""

from __future__ import annotations

from gancheck.errors import BadData
from gancheck.evaluation.class_sizes import made_for_modes
from gancheck.evaluation.view import View
from gancheck.metrics.base import metric
from gancheck.statistics.estimate import Estimate, of_share


@metric("class-adherence", better="higher", low=0, high=1, needs="labels", yardstick=True, on_request=True)
def class_adherence(view: View) -> Estimate:
    """Share of the samples whose nearest mode is that of the class that they were made for.

    0 to 1. The nearest of the classes' centres, found in real data, is the classifier; a perfect generator gets what
    held-out real data does, which the real row shows. Samples of a class that is no mode are left out; none
    left: BadData. Samples off every mode count too, each for the nearest. It does not see what a class lost inside. The
    interval is Wilson's.
    As the classification accuracy of Shmelkov, Schmid & Alahari, "How good is my GAN?", ECCV 2018 (GAN-test).
    """
    known = made_for_modes(view)
    if not known.any():
        raise BadData("no sample is of a class that is a mode: give labels that the reference has too")
    return of_share(view.modes.assignment.label[known] == view.labels[known])
