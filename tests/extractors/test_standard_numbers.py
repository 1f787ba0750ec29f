"""FID, KID, inception score, precision and recall: the numbers that torch-fidelity gives for the same images."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.utils.data import Dataset

import gancheck as gc
from gancheck.scoring.scores import Scores
from gancheck.system.torchvision_compat import torchvision_operators

COUNT = 24  #: images on either side
SIDE = 75  #: pixels that both libraries' network resizes to here, not 299: the least that it takes


def stains(seed: int, tint: int) -> np.ndarray[Any, Any]:
    """(n, 12, 12, 3) uint8."""
    coarse = np.random.default_rng(seed).integers(0, 200, (COUNT, 4, 4, 3))
    return (np.kron(coarse, np.ones((1, 3, 3, 1))) + tint).astype(np.uint8)


class Bytes(Dataset[Tensor]):
    """Images as torch-fidelity takes them: (3, h, w) uint8."""

    def __init__(self, images: np.ndarray[Any, Any]) -> None:
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index]


MADE, REAL = stains(1, 50), stains(2, 10)
#: Ours, and the library's name. KID is theirs of one subset that holds every image, the inception score one split.
KEYS = {
    "fid": "frechet_inception_distance",
    "kid": "kernel_inception_distance_mean",
    "inception-score": "inception_score_mean",
    "precision": "precision",
    "recall": "recall",
}


@pytest.fixture(scope="module", autouse=True)
def small_input() -> Iterator[None]:
    """The same network on smaller pictures, for both."""
    torchvision_operators()
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(FeatureExtractorInceptionV3, "INPUT_IMAGE_SIZE", SIDE)
        yield


@pytest.fixture(scope="module")
def theirs(inception_weights: Path) -> dict[str, float]:
    import torch_fidelity

    values: dict[str, float] = torch_fidelity.calculate_metrics(
        input1=Bytes(MADE), input2=Bytes(REAL), cuda=False, fid=True, kid=True, isc=True, prc=True, verbose=False,
        feature_extractor="inception-v3-compat", feature_extractor_weights_path=str(inception_weights), isc_splits=1,
        kid_subsets=1, kid_subset_size=COUNT, save_cpu_ram=True, cache=False,
    )  # fmt: skip
    return values


@pytest.fixture(scope="module")
def ours(inception_weights: Path, tmp_path_factory: pytest.TempPathFactory) -> Scores:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANCHECK_CACHE", str(tmp_path_factory.mktemp("cache")))
        return gc.score(MADE, reference=REAL, features="inception", weights=inception_weights, metrics=list(KEYS))


@pytest.mark.parametrize("name", KEYS)
def test_the_number_is_torch_fidelitys(name: str, ours: Scores, theirs: dict[str, float]) -> None:
    assert ours.values[name] == pytest.approx(theirs[KEYS[name]], rel=1e-4, abs=1e-7)


def test_the_damage_shows_so_that_equal_numbers_mean_something(ours: Scores) -> None:
    assert ours.values["fid"] > 2 * ours.floor["fid"]
    assert ours.values["precision"] != ours.values["recall"]  # which the library once gave the wrong way round


def test_what_decides_the_number_stands_beside_it(ours: Scores) -> None:
    facts = ours.facts["extractor"]
    [line] = [note for note in ours.notes if note.startswith("features inception:")]
    for part in (
        "layer 2048",
        "torch-fidelity",
        facts["weights_sha256"][:12],
        "round((x + 1) * 127.5)",
        f"{SIDE} pixels",
    ):
        assert part in line
    assert (ours.facts["n"], ours.facts["reference_used"]) == (COUNT, COUNT)
