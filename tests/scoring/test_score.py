"""`gc.score`: samples from anywhere against real data from anywhere."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadData, BadParameter, UnknownName
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry

FEW = ("modes", "fid", "coverage")


@pytest.fixture(scope="module")
def ring():
    return Registry.load().build("dataset", "ring8")


def drawn(data, n, seed):
    return data.draw(n, generator("cpu", "test", seed)).x


@pytest.fixture(scope="module")
def dropped(ring):
    batch = ring.draw(3_000, generator("cpu", "test", 1))
    return batch.x[batch.y >= 3]


def test_dropped_modes_of_a_dataset_are_found_and_named(dropped):
    scores = gc.score(dropped, dataset="ring8", metrics=FEW)
    assert scores.verdict == "dropped-modes"
    assert scores.values["modes"] == 5
    assert scores.floor["modes"] == 8
    assert scores.findings[0].modes == (0, 1, 2)
    assert scores.per_mode.filter(scores.per_mode["status"] == "dropped")["mode"].to_list() == [0, 1, 2]
    assert scores.collapsed


def test_clusters_serve_where_modes_are_not_known(ring, dropped):
    scores = gc.score(dropped.numpy(), reference=drawn(ring, 4_000, 2).numpy(), metrics=FEW)
    assert scores.verdict == "dropped-modes"
    assert len(scores.findings[0].modes) == 3
    assert len(scores.per_mode) == 8
    assert any("clusters" in note for note in scores.notes)


def test_labels_of_the_reference_are_modes(ring, dropped):
    real = ring.draw(4_000, generator("cpu", "test", 2))
    scores = gc.score(dropped, reference=real.x, labels=real.y, metrics=FEW)
    assert scores.findings[0].modes == (0, 1, 2)
    assert any("labels" in note for note in scores.notes)


def test_parameters_of_a_dataset_are_read(ring):
    x = Registry.load().build("dataset", "ring", modes=3, sigma=0.05)
    scores = gc.score(drawn(x, 1_000, 3), dataset="ring(modes=3, sigma=0.05)", metrics=FEW)
    assert scores.verdict == "healthy"
    assert len(scores.per_mode) == 3


def test_callables_modules_and_batches_are_generators(ring):
    source = torch.Generator().manual_seed(0)
    made = gc.score(lambda n: ring.draw(n, source).x, dataset="ring8", count=2_000, metrics=FEW)
    assert (made.verdict, made.facts["n"]) == ("healthy", 2_000)
    batches = gc.score([drawn(ring, 500, k) for k in range(4)], dataset="ring8", metrics=FEW)
    assert (batches.verdict, batches.facts["n"]) == ("healthy", 2_000)
    module = torch.nn.Linear(4, 2)
    assert gc.score(module, dataset="ring8", latent=4, count=500, metrics=FEW).verdict == "low-fidelity"


def test_copies_are_found_with_training_data(ring):
    train = drawn(ring, 1_000, 4)
    scores = gc.score(train, dataset="ring8", train=train, metrics=("copies",))
    assert scores.verdict == "memorised"
    assert scores.values["copies"] == 1


def test_images_are_judged_and_columns_say_so():
    digits = Registry.load().build("dataset", "digits")
    x = digits.distinct("reference", 300, generator("cpu", "test"))
    scores = gc.score(x, dataset="digits", metrics=("modes", "fid", "inception-score"))
    assert scores.verdict == "healthy"
    assert set(scores.values) == {"modes", "fid@classifier", "inception-score@classifier"}
    assert scores.values["fid"] == scores.values["fid@classifier"]
    assert "sha256" in scores.facts["classifier"]


def test_the_reference_itself_is_no_answer(ring):
    x = drawn(ring, 1_000, 5)
    scores = gc.score(x, reference=x, metrics=FEW)
    assert scores.verdict == "undecided"
    assert "reference itself" in scores.reason


def test_samples_taken_from_the_reference_are_told(ring):
    x = drawn(ring, 1_000, 5)
    mixed = torch.cat([x[:300], drawn(ring, 300, 6)])
    assert any("50% of the samples are in the reference" in n for n in gc.score(mixed, reference=x, metrics=FEW).notes)


def test_json_holds_everything_and_only_numbers_that_json_knows(dropped):
    scores = gc.score(dropped[:1].repeat(100, 1), dataset="ring8", metrics=(*FEW, "kid"))
    answer = json.loads(scores.to_json(), parse_constant=lambda constant: pytest.fail(constant))
    assert answer["verdict"] == "collapsed"
    assert len(answer["per_mode"]) == 8
    assert {"values", "floor", "checks", "findings", "facts", "notes", "intervals"} < set(answer)


def test_the_same_samples_get_the_same_answer(dropped, ring):
    reference = drawn(ring, 2_000, 7)
    first, second = (gc.score(dropped, reference=reference, metrics=FEW).to_json() for _ in range(2))
    assert first == second


def test_fewer_reference_samples_than_samples_are_compared_at_equal_n(ring):
    scores = gc.score(drawn(ring, 3_000, 8), reference=drawn(ring, 1_000, 9), metrics=("fid", "coverage"))
    assert (scores.facts["n"], scores.facts["compared"]) == (3_000, 500)
    assert scores.verdict == "healthy"


@pytest.mark.parametrize("n", [1, 2, 5, 30])
def test_a_handful_of_samples_is_undecided(ring, n):
    scores = gc.score(drawn(ring, n, 10), dataset="ring8", metrics=FEW)
    assert scores.verdict == "undecided"
    assert all(v is None or math.isfinite(v) for v in scores.values.values())


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({}, BadParameter, "what is real"),
        ({"dataset": "ring8", "reference": np.zeros((100, 2))}, BadParameter, "what is real"),
        ({"dataset": "ring9"}, UnknownName, "Did you mean 'ring'"),
        ({"dataset": "digits"}, BadData, "points in 2 dimensions"),
        ({"dataset": "ring8", "labels": np.zeros(3)}, BadParameter, "labels go with"),
        ({"dataset": "ring8", "features": "inception"}, BadParameter, "give --reference"),
        ({"dataset": "ring8", "metrics": ("coverag",)}, UnknownName, "coverage"),
        ({"dataset": "ring8", "count": 0}, BadParameter, "at least 1"),
        ({"reference": np.zeros((500, 2))}, BadData, "the same"),
        ({"reference": np.random.default_rng(0).normal(size=(10, 2))}, BadData, "at least 20"),
        ({"reference": np.random.default_rng(0).normal(size=(500, 3))}, BadData, "3 dimensions"),
        ({"reference": np.full((500, 2), np.nan)}, BadData, "NaN"),
    ],
)
def test_what_cannot_be_answered_is_one_clear_line(ring, arguments, error, words):
    with pytest.raises(error, match=words) as caught:
        gc.score(drawn(ring, 200, 11), **arguments)
    assert "\n" not in str(caught.value)


def test_a_metric_of_ones_own_is_scored_too(tmp_path, ring):
    file = tmp_path / "mine.py"
    file.write_text(
        "import gancheck as gc\n@gc.metric('largest', better='lower', needs='samples')\n"
        "def largest(view):\n    '''Largest value.'''\n    return view.fake.abs().max()\n"
    )
    scores = gc.score(drawn(ring, 300, 12), dataset="ring8", metrics=("largest",), plugins=[file])
    assert 0.9 < scores.values["largest"] < 1.2


@pytest.mark.parametrize(
    ("how", "line"), [({"weights": "some.pth"}, "holds no images"), ({"latent": 7}, "latent = 7 is the")]
)
def test_what_would_be_without_effect_is_refused(dropped, how, line):
    with pytest.raises(BadParameter, match=line):
        gc.score(dropped, dataset="ring8", **how)
