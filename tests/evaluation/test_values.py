"""Every metric of a score, by its column, with what is left out told."""

from __future__ import annotations

import pytest

from gancheck.errors import BadParameter
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.values import available, compute_metrics, unmet
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry


def data_and_samples(registry: Registry, name: str, n: int = 200):
    dataset = registry.build("dataset", name)
    real_data = DatasetRealData(name, dataset)
    return real_data, real_data.sample_set(open_samples(dataset.pool("reference", n, generator("cpu", "test"))), n)


def test_metrics_whose_needs_are_not_met_are_left_out_and_say_what_they_need(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    chosen = select_metrics(registry, ("fid", "copies", "ms-ssim", "inception-score"))
    assert set(compute_metrics(real_data, samples, chosen).values) == {"fid"}
    assert list(unmet(chosen, available(real_data, samples, chosen))) == [
        "copies needs the training data (--train)",
        "ms-ssim needs images",
        "inception-score needs features of a network that gives class probabilities, such as inception",
    ]


def test_metrics_that_nobody_named_are_left_out_without_a_word(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    chosen = select_metrics(registry)
    assert list(unmet(chosen, available(real_data, samples, chosen))) == []


def test_only_metrics_that_cannot_be_had_are_an_error(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    with pytest.raises(BadParameter, match=r"nothing to compute: lpips needs images; copies needs the training data"):
        compute_metrics(real_data, samples, select_metrics(registry, ("lpips", "copies")))


def test_a_named_metric_that_is_not_defined_says_why(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8", 3)
    found = compute_metrics(real_data, samples, select_metrics(registry, ("coverage(k=5)",)))
    assert found.values["coverage"] is None
    assert "coverage is not defined here: " in found.undefined[0]


def test_progress_is_told_for_every_metric(registry: Registry) -> None:
    told: list[tuple[str, int, int]] = []
    compute_metrics(
        *data_and_samples(registry, "ring8"), select_metrics(registry, ("fid", "modes")), lambda *s: told.append(s)
    )
    assert told == [("fid", 0, 2), ("modes", 1, 2)]


def test_columns_carry_the_features_where_they_are_not_the_points(registry: Registry) -> None:
    columns = compute_metrics(*data_and_samples(registry, "digits"), select_metrics(registry, ("fid", "modes"))).values
    assert set(columns) == {"fid@classifier", "modes"}


def test_columns_carry_the_scale_of_the_features(registry: Registry) -> None:
    chosen = select_metrics(registry, ("fid", "modes", "inception-score"))
    digits = compute_metrics(*data_and_samples(registry, "digits"), chosen, scale="robust").values
    assert set(digits) == {"fid@classifier-robust", "modes", "inception-score@classifier"}
    assert set(compute_metrics(*data_and_samples(registry, "ring8"), chosen, scale="standard").values) == {
        "fid@standard",
        "modes",
    }
