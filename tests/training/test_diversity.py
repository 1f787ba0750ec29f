from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.spatial.distance import pdist
from torch import Tensor, nn

from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import Diverged
from gancheck.gans.game import Sample
from gancheck.gans.latent import Latent
from gancheck.gans.noise import noise
from gancheck.gans.players import Networks
from gancheck.gans.sampler import CHUNK, PlainSampler, Sampler, draw_samples
from gancheck.gans.state import Kept
from gancheck.training.diversity import DiversityProbe, median_distance

CPU = torch.device("cpu")


class Scaled(nn.Module):
    """Latents times a number; noisy in training mode."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, z: Tensor) -> Tensor:
        return z * self.scale + (torch.randn_like(z) if self.training else 0)


def sampler() -> PlainSampler:
    return PlainSampler(Networks(Scaled(), Latent(2)))


def scaled(*numbers: float) -> Kept:
    """Generators that multiply latents by these numbers, stacked."""
    return Kept({"generator": {"scale": torch.tensor(numbers)}})


def test_median_distance_is_scipys() -> None:
    x = torch.randn(50, 2, 3, generator=torch.Generator().manual_seed(0))
    assert median_distance(x) == pytest.approx(float(np.median(pdist(x.flatten(1).numpy()))), abs=1e-2)


def test_diversity_is_relative_to_real_data() -> None:
    probe = DiversityProbe(sampler(), Ring(), CPU)
    one, two = probe(scaled(1.0, 2.0), 2)
    assert probe.real == pytest.approx(math.sqrt(2), abs=0.02)  # half of all pairs are at most two places apart
    assert one == pytest.approx(math.sqrt(4 * math.log(2)) / probe.real, rel=0.1)  # two Gaussians in the plane
    assert two == pytest.approx(2 * one, rel=1e-5)


def test_a_collapsed_generator_has_none_and_a_diverged_one_no_value() -> None:
    probe = DiversityProbe(sampler(), Ring(), CPU)
    none, unknown = probe(scaled(0.0, math.nan), 2)
    assert none == 0
    assert math.isnan(unknown)


def test_looking_again_gives_the_same_value() -> None:
    weights = scaled(1.0)
    assert DiversityProbe(sampler(), Ring(), CPU)(weights, 1) == DiversityProbe(sampler(), Ring(), CPU)(weights, 1)


class Blurred(nn.Module):
    """Noise of the module's own beside latents."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, z: Tensor) -> Tensor:
        return z * self.scale + noise("normal", z.shape)


def test_modules_that_draw_draw_the_same_at_every_look() -> None:
    probe = DiversityProbe(PlainSampler(Networks(Blurred(), Latent(2))), Ring(), CPU)
    before = torch.get_rng_state()
    assert probe(scaled(1.0, 1.0, 2.0), 3) == probe(scaled(1.0, 1.0, 2.0), 3)
    one, same, _ = probe(scaled(1.0, 1.0, 2.0), 3)
    assert one == same
    assert probe.together
    assert torch.get_rng_state().equal(before)


def test_real_samples_that_are_all_alike_give_no_value() -> None:
    probe = DiversityProbe(sampler(), Ring(), CPU)
    probe.real = 0.0
    assert math.isnan(probe(scaled(1.0), 1)[0])


class Choosy(Sampler):
    """Keeps samples by their values, which cannot be done for several seeds at once."""

    def draw(self, kept: Kept, count: int, source: torch.Generator) -> Sample:
        drawn = self.inner.draw(kept, count, source)
        return drawn._replace(x=drawn.x[: int((drawn.x > -99).sum()) // 2])


def test_a_sampler_that_looks_at_values_draws_for_one_seed_after_another() -> None:
    probe, plain = DiversityProbe(Choosy(sampler()), Ring(), CPU), DiversityProbe(sampler(), Ring(), CPU)
    assert probe(scaled(1.0, 2.0), 2) == pytest.approx(plain(scaled(1.0, 2.0), 2), rel=1e-6)
    assert not probe.together


def test_samples_are_drawn_in_evaluation_mode_and_in_pieces() -> None:
    count = 2 * CHUNK + 3
    samples = draw_samples(sampler(), scaled(3.0).unstack(1)[0], count, torch.Generator().manual_seed(1))
    source = torch.Generator().manual_seed(1)
    pieces = [torch.randn(n, 2, generator=source) for n in (CHUNK, CHUNK, 3)]
    assert torch.equal(samples, 3 * torch.cat(pieces))


def test_samples_that_are_not_finite_are_counted() -> None:
    with pytest.raises(Diverged, match="5 of 5 samples are not finite"):
        draw_samples(sampler(), scaled(math.inf).unstack(1)[0], 5, torch.Generator().manual_seed(0))
