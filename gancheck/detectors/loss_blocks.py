"""Means of ten losses in a row, made once for all detectors that judge a loss by them."""

from __future__ import annotations

from dataclasses import dataclass, field

from gancheck.detectors.observation import Observation, is_training_loss
from gancheck.statistics.sequential import BlockMeans

ENDING = "_block"  #: of the signal: `loss_block` of `loss`, `generator_loss_block` of `generator_loss`


@dataclass
class LossBlocks:
    """Adds to a step that completes ten numbers of a training loss their mean, as a signal of its own.

    Single steps are correlated, and most detectors of a loss look at such means alone: so these are shown every tenth
    step, which spares about a third of the detectors' time.
    """

    blocks: dict[str, BlockMeans] = field(default_factory=dict)

    def add(self, seen: Observation) -> Observation:
        """The same step, with the means that it completes."""
        done: dict[str, float] = {}
        for name, value in seen.numbers.items():
            if is_training_loss(name):
                mean = self.of(name).add(value)
                if mean is not None:
                    done[name + ENDING] = mean
        return Observation(seen.step, {**seen.numbers, **done}, seen.layers) if done else seen

    def of(self, name: str) -> BlockMeans:
        """The block of one loss that is not complete."""
        if name not in self.blocks:
            self.blocks[name] = BlockMeans()
        return self.blocks[name]
