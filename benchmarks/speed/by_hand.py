"""The loop that people write by hand, in plain PyTorch with fused Adam, and the same written with care."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

LATENT = 16


def perceptrons(width: int, m: int = 1) -> tuple[nn.Module, nn.Module]:
    """The plain PyTorch twins of `mlp` on points; the discriminator judges m at a time."""

    def layers(inputs: int, outputs: int) -> nn.Sequential:
        hidden = (nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2))
        return nn.Sequential(*hidden, nn.Linear(width, outputs))

    return layers(LATENT, 2), layers(2 * m, 1)


class Deviation(nn.Module):
    """(n, width) -> (n, width + 1): the deviation over groups of four, averaged over features."""

    def forward(self, hidden: Tensor) -> Tensor:
        groups = hidden.reshape(4, len(hidden) // 4, -1)
        deviation = (groups.var(0, unbiased=False) + 1e-8).sqrt().mean(1)
        return torch.cat([hidden, deviation.repeat(4).unsqueeze(1)], 1)


def ring(rows: int, device: torch.device | None = None) -> Tensor:
    """Samples of eight modes on a circle."""
    angle = torch.randint(8, (rows,), device=device) * (2 * torch.pi / 8)
    return torch.stack([angle.cos(), angle.sin()], 1) + 0.01 * torch.randn(rows, 2, device=device)


def slope(d: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
    """Gradient of D at x, to be differentiated again."""
    x = x.detach().requires_grad_(True)
    gradient: Tensor = torch.autograd.grad(d(x).sum(), x, create_graph=True)[0]
    return gradient


def plain(d: nn.Module, x: Tensor, fake: Tensor) -> Tensor:
    return softplus(-d(x)).mean() + softplus(d(fake)).mean()


def r1(d: nn.Module, x: Tensor, fake: Tensor) -> Tensor:
    return plain(d, x, fake) + 5 * slope(d, x).square().sum(1).mean()


def wgan(d: nn.Module, x: Tensor, fake: Tensor) -> Tensor:
    mix = torch.rand(len(x), 1)
    norm: Tensor = slope(d, mix * x + (1 - mix) * fake).norm(dim=1)
    loss: Tensor = d(fake).mean() - d(x).mean() + 10 * (norm - 1).square().mean()
    return loss


def pack(x: Tensor) -> Tensor:
    return x.reshape(-1, 4)


@dataclass
class HandLoop:
    """One seed, trained step by step. With care, the generator's move computes no gradient of D's weights."""

    recipe: str
    g: nn.Module
    d: nn.Module
    draw: Callable[[int], Tensor]
    rows: int
    latent: int = LATENT
    careful: bool = False
    seen: Callable[[Tensor], Tensor] = field(default=lambda x: x)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))
    capturable: bool = False  #: whether a step can be a CUDA graph

    def __post_init__(self) -> None:
        self.move_d, self.move_g = (
            torch.optim.Adam(n.to(self.device).parameters(), 1e-3, (0.5, 0.999), fused=True, capturable=self.capturable)
            for n in (self.d, self.g)
        )
        self.loss = {"r1": r1, "wgan-gp(critic_steps=1)": wgan}.get(self.recipe, plain)

    def step(self) -> None:
        """An update of the discriminator, then one of the generator."""
        x = self.draw(self.rows)
        with torch.no_grad():
            fake = self.g(self.latents())
        self.move_d.zero_grad(set_to_none=not self.capturable)
        torch.autograd.backward(self.loss(self.d, self.seen(x), self.seen(fake)))
        self.move_d.step()
        self.move_g.zero_grad(set_to_none=not self.capturable)
        if self.careful:
            self.d.requires_grad_(self.recipe == "unrolled")  # whose look ahead differentiates by them
        torch.autograd.backward(self.generator_loss(x))
        self.d.requires_grad_(True)
        self.move_g.step()

    def latents(self) -> Tensor:
        """A batch of the prior."""
        return torch.randn(self.rows, self.latent, device=self.device)

    def generator_loss(self, x: Tensor) -> Tensor:
        """The generator's loss, unrolled where the recipe says so."""
        fake = self.seen(self.g(self.latents()))
        if self.recipe == "unrolled":
            return softplus(-unrolled(self.d, x, fake, self.move_d)(fake)).mean()
        return -self.d(fake).mean() if self.recipe.startswith("wgan") else softplus(-self.d(fake)).mean()


def unrolled(d: nn.Module, x: Tensor, fake: Tensor, move_d: torch.optim.Optimizer) -> Callable[[Tensor], Tensor]:
    """The discriminator after five differentiable Adam steps on this batch."""
    weights: dict[str, Tensor] = dict(d.named_parameters())
    state = {n: move_d.state[p] for n, p in d.named_parameters()}
    first = {n: s["exp_avg"] for n, s in state.items()}
    second = {n: s["exp_avg_sq"] for n, s in state.items()}
    count = int(next(iter(state.values()))["step"])

    def play(w: dict[str, Tensor]) -> Callable[[Tensor], Tensor]:
        return lambda v: torch.func.functional_call(d, w, (v,))

    for _ in range(5):
        count += 1
        loss = softplus(-play(weights)(x)).mean() + softplus(play(weights)(fake)).mean()
        slopes = dict(zip(weights, torch.autograd.grad(loss, list(weights.values()), create_graph=True), strict=True))
        first = {n: 0.5 * first[n] + 0.5 * slopes[n] for n in weights}
        second = {n: 0.999 * second[n] + 0.001 * slopes[n].square() for n in weights}
        sizes = {n: (second[n] / (1 - 0.999**count) + 1e-12).sqrt() + 1e-8 for n in weights}
        weights = {n: w - 1e-3 * first[n] / (1 - 0.5**count) / sizes[n] for n, w in weights.items()}
    return play(weights)


def points_loop(
    recipe: str, width: int, batch: int, careful: bool, device: torch.device | None = None, capturable: bool = False
) -> HandLoop:
    """A loop on the ring of eight modes."""
    torch.manual_seed(0)
    packed = recipe == "pacgan"  # full packs: as many judgements as the others
    g, d = perceptrons(width, 2 if packed else 1)
    if recipe == "minibatch-std":
        *hidden, _ = d.children()
        d = nn.Sequential(*hidden, Deviation(), nn.Linear(width + 1, 1))
    rows, seen = (2 * batch, pack) if packed else (batch, lambda x: x)
    where = device or torch.device("cpu")
    return HandLoop(
        recipe,
        g,
        d,
        lambda count: ring(count, where),
        rows,
        careful=careful,
        seen=seen,
        device=where,
        capturable=capturable,
    )


def images_loop(
    players: Any,
    draw: Callable[[int], Tensor],
    batch: int,
    careful: bool,
    device: torch.device | None = None,
    capturable: bool = False,
) -> HandLoop:
    """A loop on images, with a GAN's own networks."""
    return HandLoop(
        "none",
        players.generator,
        players.discriminator,
        draw,
        batch,
        players.latent.size,
        careful,
        device=device or torch.device("cpu"),
        capturable=capturable,
    )
