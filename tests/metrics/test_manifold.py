from __future__ import annotations

from collections.abc import Callable
from math import prod

import pytest
import torch
from prdc import compute_prdc

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics import manifold
from gancheck.metrics.manifold import coverage, density, precision, recall
from gancheck.statistics.estimate import Estimate
from gancheck.system.torchvision_compat import torchvision_operators


def points(n: int, d: int, seed: int, width: float = 1.0) -> torch.Tensor:
    return width * torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def value(measure: Callable[[View], Estimate], view: View) -> float:
    return float(measure(view))


@pytest.mark.parametrize("d", [2, 50])
@pytest.mark.parametrize("k", [1, 3, 5])
@pytest.mark.parametrize("chunk", [80, 8000, 2**23])
def test_agrees_with_prdc_in_chunks_of_any_size(d: int, k: int, chunk: int):
    fake, real = points(45, d, 0, 0.8), points(35, d, 1)
    expected = compute_prdc(real.numpy(), fake.numpy(), k)
    view = View(fake, real, chunk=chunk)
    ours = {f.__name__: float(f(view, k)) for f in (precision, recall, density, coverage)}
    assert ours == pytest.approx(expected, rel=1e-12)


def test_agrees_with_torch_fidelity():
    torchvision_operators()
    theirs = pytest.importorskip("torch_fidelity.metric_prc")
    fake, real = points(300, 20, 0, 0.9), points(250, 20, 1)
    settings = {"prc_neighborhood": 3, "prc_batch_size": 10000, "save_cpu_ram": False, "verbose": False}
    expected = theirs.prc_features_to_metric(fake, real, **settings)
    assert float(precision(View(fake, real))) == pytest.approx(expected["precision"], rel=1e-6)
    assert float(recall(View(fake, real))) == pytest.approx(expected["recall"], rel=1e-6)


@pytest.mark.parametrize("d", [2, 50])
def test_an_exact_copy_of_the_data_is_inside_and_covers_it(d: int):
    real = points(60, d, 0)
    view = View(real.flip(0), real)
    assert [float(f(view)) for f in (precision, recall, coverage)] == [1, 1, 1]
    assert float(density(view)) == pytest.approx(6 / 5)


@pytest.mark.parametrize("d", [2, 50])
def test_data_that_repeats_itself_is_covered_by_its_copy(d: int):
    real = points(10, d, 0).repeat(8, 1)
    view = View(real, real.clone())
    assert [float(f(view)) for f in (precision, recall, coverage)] == [1, 1, 1]


@pytest.mark.parametrize("d", [2, 50])
def test_a_generator_stuck_on_a_training_sample_is_precise_and_covers_nothing(d: int):
    real = points(200, d, 0) + 1000
    view = View(real[:1].repeat(100, 1), real)
    assert float(precision(view)) == 1
    assert float(recall(view)) == pytest.approx(1 / 200)
    assert float(coverage(view)) < 0.5


def test_a_generator_stuck_off_the_data_has_nothing():
    view = View(torch.full((100, 3), 50.0), points(200, 3, 0))
    assert [float(f(view)) for f in (precision, recall, density, coverage)] == [0, 0, 0, 0]


@pytest.mark.parametrize(("n", "m"), [(100, 100), (40, 160)])
def test_expected_coverage_of_a_perfect_generator_is_the_closed_form(n: int, m: int):
    values = torch.tensor([value(coverage, View(points(n, 3, 2 * i), points(m, 3, 2 * i + 1))) for i in range(100)])
    expected = 1 - prod((m - i) / (m + n - i) for i in range(1, 6))
    assert abs(values.mean().item() - expected) < 4 * values.std().item() / 10


def test_expected_density_of_a_perfect_generator_is_one():
    values = torch.tensor([value(density, View(points(80, 3, 2 * i), points(80, 3, 2 * i + 1))) for i in range(100)])
    assert abs(values.mean().item() - 1) < 4 * values.std().item() / 10


def test_an_outlier_among_the_generated_does_not_hide_lost_modes():
    real = torch.cat([points(100, 2, 0, 0.01), points(100, 2, 1, 0.01) + 5])
    assert value(coverage, View(real[:100] + 1e-4, real)) == pytest.approx(0.5, abs=0.05)


def test_the_four_share_one_pass_over_the_distances(monkeypatch: pytest.MonkeyPatch):
    passes = []
    once = manifold.ball_membership
    monkeypatch.setattr(manifold, "ball_membership", lambda *args: passes.append(args) or once(*args))
    view = View(points(30, 2, 0), points(30, 2, 1))
    for f in (precision, recall, density, coverage):
        f(view)
    assert len(passes) == 1


def test_too_few_samples_are_refused_and_four_are_enough_for_k_of_three():
    view = View(points(4, 2, 0), points(9, 2, 1))
    assert 0 <= float(precision(view)) <= 1
    with pytest.raises(BadData, match="5 neighbours need at least 6 samples"):
        coverage(view)


def test_a_reference_of_one_repeated_point_is_refused():
    with pytest.raises(BadData, match="all reference samples are the same"):
        coverage(View(torch.ones(9, 2), torch.ones(9, 2)))


def test_more_neighbours_never_lower_precision_and_recall():
    view = View(points(60, 3, 0), points(50, 3, 1))
    for measure in (precision, recall):
        assert float(measure(view, 5)) >= float(measure(view))


@pytest.mark.parametrize("measure", [precision, recall, density, coverage])
def test_the_interval_holds_the_value_and_narrows_with_more_samples(measure: Callable[[View], Estimate]):
    few, many = (measure(View(points(n, 3, 0), points(n, 3, 1))) for n in (60, 960))
    for made in (few, many):
        assert made.low < made.value < made.high
    assert (many.high - many.low) < 0.5 * (few.high - few.low)
