"""Whether both players of a GAN turn around each other: their path, seen in few fixed random directions.

Random projections keep angles and lengths: Johnson and Lindenstrauss 1984; a path that turns in the plane of two
players is a limit cycle or a spiral: Mescheder et al., "Which training methods for GANs do actually converge?", ICML
2018.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn.parameter import is_lazy

from gancheck.monitor.probes.base import Measured

Path = NDArray[np.complex128]  #: real part: the generator in one direction; imaginary part: the discriminator
COORDINATES = 4096  #: weights looked at, of each player
PLANES = 2  #: pairs of directions, one of each player
WINDOW = 60  #: checks looked back on
FEWEST = 20  #: checks without which nothing is said
FLATTEST = 1e-3  #: width over length of a path that is not yet a line


class PathProbe:
    """Turns of the players' path in the last 60 checks, and how its radius changes from turn to turn.

    Both players' weights are projected onto fixed random directions, which make two planes; the smaller of both planes'
    answers is given. It costs four sums over 4,096 weights a check, and changes nothing. A turn must last at
    least three checks or so to be seen.
    """

    signals = ("path_turns", "path_radius")
    requirements: Mapping[str, str] = dict.fromkeys(signals, f"{FEWEST} checks or more in a row with finite weights")

    def __init__(self, generator: nn.Module, discriminator: nn.Module) -> None:
        self.players = generator, discriminator
        self.directions: list[list[tuple[Tensor, Tensor]]] = []
        self.points: list[list[complex]] = []  #: of each check, one point in each plane

    def arm(self) -> None:
        """Nothing is attached."""

    def rest(self) -> None:
        """Nothing is attached."""

    def close(self) -> None:
        """Nothing is attached."""

    def measure(self) -> Measured:
        """Turns and radius, once there are enough checks."""
        point = self.point()
        if point is None:
            self.points.clear()
            return Measured()
        self.points = [*self.points, point][-WINDOW:]
        if len(self.points) < FEWEST:
            return Measured()
        found = [turns_and_radius(path) for path in np.array(self.points).T]
        return Measured({"path_turns": min(t for t, _ in found), "path_radius": min(r for _, r in found)})

    @torch.no_grad()
    def point(self) -> list[complex] | None:
        """Where the players are, in each plane; None where weights are not finite or not there yet."""
        parameters: list[list[Tensor]] = [[*filter(is_filled, player.parameters())] for player in self.players]
        if not all(parameters):
            return None
        if not self.directions:
            self.directions = [directions(own, seed) for seed, own in enumerate(parameters)]
        pairs = zip(parameters, self.directions, strict=True)
        generator, discriminator = (projection(own, along).tolist() for own, along in pairs)
        point = [complex(g, d) for g, d in zip(generator, discriminator, strict=True)]
        return point if np.isfinite(point).all() else None


def is_filled(parameter: Tensor) -> bool:
    """Whether a parameter holds numbers yet."""
    return not is_lazy(parameter)


def directions(parameters: list[Tensor], seed: int) -> list[tuple[Tensor, Tensor]]:
    """Of every parameter, which of its weights are looked at, and their share in each direction."""
    generator = torch.Generator().manual_seed(seed)
    total = sum(p.numel() for p in parameters)
    found = []
    for p in parameters:
        most = p.numel() if total <= COORDINATES else math.ceil(COORDINATES * p.numel() / total)
        places = torch.arange(most) if most == p.numel() else torch.randint(p.numel(), (most,), generator=generator)
        weights = torch.randn(PLANES, most, generator=generator)
        found.append((places.to(p.device), weights.to(p.device)))
    return found


def projection(parameters: list[Tensor], along: list[tuple[Tensor, Tensor]]) -> Tensor:
    """A player's weights in each direction."""
    parts = [w @ real_values(p, places).to(w.dtype) for p, (places, w) in zip(parameters, along, strict=True)]
    return torch.stack([part.to(parts[0].device) for part in parts]).sum(0)


def real_values(parameter: Tensor, places: Tensor) -> Tensor:
    """Some weights of a parameter; the real parts of complex ones."""
    values = parameter.detach().reshape(-1)[places]
    return values.real if values.is_complex() else values


def turns_and_radius(path: Path) -> tuple[float, float]:
    """Turns around the path's mean, and the growth of its radius in one turn.

    Turns are multiplied by the share of all turning that is not taken back, 1 on a circle and small where points
    scatter around a mean, which turn too, by chance. The radius is a line through its logarithm against the angle.
    """
    centred = rescaled(path)
    if centred is None:
        return 0.0, 0.0
    turning = np.angle(centred[1:] * np.conj(centred[:-1]))
    net, all_of_it = abs(turning.sum()), np.abs(turning).sum()
    if net <= 1e-9:
        return 0.0, 0.0
    angle = np.concatenate([[0.0], np.cumsum(turning)]) * np.sign(turning.sum())
    slope = np.polyfit(angle, np.log(np.maximum(np.abs(centred), 1e-12)), 1)[0]
    return float(net / (2 * math.pi) * net / all_of_it), float(np.exp(np.clip(2 * math.pi * slope, -30, 30)))


def rescaled(path: Path) -> Path | None:
    """A path around its mean, stretched until it is as wide in every direction: any ellipse becomes a circle.

    One player may move much less than the other, and two sums over many weights that circle are a flat ellipse, on
    whose ends a radius says little. None where one player hardly moves, or both move along one line.
    """
    parts = np.stack([path.real, path.imag])
    spread = parts.std(1, keepdims=True)
    if (spread <= 1e-5 * np.abs(parts).max(1, keepdims=True) + 1e-30).any():
        return None
    _, widths, axes = np.linalg.svd((parts - parts.mean(1, keepdims=True)) / spread, full_matrices=False)
    return None if widths[1] <= FLATTEST * widths[0] else np.asarray(axes[0] + 1j * axes[1])
