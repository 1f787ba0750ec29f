"""The metric my-plugin: the energy distance.

Szekely & Rizzo, "Energy statistics: a class of statistics based on distances", Journal of Statistical Planning and
Inference 2013. Name your own paper here in the same way.
"""

from __future__ import annotations

import torch
from torch import Tensor

import gancheck as gc


@gc.metric("my-plugin", better="lower", low=0, needs="reference", max_samples=2_000)
def my_plugin(view: gc.View, power: float = 1.0) -> Tensor:
    """How much farther samples lie from real ones than each kind lies from its own: 0 where both are alike.

    `gancheck list metrics` shows the line above. Arguments after the view are the parameters: `my-plugin(power=0.5)`
    sets one.

    The decorator says how to read the number and what it takes. `better` is "lower", "higher", or "one" where 1 is
    best; `low` and `high` are the range, where it has an end. `needs` says what the view must have:

    - "samples": `view.fake` (n, d), features of the samples; for points, the points themselves
    - "reference": `view.real` (m, d) too, features of real data
    - "modes": `view.modes`, which mode every sample belongs to
    - "train": `view.train.x` (t, d), features of what the generator was trained on
    - "images": `view.images` (n, c, h, w), pixels from -1 to 1
    - "classes": `view.classes` (n, classes), probabilities from a classifier

    With `max_samples`, a metric that compares all pairs gets no more samples than that. Give one scalar, or a
    `gc.Estimate` with the ends of its interval. Raise gc.BadData where the number is not defined. Random numbers must
    come from a generator with a fixed seed. `help(gc.View)` and `help(gc.metric)` say more.
    """
    if not 0 < power < 2:
        raise gc.BadParameter(f"power = {power} must lie between 0 and 2")
    apart = mean_distance(view.fake, view.real, power)
    within = mean_distance(view.fake, view.fake, power) + mean_distance(view.real, view.real, power)
    return (2 * apart - within).clamp_min(0)


def mean_distance(x: Tensor, y: Tensor, power: float) -> Tensor:
    """Mean over all pairs of rows of x (n, d) and y (m, d), in double precision."""
    return torch.cdist(x.double(), y.double()).pow(power).mean()
