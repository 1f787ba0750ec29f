"""Clusters that stand in for modes."""

from __future__ import annotations

import pytest
import torch

from gancheck.evaluation.real_data.clustering import cluster, strength
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry


@pytest.mark.parametrize(("name", "n", "modes"), [("ring8", 400, 8), ("ring8", 2_000, 8), ("grid25", 1_500, 25)])
def test_separate_modes_are_counted(name, n, modes):
    data = Registry.load().build("dataset", name)
    batch = data.draw(n, generator("cpu", "test"))
    label, count, natural = cluster(batch.x)
    assert (count, natural) == (modes, True)
    for k in range(modes):
        assert len(batch.y[label == k].unique()) == 1


def test_one_cloud_has_no_clusters_and_is_divided():
    x = torch.randn(2_000, 5, generator=torch.Generator().manual_seed(0))
    label, count, natural = cluster(x)
    assert not natural
    assert 10 <= count <= 60
    assert len(label.unique()) == count


def test_the_same_data_gives_the_same_clusters():
    x = torch.randn(500, 3, generator=torch.Generator().manual_seed(1))
    assert cluster(x)[0].equal(cluster(x)[0])


def test_strength_is_one_for_agreement_and_small_where_a_cluster_falls_apart():
    same = torch.tensor([0, 0, 1, 1, 1]).numpy()
    assert strength(same, same) == 1
    split = torch.tensor([0, 0, 1, 2, 3]).numpy()
    assert strength(same, split) == 0


def test_few_identical_samples_do_no_harm():
    label, count, _ = cluster(torch.zeros(80, 2))
    assert count >= 1
    assert len(label) == 80
