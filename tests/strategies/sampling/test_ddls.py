from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.sampling.ddls import LangevinSampler, energy, reflect


def test_chains_are_those_of_the_paper_written_out(trained: Callable[..., Any]) -> None:
    made = trained("ddls(steps=3, step=0.2)", batch=8)
    z, code = made.sampler.latents(made.kept, 13, torch.Generator().manual_seed(5))
    assert (z.shape, code) == ((13, 4), None)

    source, modules = torch.Generator().manual_seed(5), made.sampler.players.modules
    call = lambda name, x: torch.func.functional_call(modules[name], made.kept.weights[name], (x,))  # noqa: E731
    at = torch.randn(16, 4, generator=source)
    for _ in range(3):
        at.requires_grad_()
        value = at.square().sum() / 2 - call("discriminator", call("generator", at)).sum()
        (slope,) = torch.autograd.grad(value, at)
        at = at.detach() - 0.1 * slope + 0.2**0.5 * torch.randn(16, 4, generator=source)
    torch.testing.assert_close(z, at[:13])


def linear_game(prior: str, slope: torch.Tensor) -> Any:
    """Samples are latents, and logits a linear function of them."""
    players = SimpleNamespace(latent=gc.Latent(2, prior=prior))  # type: ignore[arg-type]
    judge = lambda seen: seen @ slope  # noqa: E731
    settings = gc.Settings(batch=40)
    return SimpleNamespace(
        players=players, settings=settings, generate=lambda z, code: z, see=lambda of: of.x, discriminate=judge
    )


def test_long_chains_end_in_the_density_of_the_energy() -> None:
    slope, source = torch.tensor([1.0, -2.0]), torch.Generator().manual_seed(0)
    nobody: Any = None
    walk = LangevinSampler(nobody, steps=300, step=0.05).walk
    z = walk(linear_game("normal", slope), torch.randn(4_000, 2, generator=source), None, source)
    torch.testing.assert_close(z.mean(0), slope, atol=0.06, rtol=0)  # exp(-|z|^2/2 + slope z) is N(slope, I)
    torch.testing.assert_close(z.std(0), torch.ones(2), atol=0.06, rtol=0)
    z = walk(linear_game("uniform", slope), torch.rand(4_000, 2, generator=source) * 2 - 1, None, source)
    assert z.abs().max() <= 1
    expected = 1 / slope.tanh() - 1 / slope  # mean of exp(slope z) on [-1, 1]
    torch.testing.assert_close(z.mean(0), expected, atol=0.08, rtol=0)


def test_steps_are_reflected_at_the_ends() -> None:
    z = torch.tensor([-3.1, -1.2, -1.0, -0.3, 0.0, 0.9, 1.0, 1.2, 2.5])
    torch.testing.assert_close(reflect(z), torch.tensor([0.9, -0.8, -1.0, -0.3, 0.0, 0.9, 1.0, 0.8, -0.5]))


def test_energy_falls_and_what_it_took_is_counted(trained: Callable[..., Any]) -> None:
    made, plain = trained("ddls(steps=50, step=0.02)"), trained("none")
    drawn = [m.sampler.latents(m.kept, 64, torch.Generator().manual_seed(0))[0] for m in (made, plain)]
    game = made.sampler.game(made.kept, torch.Generator())
    assert [t.equal(plain.kept.generator[n]) for n, t in made.kept.generator.items()] == [True] * 6
    assert -game.discriminate(game.generate(drawn[0])).mean() < -game.discriminate(game.generate(drawn[1])).mean()
    assert energy(game, drawn[0]).isfinite()
    assert made.sampler.evaluations["discriminator"] == 50 * 64


@pytest.mark.parametrize("other", ["pacgan", "spectral-norm", "ali", "self-conditioned(clusterings=2)", "deligan"])
def test_it_has_an_effect_beside_others(trained: Callable[..., Any], other: str) -> None:
    both, alone = trained(f"{other}+ddls(steps=2)", steps=2), trained(other, steps=2)
    assert (both.samples(20) - alone.samples(20)).abs().max() > 1e-4


def test_chains_walk_under_the_codes_that_others_draw_in_either_order(trained: Callable[..., Any]) -> None:
    recipes = ("self-conditioned(clusterings=2)", "ddls(steps=2)")
    one, other = (trained("+".join(order), steps=2) for order in (recipes, recipes[::-1]))
    assert torch.equal(one.samples(20), other.samples(20))


@pytest.mark.parametrize("bad", ["steps=0", "step=0.0"])
def test_bad_parameters_are_refused(duel: Callable[..., Any], bad: str) -> None:
    with pytest.raises(BadParameter, match=bad.replace("=", " = ")):
        duel(f"ddls({bad})")
