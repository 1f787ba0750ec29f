from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.gans.heads import has_head
from gancheck.training.vectorise import ExecutionPath


@pytest.fixture(scope="module")
def cgan(registry: gc.Registry) -> Any:
    return registry.build("gan", "cgan", width=8, latent=3)


def opened(registry: gc.Registry, recipe: str, phase: str = "discriminator", shape: tuple[int, ...] = (2,)) -> Any:
    data = gc.DataSpec(shape, modes=3)
    return gc.testing.game(recipe, phase, data=data, gan="cgan", registry=registry, width=8, latent=3)


def with_code(x: torch.Tensor, codes: list[int]) -> torch.Tensor:
    """Samples (n, c, ...) and behind them, column by column or channel by channel, which of 3 codes they have."""
    rows = []
    for row, code in zip(x, codes, strict=True):
        marks = [torch.full_like(row[:1], float(k == code)) for k in range(3)]
        rows.append(torch.cat([row, *marks]))
    return torch.stack(rows)


@pytest.mark.parametrize("data", [gc.DataSpec((2,), modes=5), gc.DataSpec((3, 8, 8), low=-1, high=1, modes=5)])
def test_players_fit_the_data(cgan: gc.Gan, data: gc.DataSpec) -> None:
    players = cgan.build(data)
    samples = players.generator(100 * torch.randn(4, 3), torch.tensor([0, 1, 4, 4]))
    assert samples.shape == (4, *data.shape)
    assert bool((samples.abs() <= 1).all()) is data.is_image
    assert players.discriminator(samples).shape == (4, 1)
    assert has_head(players.discriminator)


def test_data_that_does_not_say_how_many_modes_it_has_is_refused(cgan: gc.Gan) -> None:
    with pytest.raises(ValueError, match="cgan needs data that says how many modes it has"):
        cgan.build(gc.DataSpec((2,)))


@pytest.mark.parametrize("shape", [(2,), (1, 4, 4)])
def test_discriminator_sees_the_label_of_real_and_the_code_of_generated_samples(
    registry: gc.Registry, shape: tuple[int, ...]
) -> None:
    d = opened(registry, "none", shape=shape)
    codes = d.game.code.tolist()
    assert torch.equal(d.game.real, with_code(d.x, d.game.batch.y.tolist()))
    made = d.generator(d.z, d.game.code)
    torch.testing.assert_close(d.game.fake, with_code(made, codes))
    real, fake = d.discriminator(with_code(d.x, [0, 1, 2, 0, 1, 2])), d.discriminator(with_code(made, codes))
    expected = torch.log1p(torch.exp(-real)).mean() + torch.log1p(torch.exp(fake)).mean()
    torch.testing.assert_close(d.loss(), expected)


def test_generator_is_told_the_code(registry: gc.Registry) -> None:
    d = opened(registry, "none", "generator")
    made = d.generator.layers(with_code(d.z, d.game.code.tolist()))
    torch.testing.assert_close(d.game.samples, made)
    logits = d.discriminator(with_code(made, d.game.code.tolist()))
    torch.testing.assert_close(d.loss(), torch.log1p(torch.exp(-logits)).mean())
    other = d.generator(d.z, (d.game.code + 1) % 3)
    assert (other - made).abs().min() > 0


def test_packs_hold_samples_with_their_codes(registry: gc.Registry) -> None:
    d = opened(registry, "pacgan(m=3)")
    joined = with_code(d.x, [0, 1, 2, 0, 1, 2])
    assert torch.equal(d.game.real, joined.reshape(2, 15))
    assert d.game.fake_logits.shape == (2,)


def test_codes_are_drawn_as_often_as_modes_are_in_real_data(registry: gc.Registry, cgan: gc.Gan) -> None:
    data = registry.build("dataset", "imbalanced-ring8")
    drawn = cgan.build(data.spec).latent.draw_codes(20_000, torch.Generator().manual_seed(0))
    shares = torch.bincount(drawn, minlength=8) / 20_000
    torch.testing.assert_close(shares, data.weights.float(), rtol=0, atol=0.02)


@pytest.fixture(scope="module", params=["ring8", "digits"])
def alone(request: Any, train: Callable[..., Any], cgan: gc.Gan) -> Any:
    return request.param, train(gan=cgan, data=request.param, steps=2)


@pytest.mark.parametrize("treatment", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm", "minibatch-std"])
def test_a_treatment_acts_on_it(
    train: Callable[..., Any], apart: Callable[..., float], cgan: gc.Gan, alone: Any, treatment: str
) -> None:
    data, untreated = alone
    assert apart(train(treatment, gan=cgan, data=data, steps=2), untreated) > 1e-7


def test_seeds_trained_together_are_what_they_are_one_by_one(
    train: Callable[..., Any], apart: Callable[..., float], cgan: gc.Gan
) -> None:
    together = train(gan=cgan, steps=1, path=ExecutionPath())
    assert together[0].path == "stacked-traced"
    assert apart(together, train(gan=cgan, steps=1, path=ExecutionPath("looped", "eager"))) < 1e-6
