"""Tests of labelled samples: adherence, diversity and width, class by class."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
import torch
from torch import Tensor

from gancheck.evaluation.real_data.base import RealData
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.real_data.reference import ReferenceRealData
from gancheck.extractors.loaded import load_extractor
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.checks.class_collapse import check_class_collapse, check_each_class
from gancheck.scoring.checks.class_width import check_class_width
from gancheck.scoring.checks.mislabelled import check_mislabelled
from gancheck.scoring.class_evidence import ClassEvidence
from gancheck.scoring.score import Scoring
from gancheck.scoring.scores import Finding

N = 1_000


class Labelled(NamedTuple):
    """Real data, and labelled samples of it."""

    real_data: RealData
    x: Tensor
    y: Tensor

    def evidence(self, x: Tensor | None = None, y: Tensor | None = None) -> ClassEvidence:
        source = {"samples": self.x if x is None else x, "labels": self.y if y is None else y}
        scoring = Scoring.of(source, self.real_data)
        assert scoring.classes is not None
        return scoring.classes.evidence


@pytest.fixture(scope="module")
def ring() -> Labelled:
    dataset = Registry.load().build("dataset", "ring8")
    batch = dataset.draw(N, generator("cpu", "classes", 0))
    return Labelled(DatasetRealData("ring8", dataset), batch.x, batch.y)


def halves(n: int, seed: int) -> tuple[Tensor, Tensor]:
    """Two classes that fill the same cloud."""
    g = torch.Generator().manual_seed(seed)
    return torch.randn(n, 3, generator=g), torch.randint(2, (n,), generator=g)


@pytest.fixture(scope="module")
def mixed() -> Labelled:
    real, label = halves(4 * N, 1)
    how = {"labels": label, "names": ("a", "b")}
    points = load_extractor("points", Registry.load())
    made = ReferenceRealData(open_samples(real), points, lambda s, most: s.take(most), **how)
    return Labelled(made, *halves(N, 2))


def collapse(evidence: ClassEvidence) -> Finding:
    found = check_class_collapse(evidence, check_each_class(evidence), False)
    assert found is not None
    return found


@pytest.mark.parametrize("which", ["ring", "mixed"])
def test_real_data_is_found_nothing_in(which: str, request: pytest.FixtureRequest):
    evidence = request.getfixturevalue(which).evidence()
    assert not any(f.found for f in (collapse(evidence), check_mislabelled(evidence), check_class_width(evidence)))


def test_swapped_classes_are_mislabelled_and_named(ring: Labelled):
    y = ring.y.clone()
    y[ring.y == 3], y[ring.y == 5] = 5, 3
    found = check_mislabelled(ring.evidence(y=y))
    assert found.found
    assert "samples of class 3 look like class 5 (100%)" in found.text
    assert set(found.modes) == {3, 5}
    assert found.low > found.margin


def test_one_class_in_part_astray_is_mislabelled(ring: Labelled):
    x, three = ring.x.clone(), torch.nonzero(ring.y == 3).flatten()
    astray = len(three) * 7 // 10
    x[three[:astray]] = ring.x[ring.y == 6][:1] + 0.01 * torch.randn(astray, 2)
    found = check_mislabelled(ring.evidence(x))
    assert found.found
    assert found.modes == (3,)
    assert found.text == f"samples of class 3 look like class 6 ({astray / len(three):.0%})"
    assert found.margin == 0.3


def test_ignored_labels_are_said_to_be_ignored(ring: Labelled):
    y = ring.y[torch.randperm(N, generator=torch.Generator().manual_seed(0))]
    found = check_mislabelled(ring.evidence(y=y))
    assert found.found
    assert "as if labels were ignored" in found.text


def test_labels_that_are_all_another_class_are_not_said_to_be_ignored(ring: Labelled):
    found = check_mislabelled(ring.evidence(y=(ring.y + 1) % 8))
    assert found.found
    assert "100% of the samples look like another class" in found.text
    assert "ignored" not in found.text


def test_label_noise_of_real_data_is_no_fault(ring: Labelled):
    g = torch.Generator().manual_seed(0)
    reference = ring.real_data.dataset.draw(4 * N, generator("cpu", "classes", 1))
    label = torch.where(torch.rand(4 * N, generator=g) < 0.3, torch.randint(8, (4 * N,), generator=g), reference.y)
    points = load_extractor("points", Registry.load())
    how = {"labels": label, "names": tuple(map(str, range(8)))}
    real_data = ReferenceRealData(open_samples(reference.x), points, lambda s, most: s.take(most), **how)
    y = torch.where(torch.rand(N, generator=g) < 0.3, torch.randint(8, (N,), generator=g), ring.y)
    assert not check_mislabelled(Labelled(real_data, ring.x, y).evidence()).found


def test_samples_off_every_mode_are_not_mislabelled(ring: Labelled):
    x = ring.x.clone()
    x[: N // 2] = 4 * torch.rand(N // 2, 2, generator=torch.Generator().manual_seed(0)) - 2
    assert not check_mislabelled(ring.evidence(x)).found


def test_class_that_is_one_sample_is_collapsed(ring: Labelled):
    x = ring.x.clone()
    x[ring.y == 3] = x[ring.y == 3][0]
    found = collapse(ring.evidence(x))
    assert found.found
    assert found.text == "class 3 makes one sample over and over"
    assert found.modes == (3,)
    assert found.high < found.margin


def test_class_that_repeats_itself_is_collapsed(ring: Labelled):
    x, three = ring.x.clone(), torch.nonzero(ring.y == 3).flatten()
    three = three[: len(three) // 2 * 2]
    x[three[::2]] = x[three[1::2]]
    found = collapse(ring.evidence(x))
    assert found.found
    assert "in class 3" in found.text
    copied = check_class_collapse(ring.evidence(x), check_each_class(ring.evidence(x)), True)
    assert copied is not None
    assert not copied.found


def test_class_that_keeps_to_a_part_that_others_fill_is_shrunken(mixed: Labelled):
    y = (mixed.x[:, 0] > 0).long()
    x = mixed.x * torch.tensor([1.0, 0.55, 0.55])
    x[:, 1:] += 0.6 * torch.where(y == 1, 1.0, -1.0)[:, None]
    found = check_class_width(mixed.evidence(x, y))
    assert found.found
    assert found.text.startswith("samples of a class vary only")


def test_classes_with_few_samples_are_not_looked_at_alone(ring: Labelled):
    few = torch.cat([torch.nonzero(ring.y == k).flatten()[:15] for k in range(8)])
    evidence = ring.evidence(ring.x[few], ring.y[few])
    assert evidence.large == []
    assert check_class_collapse(evidence, check_each_class(evidence), False) is None
    assert not check_mislabelled(evidence).found
    wrong = replace(evidence, label=(evidence.label + 1) % 8)
    assert check_mislabelled(wrong).found
