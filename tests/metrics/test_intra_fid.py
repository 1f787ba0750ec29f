from __future__ import annotations

import pytest
import torch

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
