"""The equal views on which runs are measured."""

from __future__ import annotations

from gancheck.evaluation.panel import ViewPairs, metric_inputs, select_metrics
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
