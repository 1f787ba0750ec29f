"""The dataset my-plugin: small Gaussians along two half moons.

If the data is from a paper, name the paper here: authors, title, venue and year.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

import gancheck as gc


@gc.dataset("my-plugin")
@dataclass(frozen=True)
class MyPlugin(gc.Mixture):
    """Equal Gaussians along two half circles, each of which reaches into the other.

    `gancheck list datasets` shows the line above. The fields below are the parameters: `my-plugin(modes=3)` sets one.

    Every Gaussian is a mode. gc.Mixture does the rest: it draws the samples, finds the nearest mode of a generated
    one, and knows how far from it a good sample may lie (3 sigma in two dimensions). Override more where you need it:

    - `share`: (k,) the modes' shares, where they are not equal
    - `names`: what people call the modes

    Data of any other kind, such as images, derives from gc.Dataset, which has a hook for each of these: `spec`,
    `weights`, `deviations`, `draw`, `pool`, `features`, `assign` and `facets`. `help(gc.Dataset)` says what each must
    give. Random numbers come from the generator that `draw` and `pool` are given.
    """

    modes: int = 5  #: Gaussians on each half circle
    sigma: float = 0.05  #: standard deviation of each Gaussian, per coordinate

    def place(self) -> Tensor:
        """The modes' centres, (k, d) float64: k modes of points with d coordinates.

        They may lie anywhere, but no two of them so close that their Gaussians overlap; that is refused.
        """
        angle = torch.linspace(0, math.pi, self.modes, dtype=torch.float64)
        upper = torch.stack([angle.cos(), angle.sin()], dim=1)
        lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], dim=1)
        return torch.cat([upper, lower])
