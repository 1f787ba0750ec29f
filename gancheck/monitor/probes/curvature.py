"""Curvature of the loss, and whether autograd's slope is the loss's slope.

Lanczos, "An iteration method for the solution of the eigenvalue problem", 1950; Pearlmutter, "Fast exact
multiplication by the Hessian", Neural Computation 1994; Ridders, "Accurate computation of F'(x)", 1982.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Mapping

import torch
from torch import Tensor, nn

from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured
from gancheck.monitor.probes.model_state import (
    ModelState,
    flat,
    flat_gradient,
    gradient_with_graph,
    keep_state,
    like,
    trained_parameters,
)

log = logging.getLogger("gancheck")
STEPS = 20  #: Hessian-vector products of one measurement
SPACINGS = 8  #: step sizes of the finite differences, each four times the one before
NOISE = 1e-3  #: a negative eigenvalue this small beside the largest is rounding


class CurvatureProbe:
    """Sharpness, negative curvature and gradient error of a fixed batch, at every tenth check.

    A Hessian-vector product costs 2 to 3 training steps: with 20 of them and 16 losses for the finite differences, a
    measurement costs about 60 steps. The model is left as it was, its batch norm statistics and random numbers too.
    """

    requirements: Mapping[str, str] = {
        **dict.fromkeys(
            ("sharpness", "negative_curvature"), "a finite loss that can be differentiated twice, at a check"
        ),
        "gradient_error": "a finite loss, and weights in single precision at least, at a check",
    }
    signals = tuple(requirements)

    def __init__(self, model: nn.Module, closure: Callable[[], Tensor], every_checks: int = 10) -> None:
        self.model, self.closure, self.every_checks = model, closure, every_checks
        self.checks = 0
        self.has_hessian = True  #: False once an operation turned out to have no second derivative

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
        with keep_state(self.model) as state:
            parameters = trained_parameters(self.model)
            found = {**self.curvature(state, parameters), **self.error(state, parameters)} if parameters else {}
        return Measured({name: value for name, value in found.items() if math.isfinite(value)})

    def loss(self, state: ModelState) -> Tensor:
        """The loss, the same each time."""
        state.rewind()
        loss = self.closure()
        if not isinstance(loss, Tensor) or loss.numel() != 1 or not loss.requires_grad:
            raise BadData("closure=...: expected a loss with its graph, of a function that does not call backward()")
        return loss.reshape(())

    def curvature(self, state: ModelState, parameters: list[Tensor]) -> dict[str, float]:
        """Both ends of the Hessian's spectrum; empty where an operation has no second derivative."""
        if not self.has_hessian:
            return {}
        try:
            gradient = gradient_with_graph(self.loss(state), parameters)
            low, high = extreme_eigenvalues(gradient, parameters)
        except (RuntimeError, NotImplementedError) as error:
            if isinstance(error, torch.OutOfMemoryError):
                raise
            self.has_hessian = False
            log.warning("gancheck: no curvature, as the loss cannot be differentiated twice: %s", error)
            return {}
        size = norm_of(gradient)
        return {"sharpness": high, "negative_curvature": negative_part(low, high) / size} if math.isfinite(size) else {}

    def error(self, state: ModelState, parameters: list[Tensor]) -> dict[str, float]:
        """Distance of autograd's slope from finite differences; empty in half precision, which is too coarse."""
        if any(torch.finfo(p.dtype).bits < 32 for p in parameters):
            return {}
        gradient = flat_gradient(self.loss(state), parameters).detach()
        direction = direction_of(gradient, self.checks)
        slope = float(gradient.double() @ direction.double())
        return {"gradient_error": slope_error(slope, self.differences(state, parameters, direction))}

    def differences(self, state: ModelState, parameters: list[Tensor], direction: Tensor) -> list[float]:
        """Central differences along a direction, for step sizes that grow by four."""
        start, moves = [p.detach().clone() for p in parameters], like(direction, parameters)
        unit = max(torch.finfo(p.dtype).eps for p in parameters) ** (1 / 3) * scale_of(parameters) / 512

        def value(step: float) -> float:
            for p, at, move in zip(parameters, start, moves, strict=True):
                p.data.copy_(at + step * move)
            return float(self.loss(state).detach().double())

        sizes = [unit * 4**i for i in range(SPACINGS)]
        return [(value(size) - value(-size)) / (2 * size) for size in sizes]


def negative_part(low: float, high: float) -> float:
    """The smallest eigenvalue, negated; 0 where it is above zero or may be rounding, NaN where it is NaN."""
    is_negative = low < -NOISE * max(abs(low), abs(high))
    return -low if is_negative or math.isnan(low) else 0.0


def norm_of(gradient: Tensor) -> float:
    """The gradient's norm, and never zero."""
    return max(float(gradient.detach().norm()), 1e-30)


def scale_of(parameters: list[Tensor]) -> float:
    """Norm of all weights, and never less than a hundredth each."""
    weights = flat([p.detach() for p in parameters])
    return max(float(weights.norm()), 0.01 * math.sqrt(weights.numel()))


def direction_of(gradient: Tensor, seed: int) -> Tensor:
    """A unit vector: half along the gradient, for a large slope, half at random, to see what autograd leaves out."""
    generator = torch.Generator().manual_seed(seed)
    random = torch.randn(gradient.numel(), generator=generator).to(gradient)
    mixed: Tensor = gradient / norm_of(gradient) + random / random.norm()
    return mixed / norm_of(mixed)


def slope_error(slope: float, differences: list[float]) -> float:
    """How far a slope is from differences, in the step sizes that speak best for it.

    Rounding spoils small steps and curvature large ones; neither does where three step sizes in a row, a factor of 16,
    agree within a tenth, and twice their disagreement counts as uncertainty. Zero where none do, as noise is no error.
    """
    if not all(map(math.isfinite, (slope, *differences))):
        return math.nan
    rows = [differences[i : i + 3] for i in range(len(differences) - 2)]
    errors = [excess(slope, row) for row in rows if max(row) - min(row) < 0.1 * max(map(abs, row))]
    return min(errors, default=0.0)


def excess(slope: float, row: list[float]) -> float:
    """Relative distance of a slope from the middle of some differences, beyond twice their disagreement."""
    middle = sorted(row)[len(row) // 2]
    return max(0.0, abs(slope - middle) - 2 * (max(row) - min(row))) / max(abs(slope), abs(middle))


def extreme_eigenvalues(gradient: Tensor, parameters: list[Tensor], steps: int = STEPS) -> tuple[float, float]:
    """Smallest and largest eigenvalue of the Hessian, of a gradient with its graph.

    Lanczos without storing its vectors: copies of eigenvalues may appear, the two ends of the spectrum stay right. Both
    are approached from within, so neither is ever overstated.
    """
    vector = torch.randn(gradient.numel(), generator=torch.Generator().manual_seed(0)).to(gradient.detach())
    vector, before = vector / vector.norm(), torch.zeros_like(vector)
    diagonal: list[float] = []
    beside: list[float] = [0.0]
    for _ in range(min(steps, gradient.numel())):
        product = hessian_product(gradient, parameters, vector) - beside[-1] * before
        diagonal.append(float(product @ vector))
        product = product - diagonal[-1] * vector
        beside.append(float(product.norm()))
        if beside[-1] <= 1e-6 * max(map(abs, diagonal)):
            break
        before, vector = vector, product / beside[-1]
    return ends(diagonal, beside[1:-1] if len(beside) > 1 else [])


def ends(diagonal: list[float], beside: list[float]) -> tuple[float, float]:
    """Smallest and largest eigenvalue of a tridiagonal matrix; NaN where it has entries that are not finite."""
    if not all(map(math.isfinite, diagonal + beside)):
        return math.nan, math.nan
    off = torch.tensor(beside, dtype=torch.float64)
    matrix = torch.diag(torch.tensor(diagonal, dtype=torch.float64)) + torch.diag(off, 1) + torch.diag(off, -1)
    values = torch.linalg.eigvalsh(matrix)
    return float(values[0]), float(values[-1])


def hessian_product(gradient: Tensor, parameters: list[Tensor], vector: Tensor) -> Tensor:
    """The Hessian times a vector; zero where the loss is linear."""
    if not gradient.requires_grad:
        return torch.zeros_like(vector)
    return flat_gradient((gradient * vector).sum(), parameters)
