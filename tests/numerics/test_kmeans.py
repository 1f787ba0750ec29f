from __future__ import annotations

import pytest
import torch
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics import kmeans as module
from gancheck.numerics.kmeans import assign, kmeans, kmeans_from


def source(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def grid(side: int, each: int, width: float) -> tuple[Tensor, Tensor]:
    """Samples of a grid of Gaussians with distance 1, and their labels."""
    centres = torch.cartesian_prod(torch.arange(side), torch.arange(side)).double()
    label = torch.arange(side**2).repeat(each)
    return centres[label] + width * torch.randn(len(label), 2, dtype=torch.float64, generator=source(9)), label


def cost(x: Tensor, centres: Tensor, label: Tensor) -> float:
    return float((x - centres[label]).square().sum())


@pytest.mark.parametrize("seed", range(5))
def test_separate_modes_are_found_whole(seed: int):
    x, label = grid(5, 40, 0.03)
    _, found = kmeans(x, 25, source(seed))
    assert adjusted_rand_score(label, found) == 1


def test_rare_and_wide_modes_are_found_beside_crowded_narrow_ones():
    x = torch.cat(
        [torch.randn(n, 2, generator=source(n)) * w + c for n, w, c in [(5, 0.1, 4), (900, 0.1, 0), (90, 1, 9)]]
    )
    _, found = kmeans(x, 3, source())
    assert sorted(torch.bincount(found).tolist()) == [5, 90, 900]


@pytest.mark.parametrize(("n", "d", "k"), [(900, 3, 20), (600, 50, 10)])
def test_structureless_data_is_cut_as_well_as_by_scikit_learn(n: int, d: int, k: int):
    x = torch.rand(n, d, dtype=torch.float64, generator=source())
    ours = min(cost(x, *kmeans(x, k, source(seed))) for seed in range(3))
    theirs = min(KMeans(k, n_init=1, random_state=seed).fit(x.numpy()).inertia_ for seed in range(3))
    assert ours < 1.02 * theirs


def test_centres_are_the_means_of_their_samples():
    x, _ = grid(4, 30, 0.3)
    centres, label = kmeans(x, 9, source())
    for k in range(9):
        assert torch.allclose(centres[k], x[label == k].mean(0), atol=1e-6)


def test_the_same_stream_gives_the_same_clusters_and_more_starts_no_worse_ones():
    x = torch.rand(400, 2, generator=source())
    one, same = kmeans(x, 30, source(1)), kmeans(x, 30, source(1))
    assert torch.equal(one[0], same[0])
    assert torch.equal(one[1], same[1])
    assert cost(x, *kmeans(x, 30, source(1), starts=5)) <= cost(x, *one)


@pytest.mark.parametrize(("offset", "scale"), [(1e6, 1.0), (0.0, 1e-8), (0.0, 1e8), (-1e8, 1e3)])
def test_offset_and_scale_change_no_label(offset: float, scale: float):
    x, label = grid(3, 30, 0.05)
    _, found = kmeans(x * scale + offset, 9, source())
    assert adjusted_rand_score(label, found) == 1


def test_runs_of_any_length_give_the_same_clusters(monkeypatch: pytest.MonkeyPatch):
    x, _ = grid(4, 20, 0.1)
    whole = kmeans(x, 16, source())
    monkeypatch.setattr(module, "CHUNK", 8 * 16 * 7)
    torch.testing.assert_close(kmeans(x, 16, source()), whole, rtol=1e-6, atol=1e-6)


def test_one_cluster_is_the_mean_and_n_clusters_are_the_samples():
    x = torch.randn(30, 4, dtype=torch.float64, generator=source())
    assert torch.allclose(kmeans(x, 1, source())[0][0], x.mean(0), atol=1e-6)
    centres, label = kmeans(x, 30, source())
    assert sorted(label.tolist()) == list(range(30))
    assert cost(x, centres, label) < 1e-10


def test_a_start_that_leaves_clusters_empty_is_repaired(monkeypatch: pytest.MonkeyPatch):
    x, label = grid(2, 50, 0.05)
    monkeypatch.setattr(module, "start", lambda x, k, _: x[:1].repeat(k, 1))
    _, found = kmeans(x, 4, source())
    assert adjusted_rand_score(label, found) == 1


def test_clusters_go_on_from_given_centres():
    x, label = grid(3, 50, 0.05)
    x = x + 1e4
    given = torch.stack([x[label == i].mean(0) for i in range(9)]).flip(0) + 0.2
    centres, found = kmeans_from(x, given)
    assert torch.equal(found, 8 - label)
    assert torch.allclose(centres.flip(0), torch.stack([x[label == i].mean(0) for i in range(9)]), atol=1e-5)
    again = KMeans(9, init=given.numpy(), n_init=1).fit(x.numpy())
    assert cost(x, centres, found) == pytest.approx(again.inertia_, rel=1e-6)


def test_a_centre_given_twice_finds_rows_of_its_own():
    x, label = grid(2, 50, 0.05)
    _, found = kmeans_from(x, x[[0, 60, 110, 110]])
    assert adjusted_rand_score(label, found) == 1


def test_fewer_different_rows_than_clusters_leave_clusters_empty():
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0]]).repeat(10, 1)
    centres, label = kmeans(x, 5, source())
    assert len(label.unique()) == 2
    assert torch.equal(centres[label], x.double())


def test_samples_go_to_the_nearest_centre():
    x, centres = torch.randn(200, 30, generator=source()) + 1e4, torch.randn(7, 30, generator=source(1)) + 1e4
    assert torch.equal(assign(x, centres), torch.cdist(x.double(), centres.double()).argmin(1))


@pytest.mark.parametrize("k", [0, 4])
def test_more_clusters_than_samples_or_none_are_refused(k: int):
    with pytest.raises(BadData, match="ask for 1 to 3"):
        kmeans(torch.randn(3, 2, generator=source()), k, source())
