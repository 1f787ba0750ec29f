"""DiffAugment: change real and generated samples at random before the discriminator sees them.

Zhao, Liu, Lin, Zhu & Han, "Differentiable augmentation for data-efficient GAN training", NeurIPS 2020. Kinds, order and
ranges for images are those of the authors' code; on grey images saturation changes nothing, on stacked ones it mixes
the channels. Points are not in the paper: they are shifted by up to an eighth of the data's standard deviation and
turned by up to pi/32 about its mean, a choice of ours. In packs each sample is changed by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.strategies.base import strategy
from gancheck.strategies.data._augmentations import AugmentingStrategy


@strategy("diffaugment", family="data", paper="Zhao et al., NeurIPS 2020")
@dataclass(frozen=True)
class DiffAugment(AugmentingStrategy):
    """Play both losses with D(T(x)) and D(T(G(z))), T a random change with a gradient, drawn anew for every sample."""
