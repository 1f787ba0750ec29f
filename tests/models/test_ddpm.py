"""Diffusion: the schedule's identities, a sampler that is right where the network is, all noise in the latent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc


class Ideal(nn.Module):
    """The best prediction of the noise where the data is N(0, variance) in every coordinate."""

    def __init__(self, left: Tensor, variance: float) -> None:
        super().__init__()
        self.left, self.variance = left, variance

    def forward(self, x: Tensor, level: Tensor) -> Tensor:
        left = self.left[level][:, None]
        return (1 - left).sqrt() / (left * self.variance + 1 - left) * x


def diffusion(registry: gc.Registry, **values: float) -> Any:
    return registry.build("gan", "ddpm", width=16, **values).build(gc.DataSpec((2,))).generator


def test_noisy_samples_have_the_variance_of_the_data(registry: gc.Registry) -> None:
    made = diffusion(registry)
    assert made.left.diff().max() < 0
    assert (float(made.left[0]), float(made.left[-1])) == (pytest.approx(0.9999), pytest.approx(0, abs=1e-4))
    x, noise = (torch.randn(20_000, 2, generator=torch.Generator().manual_seed(seed)) for seed in (0, 1))
    for level in (0, 300, 999):
        noisy = made.add_noise(x, noise, torch.full((20_000,), level))
        assert float(noisy.var()) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("steps", [2, 25, 1000])
def test_samplers_visit_falling_levels_from_pure_noise_to_the_last(registry: gc.Registry, steps: int) -> None:
    levels = diffusion(registry, steps=steps).levels
    assert levels == sorted(set(levels), reverse=True)
    assert (levels[0], levels[-1]) == (999, 0)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_the_sampler_is_right_where_the_network_is(registry: gc.Registry, eta: float) -> None:
    made = diffusion(registry, eta=eta, steps=200)
    made.network = Ideal(made.left, 0.25)
    z = torch.randn(4_000, made.draws * 2, generator=torch.Generator().manual_seed(0))
    assert float(made(z).std()) == pytest.approx(0.5, rel=0.06)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_all_noise_is_the_latent_s(registry: gc.Registry, eta: float) -> None:
    made = diffusion(registry, eta=eta, steps=5)
    z = torch.randn(3, made.draws * 2)
    assert made(z).equal(made(z))
    assert not made(z + torch.nn.functional.one_hot(torch.tensor(made.draws * 2 - 1), made.draws * 2)).equal(made(z))


@pytest.mark.parametrize("value", [{"steps": 1}, {"steps": 2_000}, {"eta": 1.5}, {"ema": 1.0}])
def test_what_no_sampler_can_do_is_refused(registry: gc.Registry, value: dict[str, float]) -> None:
    with pytest.raises(gc.BadParameter, match="must lie"):
        registry.build("gan", "ddpm", **value)


def test_images_go_through_a_u_net_and_stay_in_their_range(registry: gc.Registry) -> None:
    model = registry.build("gan", "ddpm", width=16, steps=3)
    networks = model.build(gc.DataSpec((3, 28, 28), -1, 1))
    made = networks.generator(torch.randn(2, networks.latent.size))
    assert made.shape == (2, 3, 28, 28)
    assert made.abs().max() <= 1
    with pytest.raises(ValueError, match="a side that 4 divides"):
        model.build(gc.DataSpec((1, 10, 10)))


def test_it_samples_with_the_mean_of_the_weights(registry: gc.Registry, train: Callable[..., Any]) -> None:
    model = registry.build("gan", "ddpm", width=16, steps=2, batch=16)
    record = train(gan=model, steps=4, evaluations=2, seeds=(0,))[0]
    assert record.status == "done"
    first, last = (record.snapshots[step].generator["network.leave.weight"] for step in (2, 4))
    assert not first.equal(last)
