from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.frechet import fid
from gancheck.metrics.intra_fid import class_distances, intra_fid


def drawn(n: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Two classes, ten apart."""
    g = torch.Generator().manual_seed(seed)
    label = torch.randint(2, (n,), generator=g)
    return torch.randn(n, 3, generator=g, dtype=torch.float64) + 10 * label[:, None], label


def test_is_the_mean_of_the_distances_within_the_classes():
    (x, a), (y, b) = drawn(800, 0), drawn(900, 1)
    expected = [float(fid(View(1.5 * x[a == k], y[b == k]))) for k in (0, 1)]
    view = View(1.5 * x, y, labels=a, reference_labels=b)
    assert float(intra_fid(view)) == pytest.approx(sum(expected) / 2, rel=1e-9)


def test_sees_swapped_classes_that_the_distance_over_all_does_not():
    (x, a), (y, b) = drawn(800, 0), drawn(900, 1)
    swapped = View(x, y, labels=1 - a, reference_labels=b)
    assert float(intra_fid(swapped)) > 200 > 1 > float(intra_fid(View(x, y, labels=a, reference_labels=b)))
    assert float(fid(swapped)) < 2


def test_leaves_out_small_classes_and_samples_without_one():
    (x, a), (y, b) = drawn(800, 0), drawn(900, 1)
    a[a == 1] = torch.where(torch.arange(int((a == 1).sum())) < 20, 1, -1)
    view = View(x, y, labels=a, reference_labels=b)
    assert torch.isfinite(class_distances(view)).tolist() == [True, False]
    with pytest.raises(BadData, match="50 samples and 50 real"):
        intra_fid(View(x[:60], y, labels=a[:60], reference_labels=b))


def test_without_labels_there_is_none():
    x, a = drawn(100, 0)
    with pytest.raises(BadData, match="--sample-labels"):
        intra_fid(View(x, x))
    with pytest.raises(BadData, match="--labels"):
        intra_fid(View(x, x, labels=a))


def classes_of_sizes(sizes: Sequence[int], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes ten apart, each wider than the one before, so that their distances differ."""
    label = np.repeat(np.arange(len(sizes)), sizes)
    noise = np.random.default_rng(seed).normal(size=(len(label), 8))
    return noise * (1 + 3.0 * label[:, None]) + 40 * label[:, None], label


def real_values(own: Sequence[int], real: Sequence[int]) -> gc.Scores:
    (x, a), (y, b) = classes_of_sizes(own, 0), classes_of_sizes(real, 1)
    return gc.score(x, sample_labels=a, reference=y, labels=b, metrics="intra-fid")


def test_real_data_is_told_at_full_size_where_all_parts_hold_the_same_classes():
    scores = real_values([900, 900], [900, 900])
    assert scores.sizes["intra-fid"].extrapolated
    assert scores.values["intra-fid"] == pytest.approx(scores.floor["intra-fid"], rel=0.4)


def test_classes_that_are_lost_in_the_smaller_parts_are_not_extrapolated_over():
    scores = real_values([900, 160], [900, 160])
    assert not scores.sizes["intra-fid"].extrapolated
    assert scores.floor["intra-fid"] > scores.values["intra-fid"]
    assert "real data: n = 530 against 530 (intra-fid)" in scores.notes


def test_halves_tell_the_full_size_where_quarters_lack_a_class():
    scores = real_values([900, 350], [900, 350])
    assert scores.sizes["intra-fid"].extrapolated
    assert scores.floor["intra-fid"] == pytest.approx(scores.values["intra-fid"], rel=0.4)


def test_real_data_of_other_classes_than_the_samples_is_not_given_and_said():
    scores = real_values([900, 80], [900, 80])
    assert scores.floor["intra-fid"] is None
    assert any("intra-fid has no value of real data: 1 of 2 classes has fewer than 50" in n for n in scores.notes)


def test_real_data_is_told_of_the_samples_classes():
    scores = real_values([900, 30], [900, 900])
    assert scores.floor["intra-fid"] == pytest.approx(scores.values["intra-fid"], rel=0.5)
