"""The game of a GAN's two players: what either could still gain, and whether the game turns or attracts.

Mescheder, Nowozin, Geiger, "The numerics of GANs", NeurIPS 2017; Grnarova et al., "A domain agnostic measure for
monitoring and evaluating GANs", NeurIPS 2019; Berard et al., "A closer look at the optimization landscapes of GANs",
ICLR 2020; Arnoldi, "The principle of minimized iterations", 1951.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.model_state import (
    ModelState,
    flat_gradient,
    gradient_with_graph,
    keep_state,
    trained_parameters,
)

log = logging.getLogger("gancheck")
Values = NDArray[np.complex128]
Losses = Callable[[], tuple[Tensor, Tensor]]
PRODUCTS = 20  #: products with the game's Jacobian in one measurement
MAIN = 0.1  #: an eigenvalue counts that is at least this large beside the largest
ACCURACY = 0.05  #: and whose residual is at most this much of the largest
STEPS = 50  #: steps that each player goes alone
RATE = 1e-3  #: of these steps


class GameProbe:
    """Duality gap, and eigenvalues of the game's Jacobian, at every tenth check.

    `losses` gives the generator's and the discriminator's loss of a fixed batch with their graphs; the discriminator's
    must not detach the generated samples. A measurement costs about 150 training steps: 100 for the gap, and 2 to 3 for
    each of 20 products with the Jacobian. Both players are left as they were.
    """

    requirements: Mapping[str, str] = {
        "duality_gap": "finite losses at a check",
        **dict.fromkeys(
            ("game_rotation", "game_growth"),
            "finite losses that can be differentiated twice at a check, the discriminator's with nothing detached",
        ),
    }
    signals = tuple(requirements)

    def __init__(self, generator: nn.Module, discriminator: nn.Module, losses: Losses, every_checks: int = 10) -> None:
        self.generator, self.discriminator, self.losses = generator, discriminator, losses
        self.every_checks, self.checks = every_checks, 0
        self.has_jacobian = True  #: False once the losses turned out to have none

    def arm(self) -> None:
        """Nothing is attached."""

    def rest(self) -> None:
        """Nothing is attached."""

    def close(self) -> None:
        """Nothing is attached."""

    def measure(self) -> Measured:
        """All three numbers; those that cannot be measured are left out."""
        self.checks += 1
        if (self.checks - 1) % self.every_checks:
            return Measured()
        with keep_state(self.generator, self.discriminator) as state:
            players = trained_parameters(self.generator), trained_parameters(self.discriminator)
            found = {**self.eigenvalues(state, *players), **self.gap(state, *players)} if all(players) else {}
        return Measured({name: value for name, value in found.items() if math.isfinite(value)})

    def both(self, state: ModelState) -> tuple[Tensor, Tensor]:
        """Both losses, the same each time."""
        state.rewind()
        generator_loss, discriminator_loss = self.losses()
        for loss in (generator_loss, discriminator_loss):
            if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
                raise BadData("losses=...: expected two losses with graphs, of a function that calls no backward()")
        return generator_loss.reshape(()), discriminator_loss.reshape(())

    def eigenvalues(self, state: ModelState, generator: list[Tensor], discriminator: list[Tensor]) -> dict[str, float]:
        """Rotation and growth; empty where the losses do not make one game that can be differentiated twice."""
        if not self.has_jacobian:
            return {}
        try:
            own_loss, other_loss = self.both(state)
            if not depends(other_loss, generator):
                raise NotImplementedError("the discriminator's loss does not depend on the generator: detach nothing")
            slopes = [gradient_with_graph(own_loss, generator), gradient_with_graph(other_loss, discriminator)]
            device = slopes[0].device
            kind = torch.promote_types(slopes[0].dtype, slopes[1].dtype)
            field = torch.cat([slope.to(device, kind) for slope in slopes])
            return rotation_and_growth(main_eigenvalues(field, [*generator, *discriminator]))
        except (RuntimeError, NotImplementedError) as error:
            if isinstance(error, torch.OutOfMemoryError):
                raise
            self.has_jacobian = False
            log.warning("gancheck: no eigenvalues of the game: %s", error)
            return {}

    def gap(self, state: ModelState, generator: list[Tensor], discriminator: list[Tensor]) -> dict[str, float]:
        """What both players gain by steps of their own, over the largest gain of the discriminator that was seen."""
        start = -float(self.both(state)[1].detach())
        against_best = max(start, *(-loss for loss in self.alone(state, discriminator, 1)))
        of_best = min(start, *(-loss for loss in self.alone(state, generator, 0)))
        largest = max(abs(start), abs(against_best), abs(of_best), 1e-30)
        return {"duality_gap": (against_best - of_best) / largest}

    def alone(self, state: ModelState, player: list[Tensor], which: int) -> list[float]:
        """The discriminator's losses while one player goes alone down its own loss; its weights are put back."""
        start, seen = [p.detach().clone() for p in player], []
        mean, square = [torch.zeros_like(p) for p in start], [torch.zeros_like(p) for p in start]
        for step in range(1, STEPS + 1):
            losses = self.both(state)
            seen.append(losses[1].detach())
            gradient = torch.autograd.grad(losses[which], player, allow_unused=True, materialize_grads=True)
            for p, g, m, v in zip(player, gradient, mean, square, strict=True):
                p.data.sub_(adam_step(g.to_dense() if g.is_sparse else g, m, v, step))
        seen.append(self.both(state)[1].detach())
        for p, values in zip(player, start, strict=True):
            p.data.copy_(values)
        return [float(v) for v in torch.stack(seen)]


def adam_step(gradient: Tensor, mean: Tensor, square: Tensor, step: int) -> Tensor:
    """What Adam (Kingma and Ba, ICLR 2015) takes off the weights; moves both means."""
    mean.lerp_(gradient, 0.1)
    square.lerp_(gradient.square(), 0.001)
    return RATE * mean / (1 - 0.9**step) / ((square / (1 - 0.999**step)).sqrt() + 1e-8)


def depends(loss: Tensor, parameters: list[Tensor]) -> bool:
    """Whether the graph of a loss reaches any of these parameters."""
    return any(g is not None for g in torch.autograd.grad(loss, parameters, retain_graph=True, allow_unused=True))


def main_eigenvalues(field: Tensor, parameters: list[Tensor], products: int = PRODUCTS) -> Values:
    """The largest eigenvalues of the Jacobian of a field with its graph, those that few products make out.

    Arnoldi's iteration on the transposed Jacobian, which has the same eigenvalues; one backward pass a product.
    """
    start = torch.randn(field.numel(), generator=torch.Generator().manual_seed(0)).to(field.detach())
    basis, rows = [start / start.norm()], []
    for _ in range(min(products, field.numel())):
        product = flat_gradient((field * basis[-1]).sum(), parameters).to(field)
        known = torch.stack(basis)
        row = known @ product
        product = product - row @ known
        again = known @ product  # a second time: rounding leaves some of it
        product = product - again @ known
        length = float(product.norm())
        rows.append([*(row + again).tolist(), length])
        if length <= 1e-6 * max(map(abs, rows[-1][:-1])) or not math.isfinite(length):
            break
        basis.append(product / length)
    return accurate(rows)


def accurate(rows: list[list[float]]) -> Values:
    """Eigenvalues of Arnoldi's small matrix that stand for the large one's, and are not small; none if it has NaN."""
    count = len(rows)
    small = np.array([[rows[j][i] if i < len(rows[j]) else 0.0 for j in range(count)] for i in range(count)])
    if not np.isfinite(small).all() or not math.isfinite(rows[-1][-1]):
        return np.array([])
    values, vectors = np.linalg.eig(small)
    size = np.abs(values).max()
    is_accurate = rows[-1][-1] * np.abs(vectors[-1]) <= ACCURACY * size
    return np.asarray(values[is_accurate & (np.abs(values) >= max(MAIN * size, 1e-30))])


def rotation_and_growth(values: Values) -> dict[str, float]:
    """Of the least attracting eigenvalue that is complex (of any, if none is): |imaginary / real part|, at most 1,000;
    and the real part negated, over the largest eigenvalue's size."""
    if not len(values):
        return {}
    turning = values[np.abs(values.imag) > 1e-6 * np.abs(values)]
    worst = min(turning if len(turning) else values, key=lambda value: value.real)
    rotation = abs(worst.imag) / max(abs(worst.real), 1e-3 * abs(worst))
    return {"game_rotation": float(rotation), "game_growth": float(-worst.real / np.abs(values).max())}
