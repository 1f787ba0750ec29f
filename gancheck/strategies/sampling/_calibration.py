"""What strategies have in common that choose among generated samples with the trained discriminator, calibrated.

Proposals are judged as the discriminator sees them: where it judges packs, whole packs are chosen. Real rows to compare
with are training samples, drawn before training: rows that it never saw where every draw of the data is fresh, and rows
that it was trained on where the training set is finite. The papers hold some out. A snapshot is calibrated once.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import torch
from torch import Tensor
from torch.nn.functional import softplus
from torch.utils.weak import WeakIdKeyDictionary

from gancheck.datasets.base import Batch
from gancheck.errors import BadParameter
from gancheck.gans.game import Sample
from gancheck.gans.look import Look
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept
from gancheck.numerics.seeding import generator
from gancheck.strategies.base import Strategy, name_of
from gancheck.strategies.sampling._columns import each


@dataclass(frozen=True)
class CalibratingStrategy(Strategy):
    """Keeps the discriminator, and real samples to calibrate it on."""

    real: int = 1_000  #: real samples kept to calibrate the discriminator on, beside as many generated ones

    keeps: ClassVar[tuple[str, ...]] = ("discriminator",)
    judges_alone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if self.real < 2:
            raise BadParameter(f"real = {self.real}: calibration needs at least 2 samples")

    def study(self, look: Look) -> dict[str, Any]:
        batch = look.data(self.real)
        return {f"{name_of(self)}/{column}": getattr(batch, column) for column in Batch._fields}


class Proposals(NamedTuple):
    """Generated samples and what the discriminator says of them."""

    sample: Sample
    logits: Tensor  #: (packs,) of the discriminator, one a sample where it judges samples

    def with_packs(self, chosen: Tensor, other: Proposals) -> Proposals:
        """These packs, those of `other` where `chosen` (packs,) is true."""
        rows = chosen.repeat_interleave(len(self.sample.x) // len(self.logits))

        def choose(mine: Tensor, theirs: Tensor) -> Tensor:
            return torch.where(rows.view(-1, *(1 for _ in mine.shape[1:])), theirs, mine)

        return Proposals(each(choose, self.sample, other.sample), torch.where(chosen, other.logits, self.logits))


class Calibration(NamedTuple):
    """What the discriminator's logits are worth."""

    real: Tensor  #: (packs,) logits of real samples
    generated: Tensor  #: (packs,) logits of generated samples
    slope: Tensor  #: calibrated log odds of real against generated rise so much per logit, a scalar
    size: int  #: samples that the discriminator judges at once


class CalibratedSampler(Sampler):
    """Proposals of the inner sampler with the discriminator's logits."""

    def __init__(self, inner: Sampler, name: str) -> None:
        super().__init__(inner)
        self.name = name
        self.known: MutableMapping[Kept, Calibration] = WeakIdKeyDictionary()  #: of every snapshot that was asked for

    def propose(self, kept: Kept, packs: int, size: int, source: torch.Generator) -> Proposals:
        """So many packs of `size` samples."""
        sample = self.inner.draw(kept, packs * size, source)
        return Proposals(sample, self.judge(kept, sample, source))

    def calibration(self, kept: Kept, device: torch.device) -> Calibration:
        """The calibration of a snapshot, made once; its random numbers are its own, the same every time."""
        if kept not in self.known:
            self.known[kept] = self.calibrate(kept, generator(device, "calibration", self.name))
        return self.known[kept]

    def calibrate(self, kept: Kept, source: torch.Generator) -> Calibration:
        """The discriminator calibrated on the real samples that were kept and on as many generated ones."""
        batch = Batch(*(kept.memory[f"{self.name}/{column}"] for column in Batch._fields))
        real = self.judge(kept, self.game(kept, source).real_sample(batch), source)
        size = len(batch.x) // len(real)
        fake = self.propose(kept, len(real), size, source).logits
        return Calibration(real, fake, logistic_slope(real, fake), size)


def logistic_slope(real: Tensor, fake: Tensor) -> Tensor:
    """Slope of the logistic regression that tells two groups of scores apart; it is finite where they are.

    Platt, "Probabilistic outputs for support vector machines", 1999: targets are a little inside of 0 and 1.
    """
    scores = torch.cat([real, fake]).double()
    size = scores.std() + 1e-12
    x = (scores - scores.mean()) / size
    target = torch.cat([0 * real + (len(real) + 1) / (len(real) + 2), 0 * fake + 1 / (len(fake) + 2)]).double()
    line = torch.zeros(2, dtype=torch.float64, device=x.device, requires_grad=True)
    search = torch.optim.LBFGS([line], max_iter=100, tolerance_grad=1e-9, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        line.grad = None
        logits = line[0] * x + line[1]
        value = (softplus(logits) - target * logits).mean()
        value.backward()  # type: ignore[no-untyped-call]
        return value

    with torch.enable_grad():
        search.step(loss)  # type: ignore[no-untyped-call]
    return (line.detach()[0] / size).to(real.dtype)
