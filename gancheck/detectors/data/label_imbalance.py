"""Some classes are much rarer than others in the batches that a model is trained on."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gancheck.detectors.base import Detector, Reading, detector
from gancheck.detectors.observation import Observation
from gancheck.errors import BadParameter


@detector("label-imbalance", family="data", needs=("label_share", "label_count"))
@dataclass
class LabelImbalance(Detector):
    """One class has many times the labels of another: a model may ignore the rare one and still be right mostly.

    Statistic: labels of the largest class over those that the smallest may have, which is its count plus `sure`
    standard deviations: few labels are no evidence. A class without any label is not known of. Shares come whenever
    the number of labels has doubled. It is a notice: data may well be so, and rightly.
    """

    acts_on = ("label_share",)
    severity = "notice"
    cause = "data that is so, or a sampler that favours some classes"
    advice = "a score that counts classes alike, class weights, or a balanced sampler"

    ratio: float = 10.0  #: of the largest to the smallest class
    sure: float = 4.0  #: standard deviations of the smallest count
    least: int = 500  #: labels below which nothing is said

    def __post_init__(self) -> None:
        if self.ratio <= 1 or self.sure < 0:
            raise BadParameter("ratio must be above 1, and sure at least 0")

    def start(self) -> None:
        """Nothing is remembered."""

    def update(self, seen: Observation) -> Reading | None:
        shares = {name: s for name, s in seen.of_layers("label_share").items() if math.isfinite(s) and s > 0}
        count = seen.get("label_count")
        if len(shares) < 2 or not count >= self.least:
            return None
        rare, common = min(shares, key=lambda n: shares[n]), max(shares, key=lambda n: shares[n])
        most = shares[rare] * count
        ratio = shares[common] * count / (most + self.sure * math.sqrt(most + self.sure))
        told = f"class {common} has {shares[common]:.1%} of the labels, class {rare} {shares[rare]:.2%}"
        return Reading(ratio, self.ratio, told, f"class {rare}")
