"""Samples that no GAN made, measured beside the recipes, so that a reader can see what a number is worth.

A board that ranks by modes held must say what noise over the data's square holds, and what copying gets.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from gancheck.datasets.base import Dataset

BOX = 10_000  #: training samples whose extremes are the data's square
COPIES = 10  #: training samples that the memoriser keeps for every mode, on average


def blanket(dataset: Dataset, count: int, source: torch.Generator) -> Tensor:
    """Uniform noise (count, *shape) over the data's range: pixels' own, else from least to most in every coordinate."""
    noise = torch.rand(count, *dataset.spec.shape, generator=source, device=source.device)
    if dataset.spec.bounded:
        return dataset.spec.low + (dataset.spec.high - dataset.spec.low) * noise
    x = dataset.draw(BOX, source).x
    low, high = x.amin(0), x.amax(0)
    return low + (high - low) * noise


def memoriser(dataset: Dataset, count: int, source: torch.Generator) -> Tensor:
    """Ten times as many training samples as there are modes, drawn by the modes' shares and repeated at random."""
    kept = dataset.draw(COPIES * len(dataset.weights), source).x
    return kept[torch.randint(len(kept), (count,), generator=source, device=source.device)]


#: Rows of the board that nobody trained, by name; `real` is measured beside every value and needs no entry.
YARDSTICKS: dict[str, Callable[[Dataset, int, torch.Generator], Tensor]] = {"memoriser": memoriser, "blanket": blanket}
