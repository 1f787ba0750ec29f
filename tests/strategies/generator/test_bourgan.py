from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.generator.bourgan import embed, mismatch, ratio_of
from gancheck.strategies.recipe import Recipe
from gancheck.training.trainer import Trainer


def points(count: int) -> torch.Tensor:
    """Two far groups."""
    x = torch.randn(count, 2, generator=torch.Generator().manual_seed(0))
    return x + 20 * (torch.arange(count) % 2)[:, None]


def test_coordinates_are_distances_to_random_subsets_of_falling_size() -> None:
    x = points(16)
    distances = torch.cdist(x, x)
    made = embed(distances, 2, torch.Generator().manual_seed(3))
    source, rows = torch.Generator().manual_seed(3), []
    for share in (1 / 2, 1 / 2, 1 / 4, 1 / 4, 1 / 8, 1 / 8, 1 / 16, 1 / 16):
        inside = [i for i, u in enumerate(torch.rand(16, generator=source).tolist()) if u < share]
        rows.append([min((float(distances[i, j]) for j in inside), default=0.0) for i in range(16)])
    expected = torch.tensor(rows).mT
    expected = expected - expected.mean(0)
    torch.testing.assert_close(made, expected / (expected.square().sum() / 16).sqrt())


def test_far_samples_are_embedded_far_from_each_other() -> None:
    distances = torch.cdist(points(60), points(60))
    embedded = embed(distances, 5, torch.Generator().manual_seed(0))
    others = torch.cdist(embedded, embedded)
    far = distances > 10
    assert others[far].min() > others[~far].max()
    ratio = ratio_of(distances, others)
    torch.testing.assert_close(ratio_of(distances, ratio * others), torch.tensor(1.0))


def test_the_term_compares_logarithms_of_distances_of_neighbours() -> None:
    source = torch.Generator().manual_seed(0)
    x, z = torch.randn(5, 2, generator=source), torch.randn(5, 3, generator=source)
    gaps = [
        math.log(float((x[i] - x[i - 1]).norm())) - math.log(1.7 * float((z[i] - z[i - 1]).norm())) for i in range(5)
    ]
    torch.testing.assert_close(mismatch(x, z, torch.tensor(1.7)), torch.tensor(sum(g * g for g in gaps) / 5))
    assert mismatch(torch.zeros(5, 2), z, torch.tensor(1.0)).isfinite()


def test_centres_keep_distances_up_to_the_scale_and_are_not_trained(setup: Callable[..., Any]) -> None:
    gan = gc.Registry.load().build("gan", "mlp", width=8, latent=128)
    trainer = Trainer(setup("bourgan(points=30)", gan=gan, steps=2))
    memory, centres = trainer.replicas.memory, trainer.replicas.buffers["prior"]["mu"].clone()
    embedded = memory["bourgan/embedded"]
    assert (embedded.shape, centres.shape) == ((2, 30, 25), (2, 30, 128))
    assert not embedded[0].equal(embedded[1])
    apart = torch.cdist(centres, centres) / math.sqrt(128) / torch.cdist(embedded, embedded)
    off = ~torch.eye(30, dtype=torch.bool)
    assert 0.5 < apart[:, off].min() < apart[:, off].max() < 1.6
    trainer.train()
    assert torch.equal(trainer.replicas.buffers["prior"]["mu"], centres)


def test_the_term_changes_the_generator(train: Callable[..., Any], apart: Callable[..., float]) -> None:
    alone, strong = (train(f"bourgan(points=20, alpha={alpha})+r1", steps=2) for alpha in (0.0, 5.0))
    assert apart(alone, strong) > 1e-6


@pytest.mark.parametrize("parameter", ["alpha=-1.0", "sigma=0.0", "points=9", "subsets=0"])
def test_parameters_out_of_range_are_refused(registry: gc.Registry, parameter: str) -> None:
    with pytest.raises(BadParameter, match=parameter.split("=")[0]):
        Recipe.parse(f"bourgan({parameter})", registry)


def test_other_codes_are_refused(registry: gc.Registry) -> None:
    gan, data = registry.build("gan", "cgan", width=4), registry.build("dataset", "ring8").spec
    assert "needs a generator without codes" in str(Recipe.parse("bourgan", registry).supports(gan, data))
