"""Damage of known strength is found, and named for what it is."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch
from torch import Tensor

from gancheck.datasets.images.digit_pools import digits
from gancheck.datasets.mixtures.imbalanced import Imbalanced
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import BadData
from gancheck.inspection import Inspection, Problem, inspect_data


def points(n: int = 1_000, seed: int = 0) -> Tensor:
    return Ring(sigma=0.05).draw(n, torch.Generator().manual_seed(seed)).x


def noise(*shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(9))


def pictures() -> Tensor:
    return digits("train").x[:, None].clone()


def kinds(found: Inspection, severity: str = "warning") -> set[str]:
    return {p.kind for p in found.problems if p.severity == severity}


def the(kind: str, found: Inspection) -> Problem:
    (problem,) = (p for p in found.problems if p.kind == kind)
    return problem


# ---- balance


def test_rare_clusters_are_found() -> None:
    found = inspect_data(Imbalanced(ratio=10.0).draw(3_000, torch.Generator().manual_seed(0)).x)
    assert kinds(found) == {"imbalance"}
    assert 7 < the("imbalance", found).evidence["ratio"] < 14


def test_rare_classes_are_found_and_said_by_name() -> None:
    labels = torch.tensor([0] * 700 + [1] * 200 + [2] * 100)
    found = inspect_data(noise(1_000, 3), labels)
    assert kinds(found) == {"imbalance"}
    problem = the("imbalance", found)
    assert problem.evidence["ratio"] == 7
    assert "class 0 has 7 times the samples of class 2 (70 % against 10 % of all)" in problem.text
    assert [row["testable_from"] for row in found.facts["modes"]] == [15, 50, 100]


def test_unequal_counts_by_chance_are_no_imbalance() -> None:
    labels = torch.tensor([*[0] * 9, *[1] * 3, *[2] * 8, *(3 + i // 6 for i in range(180))])
    assert "imbalance" not in kinds(inspect_data(noise(200, 2), labels))


def test_modes_too_small_to_be_tested_are_listed() -> None:
    found = inspect_data(noise(300, 2), torch.tensor([0] * 150 + [1] * 131 + [2] * 19))
    assert the("small-modes", found).evidence["modes"] == ["2"]


def test_too_few_samples_are_a_warning() -> None:
    assert kinds(inspect_data(noise(199, 2))) == {"few-samples"}
    assert kinds(inspect_data(noise(300, 150))) == {"few-for-fid"}


# ---- copies and outliers


@pytest.mark.parametrize(("copies", "severity"), [(5, "note"), (20, "warning")])
def test_exact_copies_are_counted(copies: int, severity: str) -> None:
    x = points()
    x[:copies] = x[100 : 100 + copies]
    problem = the("duplicates", inspect_data(x))
    assert (problem.severity, problem.evidence["repeats"]) == (severity, copies)


def test_copies_of_one_sample_are_counted() -> None:
    x = points()
    x[40:70] = x[7]
    evidence = the("duplicates", inspect_data(x)).evidence
    assert (evidence["repeats"], evidence["most"], evidence["first_row"]) == (30, 31, 7)


def test_near_copies_of_points_are_found() -> None:
    x = points().double()
    x[:30] = x[100:130] + 1e-6 * noise(30, 2)
    found = inspect_data(x)
    assert kinds(found) == {"near-duplicates"}
    assert set(found.pairs) == {(i, 100 + i) for i in range(30)}
    assert the("near-duplicates", found).evidence["share"] == pytest.approx(0.06)


def test_near_copies_of_images_are_found() -> None:
    x = pictures()
    x[:40] = (x[100:140] + 0.01 * noise(40, 1, 8, 8)).clamp(-1, 1)
    found = inspect_data(x)
    assert "near-duplicates" in kinds(found)
    assert set(found.pairs) == {(i, 100 + i) for i in range(40)}


def test_near_copies_in_a_large_set_are_estimated_from_a_part() -> None:
    x = noise(200_000, 2).double()
    x[:20_000] = x[20_000:40_000] + 1e-9 * noise(20_000, 2)
    problem = the("near-duplicates", inspect_data(x))
    assert problem.severity == "warning"
    assert problem.evidence["share"] == pytest.approx(0.2, rel=0.1)
    assert problem.evidence["looked_at"] == 100_000


def test_strays_of_points_are_found_and_nothing_else() -> None:
    x = points()
    x[[3, 50, 700]] = torch.tensor([[5.0, 5.0], [0.0, 0.0], [-9.0, 2.0]])
    found = inspect_data(x)
    assert kinds(found) == {"outliers"}
    assert sorted(found.outliers) == [3, 50, 700]
    assert found.outliers[0] == 700


def test_inverted_images_are_outliers() -> None:
    x = pictures()
    x[:3] = -x[:3]
    found = inspect_data(x)
    assert kinds(found) == {"outliers"}
    assert set(found.outliers) == {0, 1, 2}


# ---- values


def test_features_that_say_nothing_are_found() -> None:
    x = torch.cat([points(), torch.ones(1_000, 1), (torch.arange(1_000) == 5).float()[:, None]], 1)
    assert the("constant-features", inspect_data(x)).evidence["features"] == [2, 3]


def test_features_of_wildly_different_scale_are_found() -> None:
    x = noise(300, 3) * torch.tensor([1.0, 150.0, 30.0])
    found = inspect_data(x)
    assert kinds(found) == {"uneven-features"}
    assert 130 < the("uneven-features", found).evidence["ratio"] < 170


@pytest.mark.parametrize(("change", "kind"), [(lambda x: x + 20, "offset"), (lambda x: x * 1_000, "scale")])
def test_values_far_from_normal_are_found(change: object, kind: str) -> None:
    assert kinds(inspect_data(change(noise(250, 2)))) == {kind}  # type: ignore[operator]


def test_clipped_values_are_found() -> None:
    found = inspect_data(noise(400, 3).clamp(-2, 10))
    assert kinds(found) == {"clipping"}
    assert the("clipping", found).evidence["share"] == pytest.approx(0.023, abs=0.012)


def test_categories_are_not_taken_for_clipping() -> None:
    x = torch.cat([noise(400, 2), (torch.arange(400) % 2).float()[:, None]], 1)
    assert "clipping" not in kinds(inspect_data(x))


def test_flat_images_are_found() -> None:
    x = pictures()
    x[10] = 0.3
    assert the("constant-images", inspect_data(x)).evidence == {"images": 1, "rows": [10]}


def test_images_divided_by_too_much_are_found() -> None:
    assert "range" in kinds(inspect_data((pictures() + 1) / 2 / 16))


def test_saturated_images_are_noted() -> None:
    problem = the("clipping", inspect_data((3 * pictures()).clamp(-1, 1)))
    assert problem.severity == "note"
    assert problem.evidence["share_high"] > 0.2


def test_moments_are_those_of_numpy() -> None:
    x = (1e4 + 3 * noise(300, 2)).double()
    facts = inspect_data(x).facts
    for i, feature in enumerate(facts["features"]):
        assert feature["mean"] == pytest.approx(float(np.mean(x.numpy()[:, i])), rel=1e-12)
        assert feature["sd"] == pytest.approx(float(np.std(x.numpy()[:, i])), rel=1e-9)


def test_rows_that_are_not_finite_are_an_error_and_the_rest_is_looked_at() -> None:
    x = points()
    x[[1, 9]] = torch.tensor([[torch.nan, 0.0], [0.0, torch.inf]])
    labels = torch.arange(1_000) % 4
    found = inspect_data(x, labels)
    assert the("not-finite", found).evidence == {"samples": 2, "rows": [1, 9]}
    assert found.facts["n"] == 998
    assert [row["samples"] for row in found.facts["modes"]] == [250, 248, 250, 250]


# ---- what cannot be looked at, and how it is told


@pytest.mark.parametrize(
    ("source", "says"),
    [
        (np.full((5, 2), np.nan), "all samples of array have NaN"),
        (torch.nn.Linear(4, 2), "without end"),
        ("nowhere.npy", "there is no nowhere.npy"),
        (np.zeros((0, 2)), "no samples"),
    ],
)
def test_what_holds_nothing_to_look_at_is_refused(source: object, says: str) -> None:
    with pytest.raises(BadData, match=says):
        inspect_data(source)


def test_labels_of_another_length_are_refused() -> None:
    with pytest.raises(BadData, match="999 labels for 1,000 samples"):
        inspect_data(points(), torch.arange(999) % 3)


@pytest.mark.parametrize("x", [np.zeros((1, 2)), np.ones((300, 2)), np.zeros((1, 9, 9), np.uint8), noise(40, 1)])
def test_the_smallest_and_the_dullest_data_are_told_too(x: object) -> None:
    found = inspect_data(x)
    assert found.count("warning") > 0
    assert json.loads(found.to_json())["facts"]["n"] == len(x)  # type: ignore[arg-type]


def test_the_gravest_come_first() -> None:
    x = points()
    x[0] = torch.nan
    x[100:150] = x[200:250]
    assert [p.severity for p in inspect_data(x).problems] == ["error", "warning", "note"]


def test_a_million_points_take_less_than_a_minute() -> None:
    found = inspect_data(noise(1_000_000, 2))
    assert kinds(found) == set()
    assert found.facts["neighbours_of"] == 100_000
