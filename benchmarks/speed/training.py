"""Training speed: the engine's seeds together, against the loop that people write by hand.

The hand-written loop runs as two single-threaded processes side by side, which is the best that it can do on two cores;
the engine trains 8 seeds in one process with two threads. Both are told apart by steps per second, summed over seeds.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from gancheck.gans.settings import Budget, Optimiser, Settings
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import Execution, ExecutionPath

SEEDS = 8
BATCH = 256
WIDTH = 128
LATENT = 16
WAYS: tuple[Execution, ...] = ("traced", "compiled")
RECIPES = ("none", "r1", "wgan-gp(critic_steps=1)", "pacgan", "unrolled")


def networks(data: int, m: int = 1) -> tuple[nn.Module, nn.Module]:
    """The plain PyTorch twins of `mlp`."""

    def layers(inputs: int, outputs: int) -> nn.Module:
        hidden = (nn.Linear(inputs, WIDTH), nn.LeakyReLU(0.2), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2))
        return nn.Sequential(*hidden, nn.Linear(WIDTH, outputs))

    return layers(LATENT, data), layers(data * m, 1)


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


def by_hand(recipe: str, seconds: float) -> float:
    """Steps per second of the loop that people write."""
    torch.set_num_threads(1)
    torch.manual_seed(0)
    packed = recipe == "pacgan"
    rows = 2 * BATCH if packed else BATCH  # full packs: as many judgements as the others
    g, d = networks(2, 2 if packed else 1)
    move_d, move_g = (torch.optim.Adam(n.parameters(), 1e-3, (0.5, 0.999), fused=True) for n in (d, g))
    seen: Callable[[Tensor], Tensor] = pack if packed else (lambda x: x)
    loss = {"r1": r1, "wgan-gp(critic_steps=1)": wgan}.get(recipe, plain)
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        angle = torch.randint(8, (rows,)) * (2 * torch.pi / 8)
        x = torch.stack([angle.cos(), angle.sin()], 1) + 0.01 * torch.randn(rows, 2)
        with torch.no_grad():
            fake = g(torch.randn(rows, LATENT))
        move_d.zero_grad()
        torch.autograd.backward(loss(d, seen(x), seen(fake)))
        move_d.step()
        move_g.zero_grad()
        torch.autograd.backward(generator_loss(recipe, g, d, seen, x, move_d))
        move_g.step()
        steps += 1
    return steps / (time.perf_counter() - start)


def generator_loss(
    recipe: str, g: nn.Module, d: nn.Module, seen: Any, x: Tensor, move_d: torch.optim.Optimizer
) -> Tensor:
    """The generator's loss by hand, unrolled where the recipe says so."""
    fake = seen(g(torch.randn(len(x), LATENT)))
    if recipe == "unrolled":
        return softplus(-unrolled(d, x, fake, move_d)(fake)).mean()
    return -d(fake).mean() if recipe.startswith("wgan") else softplus(-d(fake)).mean()


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


def side_by_side(recipe: str, seconds: float) -> float:
    """Two such loops at once: steps per second in total."""
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        return sum(pool.starmap(by_hand, [(recipe, seconds)] * 2))


def engine(recipe: str, execution: Execution, registry: Registry) -> Trainer:
    """Eight seeds, ready to step."""
    torch.set_num_threads(2)
    setup = TrainingSetup(
        registry.build("gan", "mlp", width=WIDTH, latent=LATENT),
        Recipe.parse(recipe, registry),
        registry.build("dataset", "ring8"),
        Settings(batch=BATCH, default=Optimiser(lr=1e-3)),
        Budget(10**6, 1),
        tuple(range(SEEDS)),
        replace(ExecutionPath(), execution=execution),
        torch.device("cpu"),
    )
    made = Trainer(setup)
    made.prepare()
    return made


def together(made: Trainer, seconds: float) -> float:
    """Steps per second, summed over the seeds."""
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        made.step()
        steps += 1
    return SEEDS * steps / (time.perf_counter() - start)


def peak() -> float:
    """Single-precision matrix product, 2 threads: Gflop/s, the best of several."""
    torch.set_num_threads(2)
    a = torch.randn(1024, 1024)
    best = 0.0
    for _ in range(20):
        start = time.perf_counter()
        a @ a
        best = max(best, 2 * 1024**3 / (time.perf_counter() - start) / 1e9)
    return best


def flops() -> float:
    """Floating-point operations of one plain step: matrix products of forward and backward passes."""
    g = LATENT * WIDTH + WIDTH * WIDTH + WIDTH * 2
    d = 2 * WIDTH + WIDTH * WIDTH + WIDTH
    discriminator = g + 2 * d + 2 * 2 * d - 2 * 2 * WIDTH  # G forward, D forward and backward on both batches
    generator = g + d + 2 * g - LATENT * WIDTH + d  # through D to G; D's own weights need no gradient
    return 2.0 * BATCH * (discriminator + generator)


def measure(repeats: int = 3, seconds: float = 3.0) -> dict[str, Any]:
    """Medians over interleaved repeats, and their ratios."""
    registry = Registry.load()
    made: dict[str, Any] = {}
    for recipe in RECIPES:
        engines = {execution: engine(recipe, execution, registry) for execution in WAYS}
        rates: dict[str, list[float]] = {name: [] for name in ("by_hand", *engines)}
        for _ in range(repeats):
            rates["by_hand"].append(side_by_side(recipe, seconds))
            for name, each in engines.items():
                rates[name].append(together(each, seconds))
        made[recipe] = {name: round(statistics.median(values), 1) for name, values in rates.items()}
        for name in engines:
            pairs = [a / b for a, b in zip(rates[name], rates["by_hand"], strict=True)]
            made[recipe][f"{name}_ratio"] = round(statistics.median(pairs), 2)
    share = made["none"]["compiled"] * flops() / 1e9 / peak()
    return {"steps_per_second": made, "share_of_sgemm_peak": round(share, 3), "seeds": SEEDS, "batch": BATCH}
