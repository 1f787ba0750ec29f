from __future__ import annotations

import pytest
import torch

from gancheck.datasets.images.mnist5k import Mnist5k
from gancheck.datasets.images.stacked_mnist5k import StackedMnist5k
from gancheck.errors import BadParameter

DATA = StackedMnist5k()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_a_thousand_equal_modes_are_spelt_by_three_digits():
    assert DATA.spec.shape == (3, 28, 28)
    assert DATA.weights.tolist() == pytest.approx([0.001] * 1_000)
    batch = DATA.draw(300, generator())
    assert (DATA.assign(DATA.features(batch.x)).label == batch.y).double().mean() > 0.98
    assert (DATA.names[407], DATA.pictures(batch.x).shape) == ("407", (300, 1, 28, 84))


def test_held_out_triples_are_of_high_quality_and_one_channel_of_noise_spoils_them():
    x = DATA.pool("real", 700, generator())
    assert DATA.assign(DATA.features(x)).good.double().mean() > 0.965
    x[:, 1] = 2 * torch.rand(700, 28, 28, generator=generator()) - 1
    assert not DATA.assign(DATA.features(x)).good.any()


def test_features_are_those_of_the_single_digits_side_by_side():
    x = DATA.pool("real", 5, generator())
    single = [Mnist5k().features(x[:, c : c + 1]) for c in range(3)]
    torch.testing.assert_close(DATA.features(x), torch.cat(single, dim=1))


@pytest.mark.parametrize("channels", [0, 5])
def test_stacks_hold_one_to_four_digits(channels: int):
    with pytest.raises(BadParameter, match=f"channels = {channels}: stacks hold 1 to 4 digits"):
        StackedMnist5k(channels=channels)
    assert StackedMnist5k(channels=4, side=32).spec.shape == (4, 32, 32)
