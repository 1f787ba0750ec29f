from __future__ import annotations

import pytest
import torch
from torch.nn.functional import avg_pool2d

from gancheck.datasets.base import Pool
from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.images.digits import Digits

DATA = Digits()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def quality(x: torch.Tensor) -> float:
    return DATA.assign(DATA.features(x.reshape(-1, 1, 8, 8))).good.double().mean().item()


def held_out() -> tuple[torch.Tensor, torch.Tensor]:
    pools = digits("reference"), digits("real")
    return torch.cat([pool.x for pool in pools]), torch.cat([pool.y for pool in pools])


@pytest.mark.parametrize("name", ["reference", "real"])
def test_held_out_digits_are_of_high_quality(name: Pool) -> None:
    assert quality(digits(name).x) > 0.98


def test_slight_grain_does_not_cost_quality() -> None:
    x = held_out()[0]
    assert quality((x + 0.1 * torch.randn(x.shape, generator=generator())).clamp(-1, 1)) > 0.97


def test_held_out_digits_are_assigned_to_their_class() -> None:
    x, y = held_out()
    assert (DATA.assign(DATA.features(x[:, None])).label == y).double().mean() > 0.98


def test_noise_blanks_blurs_and_inverted_digits_are_rejected() -> None:
    x = held_out()[0]
    assert quality(2 * torch.rand(1_000, 8, 8, generator=generator()) - 1) == 0
    assert quality(torch.linspace(-1, 1, 9)[:, None, None].expand(9, 8, 8)) == 0
    assert quality(avg_pool2d(x[:, None] + 1, 3, 1, 1) - 1) < 0.01
    assert quality(-x) == 0


def test_class_means_are_rejected_although_they_lie_in_the_middle_of_their_class() -> None:
    x, y = held_out()
    assert quality(torch.stack([x[y == c].mean(0) for c in range(10)])) == 0


def test_blends_of_two_classes_are_mostly_rejected() -> None:
    x, y = held_out()
    other = torch.randperm(len(x), generator=generator())
    assert quality(((x + x[other]) / 2)[y != y[other]]) < 0.1


def test_pixels_in_another_order_are_rejected() -> None:
    x = held_out()[0].flatten(1)
    assert quality(x[:, torch.randperm(64, generator=generator())]) < 0.01


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_diverged_images_are_never_good(value: float) -> None:
    assert quality(torch.full((3, 8, 8), value)) == 0


def test_index_points_to_the_drawn_training_digit() -> None:
    batch, pool = DATA.draw(200, generator()), digits("train")
    assert batch.x.shape == (200, *DATA.spec.shape)
    assert torch.equal(batch.x[:, 0], pool.x[batch.index])
    assert torch.equal(batch.y, pool.y[batch.index])


@pytest.mark.parametrize("name", ["calibration", "reference", "real"])
def test_distinct_digits_are_all_of_the_pool_once(name: Pool) -> None:
    x = DATA.distinct(name, 10_000, generator())
    assert len(x) == len(x.unique(dim=0)) == len(digits(name).x)
    assert len(DATA.distinct(name, 20, generator()).unique(dim=0)) == 20


def test_pool_is_drawn_with_replacement() -> None:
    assert DATA.pool("real", 1_000, generator()).shape == (1_000, 1, 8, 8)


def test_same_seed_gives_same_draws() -> None:
    assert torch.equal(DATA.draw(30, generator(1)).x, DATA.draw(30, generator(1)).x)
    assert torch.equal(DATA.distinct("real", 30, generator(1)), DATA.distinct("real", 30, generator(1)))


def spread(x: torch.Tensor) -> torch.Tensor:
    features = DATA.features(x[:, None])
    assignment = DATA.assign(features)
    (facet,) = DATA.facets(features[assignment.good], assignment.label[assignment.good])
    return torch.stack([facet.features[facet.group == g].double().var(0).mean().sqrt() for g in range(10)])


def test_deviations_are_the_spread_of_the_calibration_digits() -> None:
    measured = spread(digits("calibration").x) * (30 / 31) ** 0.5  # deviations are of the pool, not of a sample
    torch.testing.assert_close(measured, DATA.deviations, rtol=0.02, atol=0)


def test_spread_of_held_out_digits_is_near_the_deviations() -> None:
    ratio = spread(held_out()[0]) / DATA.deviations
    assert abs(ratio.mean() - 1) < 0.05
    assert (ratio - 1).abs().max() < 0.25  # 31 digits of a class fix its deviation to about a tenth


def test_spread_falls_when_a_mode_shows_only_few_digits() -> None:
    x, y = held_out()
    few = torch.cat([x[y == c][:3].repeat(20, 1, 1) for c in range(10)])
    assert (spread(few) / DATA.deviations).mean() < 0.85


def test_weights_are_equal_shares_of_ten_modes() -> None:
    assert DATA.weights.tolist() == pytest.approx([0.1] * 10)


def test_modes_are_named_by_their_digit_and_shown_as_they_are() -> None:
    assert DATA.names == tuple("0123456789")
    x = DATA.draw(3, generator()).x
    assert torch.equal(DATA.pictures(x), x)
