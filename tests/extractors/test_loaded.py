"""Extractors as plug-ins: by name, with parameters, checked, and good for every metric and the verdict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin, UnknownName
from gancheck.extractors.cache import FeatureCache
from gancheck.extractors.loaded import load_extractor
from gancheck.loading.open import open_samples
from gancheck.plugins.registry import Registry
from gancheck.system.torchvision_compat import torchvision_operators

MINE = """
from dataclasses import dataclass
import torch
import gancheck as gc


@gc.extractor("mine")
@dataclass
class Mine(gc.Extractor):
    \"\"\"Sums of rows and columns, times a factor.\"\"\"

    factor: float = 1.0

    def features(self, x):
        return self.factor * torch.cat([x.sum((1, 2)), x.sum((1, 3))], 1)
"""
COSTLY = MINE.replace("factor: float = 1.0", "factor: float = 1.0\n    costly = True")


def images(seed: int, n: int = 500) -> np.ndarray:
    digits = Registry.load().build("dataset", "digits")
    return digits.pool("reference", n, torch.Generator().manual_seed(seed)).numpy()


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MINE)
    return path


@pytest.mark.parametrize("name", ["points", "classifier"])
def test_what_ships_is_there_at_once_and_takes_no_weights(name: str, registry: Registry) -> None:
    assert load_extractor(name, registry).name == name
    with pytest.raises(BadParameter, match=f"features '{name}': takes no weights"):
        load_extractor(name, registry, weights=Path("some.pth"))


@pytest.mark.parametrize(("wrong", "meant"), [("inception-v3-compat", "inception"), ("clip-vit-b32", "clip-vit-b-32")])
def test_a_near_miss_is_told_the_name(wrong: str, meant: str, registry: Registry) -> None:
    with pytest.raises(UnknownName, match=f"Did you mean '{meant}'.*gancheck list extractors"):
        load_extractor(wrong, registry)


def test_every_network_of_the_library_is_offered_under_a_short_name(registry: Registry) -> None:
    torchvision_operators()
    from torch_fidelity.feature_extractor_clip import MODEL_METADATA as CLIP
    from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA as DINOV2

    assert set(registry.names("extractor")) >= {"points", "classifier", "inception", "vgg16", *CLIP, *DINOV2}


def test_a_users_own_features_serve_every_metric_and_the_verdict(mine: Path) -> None:
    x, reference = images(1, 300), images(2, 800)
    answer = gc.score(x, reference=reference, features="mine", plugins=[mine], metrics="fid,modes,coverage")
    assert {"fid@mine", "coverage@mine"} <= set(answer.values)
    assert answer.facts["features"] == "mine"


def test_parameters_are_in_the_name_of_the_column(mine: Path) -> None:
    answer = gc.score(
        images(1, 300), reference=images(2, 800), features="mine(factor=2.0)", plugins=[mine], metrics="fid"
    )
    assert list(answer.values) == ["fid@mine(factor=2.0)"]
    assert answer.values["fid"] == answer.values.get("fid@mine(factor=2.0)")


def test_a_dataset_of_images_is_compared_in_features_that_are_named(mine: Path) -> None:
    answer = gc.score(images(1, 200), dataset="digits", features="mine", plugins=[mine], metrics="fid")
    assert list(answer.values) == ["fid@mine"]
    assert answer.facts["reference"] == "digits"
    assert (answer.facts["modes"], answer.facts["modes_are"]) == (10, "labels")
    assert any("held-out images of digits" in note for note in answer.notes)


def test_a_dataset_keeps_its_own_features_where_none_are_named(mine: Path) -> None:
    own = gc.score(images(1, 200), dataset="digits", metrics="modes").values
    assert gc.score(images(1, 200), dataset="digits", features="classifier", metrics="modes").values == own


def test_points_of_a_dataset_have_no_other_features(mine: Path) -> None:
    with pytest.raises(BadParameter, match="'ring8' holds no images"):
        gc.score(np.zeros((50, 2)), dataset="ring8", features="mine", plugins=[mine])


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("@dataclass\n", "@dataclass(frozen=True)\n", "is frozen, and load\\(\\) sets it up"),
        ("torch.cat([x.sum((1, 2)), x.sum((1, 3))], 1)", "x", "gave shape \\(8, 1, 8, 8\\) for 8 samples"),
        ("self.factor * torch.cat([x.sum((1, 2)), x.sum((1, 3))], 1)", "None", "gave type NoneType"),
    ],
)
def test_what_breaks_the_contract_is_named(mine: Path, old: str, new: str, line: str) -> None:
    loading = "    def load(self, device, weights):\n        self.ready = True\n\n    def features"
    mine.write_text(MINE.replace(old, new).replace("    def features", loading))
    registry = Registry.load([mine])
    with pytest.raises(BadPlugin, match=line):
        load_extractor("mine", registry).features(torch.from_numpy(images(0, 8)))


def test_kept_features_belong_to_the_source_and_the_parameters(mine: Path, tmp_path: Path) -> None:
    samples, cache = open_samples(images(1, 50)), FeatureCache(tmp_path / "cache")

    def features(source: str, text: str = "mine") -> torch.Tensor:
        mine.write_text(source)
        return cache.features(samples, load_extractor(text, Registry.load([mine])), 50)

    first = features(COSTLY)
    assert features(COSTLY).equal(first)
    assert len(list((tmp_path / "cache").glob("*.safetensors"))) == 1
    assert features(COSTLY, "mine(factor=2.0)").equal(2 * first)
    assert features(COSTLY.replace("self.factor *", "3 * self.factor *")).equal(3 * first)
    assert len(list((tmp_path / "cache").glob("*.safetensors"))) == 3


def test_gradients_are_not_recorded(mine: Path) -> None:
    made = load_extractor("mine", Registry.load([mine]))
    x = torch.from_numpy(images(0, 4)).requires_grad_()
    assert not made.features(x).requires_grad


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("self.factor * torch.cat([", "self.nothing * torch.cat([", "AttributeError: 'Mine' object has no attribute"),
        ("x.sum((1, 2))", "x.sum((1, 7))", "IndexError: Dimension out of range"),
    ],
)
def test_an_extractor_that_raises_is_named_with_the_line_of_its_file(mine: Path, old: str, new: str, said: str) -> None:
    mine.write_text(MINE.replace(old, new))
    with pytest.raises(BadPlugin, match=rf"features 'mine' raise {said}.*\(mine.py, line 15\)"):
        gc.score(images(0), reference=images(1), features="mine", plugins=[mine])


LOADS = MINE.replace(
    "    def features",
    "    def load(self, device, weights):\n        self.w = open(weights)\n\n    def features",
)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        (None, r"raise TypeError: .*\(mine.py, line 15\); --weights gave no file"),
        (Path("no.pth"), r"raise FileNotFoundError: .*\(mine.py, line 15\); --weights gave no.pth, which is no file"),
    ],
)
def test_weights_that_an_extractor_cannot_take_are_named(mine: Path, weights: Path | None, said: str) -> None:
    mine.write_text(LOADS)
    with pytest.raises(BadPlugin, match=said):
        load_extractor("mine", Registry.load([mine]), weights=weights)


def test_a_batch_without_room_on_its_device_is_halved(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = load_extractor("mine", Registry.load([mine]))
    x, sizes, features = torch.from_numpy(images(1, 8)), [], loaded.extractor.features
    whole = loaded.features(x)

    def little_room(part: torch.Tensor) -> torch.Tensor:
        sizes.append(len(part))
        if len(part) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return features(part)

    monkeypatch.setattr(loaded.extractor, "features", little_room)
    assert torch.equal(loaded.features(x), whole)
    assert sizes == [8, 4, 2, 2, 4, 2, 2] or sizes == [8, 4, 2, 2, 2, 2]
    assert loaded.batch == 2
