"""Labels that come with samples: used where real data has labels, and never dropped in silence."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadData, BadParameter
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.sample_labels import match_names
from gancheck.scoring.scores import PER_CLASS

N = 800


@pytest.fixture(scope="module")
def ring():
    return Registry.load().build("dataset", "ring8")


def drawn(ring, n, seed):
    batch = ring.draw(n, generator("cpu", "labels", seed))
    return batch.x.numpy(), batch.y.numpy()


def score(x, y=None, metrics="class-adherence", **real):
    return gc.score(x, sample_labels=y, metrics=metrics, **(real or {"dataset": "ring8"}))


def notes(scores):
    return "\n".join(scores.notes)


def test_labels_that_come_with_samples_are_used(ring):
    x, y = drawn(ring, N, 0)
    scores = gc.score({"samples": x, "labels": y}, dataset="ring8", metrics="class-adherence")
    assert scores.verdict == "healthy"
    assert scores.values["class-adherence"] == 1
    assert scores.per_class["samples"].to_list() == np.bincount(y).tolist()
    assert "matched with real ones by name" in notes(scores)
    assert json.loads(scores.to_json())["per_class"] == scores.per_class.to_dicts()


def test_labels_that_cannot_be_used_are_said_and_refused_where_they_are_given(ring):
    (x, y), (real, _) = drawn(ring, N, 0), drawn(ring, 1_000, 1)
    scores = gc.score({"samples": x, "labels": y}, reference=real, metrics="fid")
    assert "labels that came with them are not used: real data has none" in notes(scores)
    assert scores.per_class.is_empty()
    with pytest.raises(BadParameter, match="--labels PATH"):
        score(x, y, "fid", reference=real)


def test_labels_follow_samples_that_are_drawn_from_more(ring):
    x, y = drawn(ring, 3 * N, 0)
    order = np.argsort(y)
    scores = gc.score(x[order], sample_labels=y[order], dataset="ring8", count=N, metrics="class-adherence")
    assert scores.values["class-adherence"] == 1
    assert scores.per_class["samples"].sum() == N


def test_classes_are_matched_by_name_and_else_by_number(ring):
    (x, y), (real, z) = drawn(ring, N, 0), drawn(ring, 1_000, 1)
    names = np.array(["h", "g", "f", "e", "d", "c", "b", "a"])
    named = {"reference": real, "labels": names[z]}
    assert score(x, names[y], **named).values["class-adherence"] > 0.95
    numbered = score(x, 7 - y, **named)
    assert numbered.values["class-adherence"] > 0.95
    assert "by number: 0 is a, 1 is b" in notes(numbered)
    with pytest.raises(BadParameter, match="none of the classes"):
        score(x, np.array([f"class {k}" for k in y]), **named)


def test_numbers_are_names_without_their_zeros():
    assert match_names(["03", "1", "2.0"], ["1", "2", "3"]).places == (2, 0, 1)
    assert match_names(["cat", "dog"], ["0", "1"]) == ((0, 1), "number")
    assert match_names(["5", "6"], ["cat", "dog"]).places == (-1, -1)


def test_classes_on_one_side_only_are_said(ring):
    x, y = drawn(ring, N, 0)
    kept = y != 2
    moved = np.where(y[kept] == 3, 9, y[kept])
    scores = score(x[kept], moved)
    assert "are of classes that real data lacks (9)" in notes(scores)
    assert "none is labelled 2, 3" in notes(scores)
    assert scores.verdict == "dropped-modes"
    assert scores.reason.endswith("2; no sample is labelled 2")
    assert scores.per_class["status"].to_list()[2] == "absent"


@pytest.mark.parametrize(
    ("labels", "error", "words"),
    [
        (np.zeros(5, int), BadData, "5 labels for 800 samples"),
        (np.arange(N), BadData, "800 different labels"),
        (np.full(N, 40), BadParameter, "none of the classes"),
    ],
)
def test_labels_that_do_not_fit_are_one_clear_line(ring, labels, error, words):
    with pytest.raises(error, match=words) as caught:
        score(drawn(ring, N, 0)[0], labels)
    assert "\n" not in str(caught.value)


def test_labels_of_a_generator_are_refused(ring):
    x, y = drawn(ring, N, 0)
    with pytest.raises(BadParameter, match="not with a generator"):
        score(lambda n: x[np.arange(n) % N], y)


def test_numbers_that_are_no_classes_are_left_out_with_a_note(ring):
    x, _ = drawn(ring, N, 0)
    scores = gc.score({"samples": x, "labels": np.arange(N)}, dataset="ring8", metrics="fid")
    assert "are no classes" in notes(scores)
    assert scores.per_class.is_empty()


def test_labels_of_rows_with_a_missing_cell_are_left_out_with_them(ring, tmp_path):
    x, y = drawn(ring, N, 0)
    rows = [f"{a},{b}" for a, b in x.tolist()]
    rows[7] = f"{x[7, 0]},"
    (tmp_path / "made.csv").write_text("\n".join(["a,b", *rows]))
    scores = gc.score(tmp_path / "made.csv", sample_labels=y, dataset="ring8", metrics="class-adherence")
    assert scores.per_class["samples"].sum() == N - 1
    assert scores.values["class-adherence"] == 1


def test_labels_can_be_left_out(ring):
    x, y = drawn(ring, N, 0)
    scores = gc.score({"samples": x, "labels": 7 - y}, sample_labels="none", dataset="ring8", metrics="fid")
    assert scores.verdict == "healthy"
    assert scores.per_class.is_empty()


def test_shares_of_labels_are_the_users_choice(ring):
    (x, y), (real, z) = drawn(ring, 2 * N, 0), drawn(ring, 6_000, 1)
    rare = np.random.default_rng(0).random(len(z)) < np.where(z < 2, 1.0, 0.1)
    reference = {"reference": real[rare], "labels": z[rare]}
    assert score(x, metrics="fid", **reference).verdict == "imbalanced"
    scores = score(x, y, **reference)
    assert scores.verdict == "healthy"
    assert "not spread as real ones" in notes(scores)


def test_modes_that_were_rarely_asked_for_are_not_dropped(ring):
    x, y = drawn(ring, 2 * N, 0)
    few = (y != 5) | (np.cumsum(y == 5) <= 4)
    assert score(x[few], metrics="fid").verdict == "dropped-modes"
    assert score(x[few], y[few]).verdict == "healthy"


def test_a_mode_that_does_not_come_when_asked_for_is_dropped(ring):
    x, y = drawn(ring, 2 * N, 0)
    other, z = drawn(ring, 4 * N, 1)
    x[y == 5] = other[z == 4][: (y == 5).sum()]
    scores = score(x, y)
    assert scores.verdict == "dropped-modes"
    assert "samples of class 5 look like class 4 (100%)" in scores.findings[1].text


def test_many_classes_of_a_few_samples_are_held_together_only(ring):
    (x, y), (real, z) = drawn(ring, N, 0), drawn(ring, 8_000, 1)
    part = (x[:, 0] * 1e6).astype(int) % 7 * 8 + y
    parts = (real[:, 0] * 1e6).astype(int) % 7 * 8 + z
    scores = score(x, part, reference=real, labels=parts)
    assert "too few to look at one by one" in notes(scores)
    assert set(scores.per_class["status"]) <= {"unclear", "held"}


def test_single_class_is_held_against_the_real_ones_of_it(ring):
    x, y = drawn(ring, 8 * N, 0)
    one = y == 3
    scores = score(np.repeat(x[one][:1], 100, 0), y[one][:100])
    assert scores.verdict == "collapsed"
    scores = score(x[one], y[one])
    assert scores.per_class["status"].to_list() == ["absent"] * 3 + ["held"] + ["absent"] * 4


def test_table_has_its_columns(ring):
    x, y = drawn(ring, N, 0)
    table = score(x, y, metrics="intra-fid").per_class
    assert table.columns == list(PER_CLASS)
    assert table["name"].to_list() == [str(k) for k in range(8)]
    assert table.drop_nulls().shape == table.shape
    assert table["looks_like"].to_list() == table["name"].to_list()
    assert torch.tensor(table["fid"].to_list()).mean() == pytest.approx(
        score(x, y, metrics="intra-fid").values["intra-fid"]
    )


def test_clusters_that_serve_as_modes_are_no_classes(ring):
    (x, y), (real, _) = drawn(ring, N, 0), drawn(ring, N, 1)
    part = np.arange(N) % 80
    kept = y != 2
    scores = score(x[kept], part[kept], metrics="fid", reference=real, labels=part)
    dropped = next(found for found in scores.findings if found.kind == "dropped-modes")
    assert "is labelled" not in dropped.text
    assert set(scores.per_class["name"]) == set(map(str, range(80)))
    assert scores.per_class["looks_like"].null_count() == 80
