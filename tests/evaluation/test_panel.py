"""Many metrics at once."""

from __future__ import annotations

from gancheck.evaluation.panel import ViewPairs, compute_metrics, metric_inputs, select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry


def data_and_samples(name: str, n: int):
    dataset = Registry.load().build("dataset", name)
    real_data = DatasetRealData(name, dataset)
    return real_data, real_data.sample_set(open_samples(dataset.pool("reference", n, generator("cpu", "test"))), n)


def test_both_sides_of_every_number_have_the_same_n():
    real_data, samples = data_and_samples("ring8", 700)
    metrics = select_metrics(Registry.load(), ("fid", "coverage", "wasserstein", "modes"))
    for found in metric_inputs(ViewPairs(real_data, samples, 700), metrics):
        assert len(found.view.samples) == len(found.real.samples) <= 700


def test_metrics_whose_needs_are_not_met_are_left_out():
    real_data, samples = data_and_samples("ring8", 200)
    names = ("fid", "copies", "ms-ssim", "inception-score")
    assert set(compute_metrics(real_data, samples, select_metrics(Registry.load(), names), lambda *_: None).values) == {
        "fid"
    }


def test_progress_is_told_for_every_metric():
    real_data, samples = data_and_samples("ring8", 200)
    told = []
    compute_metrics(
        real_data, samples, select_metrics(Registry.load(), ("fid", "modes")), lambda *step: told.append(step)
    )
    assert told == [("fid", 0, 2), ("modes", 1, 2)]


def test_columns_carry_the_features_where_they_are_not_the_points():
    real_data, samples = data_and_samples("digits", 200)
    columns = set(
        compute_metrics(real_data, samples, select_metrics(Registry.load(), ("fid", "modes")), lambda *_: None).values
    )
    assert columns == {"fid@classifier", "modes"}
