"""How many directions the weight matrices of a model use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import torch
from torch import Tensor, nn

from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.parameters import is_trained, layer_name, with_shape

EVERY = 10  #: checks from one measurement to the next
FIRST = 3  #: such measurements of any model; later only every tenth of them, but for a discriminator: they take long
SMALLEST = 8  #: a matrix with a shorter side has too few directions to count
LARGEST = 128  #: of a longer side only so many rows or columns, evenly spread, are looked at


class WeightProbe:
    """Effective rank of every weight matrix, at the first check and at every tenth after it; from the 31st check on at
    every hundredth, but for a discriminator, whose ranks are watched.

    Roy & Vetterli, "The effective rank", EUSIPCO 2007: the exponential of the entropy of the singular values, which are
    scaled to sum to 1; here over the smaller side, so that 1 is as many directions as can be. Kernels of convolutions
    are matrices of output channels. Of a model called "discriminator" the same is also told as `spectrum`.
    """

    signals: tuple[str, ...] = ("effective_rank", "spectrum")

    def __init__(self, models: Mapping[str, nn.Module]) -> None:
        self.models = dict(models)
        names = self.signals if "discriminator" in models else ("effective_rank",)
        matrix = f"a trained weight matrix with at least {SMALLEST} rows and columns, at a check"
        self.requirements = dict.fromkeys(names, matrix)
        self.checks = 0

    def arm(self) -> None:
        """Nothing is attached."""

    def measure(self) -> Measured:
        """The ranks, if it is their turn."""
        self.checks += 1
        made = Measured()
        turn, rest = divmod(self.checks - 1, EVERY)
        if rest:
            return made
        due = [model for model in self.models if model == "discriminator" or turn < FIRST or turn % EVERY == 0]
        for model, module in ((model, self.models[model]) for model in due):
            ranks = {layer_name(model, n, len(self.models)): effective_rank(m) for n, m in matrices(module)}
            if ranks:
                made.layers.setdefault("effective_rank", {}).update(ranks)
            if ranks and model == "discriminator":
                made.layers["spectrum"] = dict(ranks)
        return made

    def rest(self) -> None:
        """Nothing is attached."""

    def close(self) -> None:
        """Nothing was attached."""


def matrices(module: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Trained weights as matrices of outputs, not larger than is worth the time."""
    for name, parameter in with_shape(module):
        if is_trained(parameter) and parameter.ndim >= 2:
            matrix = parameter.detach().flatten(1)
            if min(matrix.shape) >= SMALLEST and parameter.layout == torch.strided:
                yield name, matrix[:: stride(matrix.shape[0]), :: stride(matrix.shape[1])]


def stride(side: int) -> int:
    """From one row or column to the next that is looked at."""
    return -(-side // LARGEST)


@torch.no_grad()
def effective_rank(matrix: Tensor) -> Tensor:
    """Between 0 and 1; 0 of a matrix of zeros. Singular values come from the smaller matrix of inner products."""
    wide = matrix.to(torch.complex64 if matrix.is_complex() else torch.float32)
    wide = (wide / wide.abs().amax().clamp(min=1e-30)).nan_to_num(0.0, 0.0, 0.0)  # a solver may raise on NaN
    short = wide if wide.shape[0] <= wide.shape[1] else wide.mT
    values = torch.linalg.eigvalsh(short @ short.mH).clamp(min=0).sqrt()
    shares = values / values.sum().clamp(min=1e-30)
    entropy = -torch.special.xlogy(shares, shares).sum()
    return torch.where(values.sum() > 0, entropy.exp() / len(values), 0.0)
