from __future__ import annotations

import pytest
import torch

from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.images.imbalanced_digits import ImbalancedDigits
from gancheck.datasets.images.stacked_digits import StackedDigits
from gancheck.errors import BadParameter

PAIRS = ImbalancedDigits(channels=2, ratio=30.0)


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_shares_fall_by_the_ratio_from_0_to_9() -> None:
    weights = ImbalancedDigits(ratio=30.0).weights
    assert weights[0] / weights[9] == pytest.approx(30)
    torch.testing.assert_close(weights[1:] / weights[:-1], (weights[1] / weights[0]).expand(9))


def test_modes_of_stacks_have_the_products_of_their_digits_shares() -> None:
    single = ImbalancedDigits(ratio=30.0).weights
    assert len(PAIRS.weights) == 100
    assert PAIRS.weights[47] == pytest.approx(float(single[4] * single[7]))
    assert float(PAIRS.weights.sum()) == pytest.approx(1)


def test_a_ratio_of_one_is_balanced_stacks() -> None:
    torch.testing.assert_close(ImbalancedDigits(channels=2, ratio=1.0).weights, StackedDigits(channels=2).weights)


def test_draws_and_held_out_digits_have_the_shares_that_are_said() -> None:
    batch = PAIRS.draw(20_000, generator())
    assert batch.x.shape == (20_000, 2, 8, 8)
    held_out = PAIRS.assign(PAIRS.features(PAIRS.pool("real", 20_000, generator()))).label
    for labels in (batch.y, held_out):
        shares = torch.bincount(labels, minlength=100).double() / len(labels)
        assert (shares - PAIRS.weights).abs().max() < 0.015


@pytest.mark.parametrize(("channels", "draws"), [(1, 40), (2, 10)])  # of a hundred digits, or of thousands of pairs
def test_samples_without_repeats_have_the_shares_that_are_said(channels: int, draws: int) -> None:
    data = ImbalancedDigits(channels=channels, ratio=30.0)
    shares = torch.zeros(10**channels, dtype=torch.float64)
    for seed in range(draws):
        x, y = data.distinct_labelled("real", 5_000, generator(seed))
        assert len(x.unique(dim=0)) == len(x)
        shares += torch.bincount(y, minlength=len(shares)).double() / len(y) / draws
    assert (shares - data.weights).abs().max() < 0.015


def test_labels_are_of_the_images_beside_them() -> None:
    batch = PAIRS.draw(2_000, generator())
    assert (PAIRS.assign(PAIRS.features(batch.x)).label == batch.y).double().mean() > 0.99


def test_training_and_held_out_stacks_share_no_digit() -> None:
    def seen(x: torch.Tensor) -> set[bytes]:
        return {image.numpy().tobytes() for image in x.flatten(0, 1)}

    assert not seen(PAIRS.draw(1_000, generator()).x) & seen(PAIRS.pool("real", 1_000, generator()))


def test_held_out_stacks_are_of_high_quality() -> None:
    x = PAIRS.pool("reference", 10_000, generator())
    assert 0.97 < PAIRS.assign(PAIRS.features(x)).good.double().mean() <= 1


def test_a_label_spells_the_digits_of_its_channels() -> None:
    x = torch.stack([digits("train").x[80 * digit] for digit in (4, 7)])[None]
    assert PAIRS.assign(PAIRS.features(x)).label.tolist() == [47]


@pytest.mark.parametrize("ratio", [0.5, float("inf"), float("nan")])
def test_a_ratio_that_is_none_is_refused(ratio: float) -> None:
    with pytest.raises(BadParameter, match="largest over smallest share is 1 or more"):
        ImbalancedDigits(ratio=ratio)
