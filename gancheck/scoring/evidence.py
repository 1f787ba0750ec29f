"""What the tests look at: samples and held-out real data in the same modes, and the level that each test has."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from gancheck.evaluation.modes import Modes
from gancheck.evaluation.view import View
from gancheck.numerics.features import FeatureSet, Memo
from gancheck.numerics.fingerprints import coincidence_between, coincidence_error, pair_coincidence
from gancheck.statistics.intervals import z_score

#: Chance of any false finding, over all tests together. Each test gets an equal part (Bonferroni), and within one the
#: modes share that part again (Holm), so that every interval holds at the level of the whole.
ALPHA = 0.005
TESTS = 15
LEVEL = ALPHA / TESTS


@dataclass(eq=False)
class Evidence(Memo):
    """Samples in random order, and a held-out real draw; both as the verdict compares them."""

    view: View  #: all samples, with their modes
    real: View  #: the real draw, with its modes; its reference is held out from the training data
    names: tuple[str, ...]  #: of the modes
    counted: Tensor | None = None  #: (K,) on the CPU, real samples that gave the shares; None where known
    train: FeatureSet | None = None
    covered: float = 1.0  #: share of real data in the modes
    modes_are_natural: bool = True  #: whether the modes are the data's own, rather than regions of one cloud
    limits: str = ""  #: why finding nothing says nothing, where the real data is too small for it
    directions: Callable[[Tensor], Tensor] | None = None  #: (n, d) features to (n, q) directions; None: facets say it
    off_axes: Callable[[Tensor], Tensor] | None = None  #: (n, d) features to (n, 1 or 0) distances off all of them
    direction_names: tuple[str, ...] = ()  #: of the q directions, and of the rest
    departed: Tensor | None = None  #: (n,) bool, samples that leave a constant of real data; None where there is none
    real_departed: Tensor | None = None  #: (m,) bool, the same of held-out real data
    shares_asked: bool = False  #: whether the modes' shares are what the samples' labels ask for
    level: float = LEVEL  #: of each test

    def __post_init__(self) -> None:
        super().__init__()

    @property
    def modes(self) -> Modes:
        """Of the samples."""
        return self.view.modes

    @property
    def weights(self) -> Tensor:
        """(K,) the modes' shares in real data; like all that has a value a mode, on the CPU."""
        return self.modes.weights.cpu() if self.counted is None else self.counted / self.counted.sum()

    @cached_property
    def counts(self) -> Tensor | None:
        """(K,) the real samples that the shares are worth: fewer than counted where the reference repeats itself.

        Shares are then as uncertain as one sample in 1 + (m - 1) x excess would make them (Kish's design effect).
        """
        if self.counted is None:
            return None
        return self.counted / (1 + max(float(self.counted.sum()) - 1, 0.0) * self.excess)

    @cached_property
    def excess(self) -> float:
        """By how much pairs coincide within the reference more often than with the samples, beyond chance: these are
        repeats rather than discrete data."""
        reference, samples = self.real.real_samples, self.view.samples
        excess = pair_coincidence(reference) - coincidence_between(reference, samples)
        return max(excess - z_score(self.level) * coincidence_error(reference, samples), 0.0)

    @cached_property
    def held(self) -> Tensor:
        """(K,) high-quality samples."""
        return self.modes.counts.cpu()

    @cached_property
    def nearest(self) -> Tensor:
        """(K,) samples of any quality, each given to its nearest mode however far off it lies."""
        return torch.bincount(self.modes.assignment.label, minlength=len(self.weights)).double().cpu()

    @cached_property
    def captured(self) -> float:
        """High-quality samples."""
        return float(self.held.sum())

    @cached_property
    def ratios(self) -> Tensor:
        """(K,) share of the high-quality samples over the real share."""
        return self.held / max(self.captured, 1.0) / self.weights

    @cached_property
    def anywhere(self) -> Tensor:
        """(K,) the same over samples of any quality."""
        return self.nearest / self.nearest.sum() / self.weights

    def listed(self, modes: Tensor, most: int = 6) -> str:
        """Names of the modes (indices), the first few of them."""
        names = [self.names[k] for k in modes.tolist()]
        more = f" and {len(names) - most} more" if len(names) > most else ""
        return ", ".join(names[:most]) + more


def bonferroni(p: float) -> float:
    """A test's p-value over all tests."""
    return min(1.0, TESTS * p)


def percent(share: float) -> str:
    """A share for people: never 0 % or 100 % of something that is not."""
    if not math.isfinite(share) or share in (0, 1) or 0.01 <= share <= 0.99:
        return f"{share:.0%}"
    return f"{share:.2g}" if share < 1e-4 else f"{share:.2%}"
