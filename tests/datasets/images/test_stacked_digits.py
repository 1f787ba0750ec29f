from __future__ import annotations

import pytest
import torch

from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.images.digits import Digits
from gancheck.datasets.images.stacked_digits import StackedDigits
from gancheck.errors import BadParameter

DATA = StackedDigits()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def test_label_spells_the_three_digits() -> None:
    x = torch.stack([digits("train").x[80 * digit] for digit in (4, 0, 7)])[None]
    assert DATA.assign(DATA.features(x)).label.tolist() == [407]


def test_drawn_labels_agree_with_the_classifier() -> None:
    batch = DATA.draw(2_000, generator())
    assert (DATA.assign(DATA.features(batch.x)).label == batch.y).double().mean() > 0.99
    assert (batch.index == -1).all()


def test_all_thousand_modes_are_drawn() -> None:
    assert len(DATA.draw(26_000, generator()).y.unique()) == len(DATA.weights) == 1_000


def test_training_and_held_out_triples_share_no_digit() -> None:
    def seen(x: torch.Tensor) -> set[bytes]:
        return {image.numpy().tobytes() for image in x.flatten(0, 1)}

    assert not seen(DATA.draw(1_000, generator()).x) & seen(DATA.pool("real", 1_000, generator()))


def test_held_out_triples_are_of_high_quality() -> None:
    for name in ("reference", "real"):
        x = DATA.pool(name, 10_000, generator())
        assert 0.975 < DATA.assign(DATA.features(x)).good.double().mean() <= 1


def test_one_channel_of_noise_spoils_the_triple() -> None:
    x = DATA.pool("real", 1_000, generator())
    x[:, 1] = 2 * torch.rand(1_000, 8, 8, generator=generator()) - 1
    assert not DATA.assign(DATA.features(x)).good.any()


def test_features_are_those_of_the_single_digits_side_by_side() -> None:
    x = DATA.pool("real", 5, generator())
    single = [Digits().features(x[:, c : c + 1]) for c in range(3)]
    torch.testing.assert_close(DATA.features(x), torch.cat(single, dim=1))


def test_facets_group_each_channel_by_its_own_digit() -> None:
    features = torch.arange(2 * 192.0).reshape(2, 192)
    facets = DATA.facets(features, torch.tensor([407, 35]))
    assert [facet.group.tolist() for facet in facets] == [[4, 0], [10, 13], [27, 25]]
    assert torch.equal(torch.cat([facet.features for facet in facets], dim=1), features)
    assert DATA.deviations.shape == (30,)


def test_distinct_triples_do_not_repeat() -> None:
    x = DATA.distinct("real", 5_000, generator())
    assert x.shape == (5_000, 3, 8, 8)
    assert len(x.unique(dim=0)) == 5_000


def test_features_of_a_sample_do_not_depend_on_its_company() -> None:
    x = DATA.pool("real", 3_000, generator())
    torch.testing.assert_close(DATA.features(x)[:7], DATA.features(x[:7]), rtol=1e-4, atol=1e-4)
    assert torch.equal(DATA.features(x), DATA.features(x))


def test_provenance_names_the_classifier() -> None:
    classifier = DATA.facts["classifier"]
    assert len(classifier["sha256"]) == 64
    assert classifier["held_out_accuracy"] > 0.99
    assert classifier["command"] == "python -m gancheck.datasets.images.train_digit_classifier"


def test_pictures_are_the_three_digits_in_grey_from_left_to_right() -> None:
    four, zero, seven = (digits("train").x[80 * digit] for digit in (4, 0, 7))
    shown = DATA.pictures(torch.stack([four, zero, seven])[None].repeat(5, 1, 1, 1))
    assert shown.shape == (5, 1, 8, 24)
    assert torch.equal(shown[3, 0], torch.cat([four, zero, seven], dim=1))


def test_modes_are_named_by_the_digits_that_they_spell() -> None:
    assert (DATA.names[407], DATA.names[35], len(DATA.names)) == ("407", "035", 1_000)


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_each_channel_multiplies_the_modes_by_ten(channels: int) -> None:
    data = StackedDigits(channels=channels)
    assert data.spec.shape == (channels, 8, 8)
    assert data.weights.tolist() == pytest.approx([10.0**-channels] * 10**channels)
    x = torch.stack([digits("train").x[80 * digit] for digit in (4, 0, 7)[:channels]])[None]
    assert data.assign(data.features(x)).label.tolist() == [int("407"[:channels])]
    assert 0.975 < data.assign(data.features(data.pool("real", 2_000, generator()))).good.double().mean() <= 1


def test_three_channels_are_the_default() -> None:
    assert StackedDigits(channels=3) == DATA


@pytest.mark.parametrize("channels", [0, 5, -1])
def test_stacks_hold_one_to_four_digits(channels: int) -> None:
    with pytest.raises(BadParameter, match=f"channels = {channels}: stacks hold 1 to 4 digits"):
        StackedDigits(channels=channels)
    assert StackedDigits(channels=4).spec.shape == (4, 8, 8)
