"""Every metric of a score, by its column, with what is left out told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from gancheck.errors import BadParameter
from gancheck.evaluation.comparison import Comparisons
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.base import SampleSet
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.sides import Side
from gancheck.evaluation.values import available, compute_metrics, say_unmet_needs, size_notes
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
    assert list(say_unmet_needs(chosen, available(real_data, samples, chosen))) == [
        "copies needs the training data (--train)",
        "ms-ssim needs images",
        "inception-score needs features of a network that gives class probabilities, such as inception",
    ]


def test_metrics_that_nobody_named_are_left_out_without_a_word(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    chosen = select_metrics(registry)
    assert list(say_unmet_needs(chosen, available(real_data, samples, chosen))) == []


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


def test_pixels_of_the_kept_samples_are_compared_where_there_are_more_than_are_kept(registry: Registry) -> None:
    dataset = registry.build("dataset", "digits")
    real_data = DatasetRealData("digits", dataset, keep=20)
    samples = real_data.sample_set(open_samples(dataset.pool("reference", 60, generator("cpu", "test"))), 60)
    compared = Comparisons(real_data, samples).of(select_metrics(registry, ("ms-ssim",))["ms-ssim"])
    assert len(compared.view.images) == len(compared.real.images) == 20


def test_the_first_samples_are_pictured_as_far_as_pictures_are_kept() -> None:
    side = Side(SampleSet(torch.rand(6, 2), torch.rand(4, 1, 2, 2)))
    assert side.head(3).given.images is not None
    assert side.head(4).given.images is not None
    assert side.head(5).given.images is None


def test_columns_of_metrics_within_classes_carry_the_scale_and_those_of_modes_do_not(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8", 900)
    labelled = replace(samples, labels=real_data.classes_of(samples))
    chosen = select_metrics(registry, ("intra-fid", "class-adherence"))
    found = compute_metrics(real_data, labelled, chosen, scale="standard")
    assert set(found.values) == {"intra-fid@standard", "class-adherence"}


def test_the_scale_of_endless_real_data_does_not_hang_on_the_number_of_samples(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8", 200)
    few, more = (Comparisons(real_data, samples.head(n), "standard").scale for n in (2, 200))
    assert few is not None
    assert more is not None
    assert torch.equal(few.width, more.width)


def test_a_value_outlives_a_failure_of_real_data(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    values = iter([1.5])
    metric = replace(select_metrics(registry, ("fid",))["fid"], function=lambda view: torch.tensor(next(values)))
    found = compute_metrics(real_data, samples, {"fid": metric})
    assert (found.values["fid"], found.floor["fid"]) == (1.5, None)
    assert found.failures == ["fid has no value of real data: metric 'fid' raises StopIteration:"]


def test_training_data_is_thinned_for_metrics_whose_cost_grows_steeply(registry: Registry) -> None:
    dataset = registry.build("dataset", "ring8")
    train = open_samples(dataset.pool("reference", 3_000, generator("cpu", "train")))
    real_data = DatasetRealData("ring8", dataset, train)
    samples = real_data.sample_set(open_samples(dataset.pool("reference", 200, generator("cpu", "test"))), 200)
    fld, copies = (select_metrics(registry, (name,))[name] for name in ("fld", "copies"))
    compared = Comparisons(real_data, samples)
    assert len(compared.of(fld).view.train) == len(compared.of(fld).real.train) == 2_000
    assert len(compared.of(copies).view.train) == 3_000
    sizes = {"fld": compared.of(fld).sizes, "copies": compared.of(copies).sizes}
    assert list(size_notes(sizes, 200, None)) == ["2,000 training samples, drawn at random, are used by fld"]


def test_samples_whose_class_is_no_mode_do_not_count_for_adherence(registry: Registry) -> None:
    real_data, samples = data_and_samples(registry, "ring8")
    labels = real_data.classes_of(samples).clone()
    labels[:50] = -1
    labelled = replace(samples, labels=labels)
    found = compute_metrics(real_data, labelled, select_metrics(registry, ("class-adherence",)))
    assert found.sizes["class-adherence"].n == 150
    assert "150 of 200 samples are compared by class-adherence" in list(size_notes(found.sizes, 200, None))
