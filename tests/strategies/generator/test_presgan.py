from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.sampler import PlainSampler
from gancheck.gans.state import Kept
from gancheck.strategies.generator.presgan import NORMAL_ONLY, STEP, Chain

SHORT = "presgan(weight=2.0, burn_in=1, draws=2, leapfrog=3)"


def chain(d: Any, x: Tensor, step: float, moves: int, leapfrog: int) -> list[Tensor]:
    """The latents after each move, by loops and autograd; the step is changed after the first."""
    mean, sigma = d.generator.generator, 0.313
    z, drawn, visited = d.z, d.game.noise.tensors, list[Tensor]()

    def energy(at: Tensor) -> Tensor:
        return (at.square().sum(1) + ((x - mean(at)) / sigma).square().sum(1)) / 2

    def slope(at: Tensor) -> Tensor:
        at = at.detach().requires_grad_()
        return torch.autograd.grad(energy(at).sum(), at)[0]

    for move in range(1, moves + 1):
        start = drawn[f"presgan/momentum#{move}"].reshape(z.shape)
        end, momentum = z, start - step / 2 * slope(z)
        for i in range(leapfrog):
            end = end + step * momentum
            momentum = momentum - (step if i < leapfrog - 1 else step / 2) * slope(end)
        gain = energy(z) - energy(end) + (start.square().sum(1) - momentum.square().sum(1)) / 2
        accepted = drawn[f"presgan/accepted#{move}"].flatten() < gain.exp()
        z = torch.stack([new if yes else old for yes, old, new in zip(accepted, z, end, strict=True)]).detach()
        visited.append(z)
        if move == 1:
            step *= 1 + 0.02 * (accepted.float().mean().item() - 0.67)
    return visited


def test_gradient_is_that_of_the_entropy_by_hamiltonian_monte_carlo(duel: Callable[..., Any]) -> None:
    d = duel(SHORT, "generator")
    loss = d.loss()
    mean, noise = d.generator.generator, d.game.noise.tensors["presgan#1"].reshape(6, 2)
    x = mean(d.z) + torch.nn.functional.softplus(d.generator.raw_sigma) * noise
    visited = chain(d, x.detach(), 1 / 3, 3, 3)[1:]
    center = torch.stack([mean(z) for z in visited]).mean(0)
    factor = ((x - center) / 0.313**2).detach()
    expected = -torch.sigmoid(d.discriminator(x)).log().mean() - 2 * (factor * x).sum(1).mean()
    weights = list(d.generator.parameters())
    theirs = torch.autograd.grad(expected, weights)
    for mine, other in zip(torch.autograd.grad(loss, weights), theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-3, atol=1e-4)


def test_chains_find_a_posterior_that_is_known(duel: Callable[..., Any]) -> None:
    """Of x = z + eps / 2: its mean is x / 1.25, its variance 0.2."""
    game, x = duel("none").game, torch.tensor([1.0, -2.0])

    def energy(z: Tensor) -> Tensor:
        return (z.square().sum(1) + (2 * (x - z)).square().sum(1)) / 2

    chains, shares = Chain.start(energy, torch.zeros(3000, 2)), list[float]()
    for _ in range(8):
        chains, accepted = chains.moved(torch.tensor(0.15), 5, game)
        shares.append(float(accepted))
    torch.testing.assert_close(chains.z.mean(0), x / 1.25, rtol=0, atol=0.03)
    torch.testing.assert_close(chains.z.var(0), torch.full((2,), 0.2), rtol=0, atol=0.03)
    assert min(shares) > 0.8


def test_step_size_grows_where_most_moves_are_accepted(duel: Callable[..., Any]) -> None:
    d = duel("presgan(sigma=50.0, burn_in=3, leapfrog=1)", "generator")
    d.loss()
    torch.testing.assert_close(d.game.remembered[STEP], torch.tensor(1 + 0.02 * 0.33) ** 3, rtol=1e-3, atol=0)


def test_real_samples_get_the_same_noise_and_evaluated_ones_none(duel: Callable[..., Any]) -> None:
    d = duel("presgan(sigma=0.5)")
    noisy = d.game.hooks.pick(d.game.batch, 6, d.game)
    drawn = d.game.noise.tensors["presgan#1"].reshape(6, 2)
    torch.testing.assert_close(noisy.x, d.x + 0.5 * drawn)
    evaluated = PlainSampler(d.game.players).generate(Kept(d.game.weights), d.z)
    torch.testing.assert_close(evaluated, d.generator.generator(d.z), rtol=0, atol=0)


def test_the_width_is_learned(train: Callable[..., Any]) -> None:
    (record, _) = train(SHORT, steps=3)
    assert record.snapshots[3].weights["generator"]["raw_sigma"].std() > 0


def test_weight_0_leaves_the_loss_of_noisy_samples(duel: Callable[..., Any]) -> None:
    d = duel("presgan(weight=0.0)", "generator")
    loss = d.loss()
    x = d.generator.generator(d.z) + 0.313 * d.game.noise.tensors["presgan#1"].reshape(6, 2)
    torch.testing.assert_close(loss, -torch.sigmoid(d.discriminator(x)).log().mean())


def test_a_uniform_prior_is_refused(registry: gc.Registry) -> None:
    made = registry.build("strategy", "presgan")
    assert made.supports(registry.build("gan", "mlp", prior="uniform"), gc.DataSpec((2,))) == NORMAL_ONLY


@pytest.mark.parametrize("parameter", ["weight=-1.0", "sigma=0.0", "burn_in=-1", "draws=0", "leapfrog=0"])
def test_parameters_out_of_range_are_refused(duel: Callable[..., Any], parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.replace("=", " = ")):
        duel(f"presgan({parameter})")
