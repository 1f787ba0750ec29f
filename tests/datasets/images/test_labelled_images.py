"""A dataset of coloured squares, whose classes are uneven, and its classifier after a few steps of training."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from gancheck.classifiers.image_training import Plan
from gancheck.datasets.base import dataset
from gancheck.datasets.images.image_pools import ImagePools, ImageSet, split_images
from gancheck.datasets.images.labelled_images import LabelledImages
from gancheck.datasets.images.train_classifier import write_classifier
from gancheck.errors import BadData, MissingWeights

CPU = torch.device("cpu")
TINY = Plan(widths=(8, 8), steps=40)


@dataset("squares")
@dataclass(frozen=True)
class Squares(LabelledImages):
    """120 dark images with a bright upper half, 60 with a bright lower half; 3 x 6 x 8."""

    count: int = 1
    classifier: str = ""

    @property
    def stack(self) -> int:
        return self.count

    @property
    def class_names(self) -> tuple[str, ...]:
        return ("upper", "lower")

    def load(self) -> ImagePools:
        y = (torch.arange(180) % 3 == 2).long()
        x = torch.randint(60, (180, 3, 6, 8), generator=torch.Generator().manual_seed(0))
        x[y == 0, :, :3] += 150
        x[y == 1, :, 3:] += 150
        return split_images(ImageSet(x.to(torch.uint8), y))


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("squares") / "squares.safetensors"
    write_classifier(Squares(), path, TINY, CPU)
    return str(path)


def test_weights_are_the_training_shares_also_of_stacks():
    assert Squares().weights.tolist() == pytest.approx([2 / 3, 1 / 3])
    assert Squares(count=2).weights.tolist() == pytest.approx([4 / 9, 2 / 9, 2 / 9, 1 / 9])
    assert Squares(count=2).spec.shares == pytest.approx((4 / 9, 2 / 9, 2 / 9, 1 / 9))


def test_samples_are_floats_whose_index_is_their_training_image():
    data = Squares()
    batch = data.draw(50, generator())
    assert batch.x.shape == (50, *data.spec.shape) == (50, 3, 6, 8)
    assert batch.x.dtype == torch.float32
    assert torch.equal(batch.x, data.training()[batch.index])
    assert torch.equal(batch.y, data.pools().train.y[batch.index])
    assert -1 <= batch.x.min() < batch.x.max() <= 1


def test_stacks_are_fresh_and_spell_their_classes():
    data = Squares(count=2)
    batch = data.draw(50, generator())
    assert batch.x.shape == (50, 6, 6, 8)
    first, second = (
        batch.x[:, c : c + 3, 3:].mean((1, 2, 3)) > batch.x[:, c : c + 3, :3].mean((1, 2, 3)) for c in (0, 3)
    )
    assert torch.equal(batch.y, 2 * first.long() + second.long())
    assert (batch.index == -1).all()
    assert data.training() is None


def test_names_and_pictures_of_stacks_stand_side_by_side():
    data = Squares(count=2)
    assert data.names == ("upper-upper", "upper-lower", "lower-upper", "lower-lower")
    x = data.draw(2, generator()).x
    assert torch.equal(data.pictures(x), torch.cat([x[:, :3], x[:, 3:]], dim=3))


def test_held_out_draws_have_the_training_shares_and_distinct_ones_do_not_repeat(weights: str):
    data = Squares(classifier=weights)
    label = data.assign(data.features(data.pool("real", 2_000, generator()))).label
    assert label.double().mean().item() == pytest.approx(1 / 3, abs=0.04)
    assert len(data.distinct("real", 100, generator())) == len(data.pools().real.y) == 25
    pairs = Squares(count=2).distinct("reference", 200, generator())
    assert len(pairs.unique(dim=0)) == 200
    assert len(Squares(count=2).distinct("reference", 900, generator()).unique(dim=0)) == 26**2 == 676


def test_distinct_samples_come_with_their_own_classes():
    data = Squares(count=2)
    x, label = data.distinct_labelled("real", 100, generator())
    first, second = (x[:, c : c + 3, 3:].mean((1, 2, 3)) > x[:, c : c + 3, :3].mean((1, 2, 3)) for c in (0, 3))
    assert torch.equal(label, 2 * first.long() + second.long())


def test_the_classifier_knows_held_out_images_and_facets_group_by_class(weights: str):
    data = Squares(count=2, classifier=weights)
    features = data.features(data.pool("real", 400, generator()))
    assignment = data.assign(features)
    assert assignment.good.double().mean() > 0.9
    facets = data.facets(features, torch.tensor([1, 2]).repeat(200))
    assert [facet.group[:2].tolist() for facet in facets] == [[0, 1], [3, 2]]
    assert len(data.deviations) == 4
    assert (data.deviations > 0).all()
    assert data.classes(features) is None
    single = Squares(classifier=weights)
    assert single.classes(single.features(single.draw(5, generator()).x)).sum(1).tolist() == pytest.approx([1] * 5)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_images_that_are_not_finite_are_never_good(weights: str, value: float):
    data = Squares(classifier=weights)
    assert not data.assign(data.features(torch.full((3, 3, 6, 8), value))).good.any()


def test_the_record_names_the_classifier_and_its_accuracy(weights: str):
    facts = Squares(classifier=weights).facts["classifier"]
    assert len(facts["sha256"]) == 64
    assert facts["held_out_accuracy"] > 0.9
    assert facts["command"] == "python -m gancheck.datasets.images.train_classifier squares"


def test_a_dataset_without_a_classifier_says_which_command_trains_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path))
    data = Squares(count=3)
    with pytest.raises(
        MissingWeights, match=r'squares has no classifier yet: `.*train_classifier "squares\(count=3\)"`'
    ):
        data.features(data.draw(1, generator()).x)


def test_a_classifier_in_the_cache_is_found_by_the_images_it_was_trained_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: str
):
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path))
    data = Squares(count=4)
    data.classifier_file.parent.mkdir()
    data.classifier_file.write_bytes(Path(weights).read_bytes())
    assert data.classifier_file.name == f"squares-{data.pools().train.digest()}.safetensors"
    assert data.features(data.draw(2, generator()).x).shape == (2, 4 * 64)


def test_files_that_do_not_fit_are_refused(tmp_path: Path, weights: str):
    broken = tmp_path / "broken.safetensors"
    broken.write_bytes(b"nothing")
    with pytest.raises(BadData, match=r"broken\.safetensors is no classifier of images"):
        Squares(classifier=str(broken)).judge()
    kept = {name: w for name, w in load_file(weights).items() if name != "centres"}
    save_file(kept, tmp_path / "part.safetensors", {"facts": json.dumps({"shape": [3, 6, 8]})})
    with pytest.raises(BadData, match=r"part\.safetensors is no classifier of images"):
        Squares(classifier=str(tmp_path / "part.safetensors")).judge()
    with pytest.raises(MissingWeights, match=r"there is no classifier .*gone\.safetensors"):
        Squares(classifier=str(tmp_path / "gone.safetensors")).judge()
    mine = type("Three", (Squares,), {"class_names": ("a", "b", "c")})
    with pytest.raises(BadData, match=r"a classifier of 2 classes .* the data has 3"):
        mine(classifier=weights).judge()
