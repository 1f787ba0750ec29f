"""Series, point clouds, videos and images of any value range, from samples to the verdict."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import gancheck as gc
from gancheck.errors import BadData, MissingWeights
from gancheck.loading.open import open_samples
from gancheck.plugins.registry import Registry
from gancheck.report.score_folder import write_answer
from gancheck.scoring.real_data import RealDataRequest, advising_other_features
from gancheck.scoring.score import Scoring

DICE = np.random.default_rng(0)
METRICS = "near-duplicates,coverage"


def series(n: int) -> np.ndarray:
    """(n, 50, 2) walks of two speeds."""
    speed = np.where(DICE.random(n) < 0.5, 0.1, 2.0)[:, None, None]
    return (DICE.normal(size=(n, 50, 2)) * speed).cumsum(1)


def clouds(n: int) -> np.ndarray:
    """(n, 64, 3) balls and sticks, their points in any order."""
    stretch = np.where(DICE.random((n, 1)) < 0.5, [1.0, 1.0, 1.0], [4.0, 0.2, 0.2])[:, None]
    return DICE.normal(size=(n, 64, 3)) * stretch


def videos(n: int) -> np.ndarray:
    """(n, 6, 8, 8, 1) squares that brighten or darken."""
    course = np.linspace(-0.8, 0.8, 6) * np.where(DICE.random(n) < 0.5, 1, -1)[:, None]
    return (course[..., None, None, None] + DICE.normal(scale=0.05, size=(n, 6, 8, 8, 1))).clip(-1, 1)


@pytest.mark.parametrize(("draw", "name"), [(series, "series"), (clouds, "cloud"), (videos, "video")])
def test_every_kind_is_compared_by_its_own_features(draw, name, tmp_path: Path) -> None:
    real_data = RealDataRequest(reference=draw(800)).build(Registry.load(), "cpu")
    good = gc.score(draw(400), reference=draw(800), metrics=METRICS)
    assert good.verdict == "healthy", good.reason
    assert f"coverage@{name}" in good.values
    stuck = Scoring.of(np.repeat(draw(3), 200, axis=0), real_data)
    assert stuck.verdict[0] == "collapsed"
    assert write_answer(tmp_path, stuck.judgement, stuck.examples())


def test_half_of_the_series_missing_is_seen() -> None:
    slow = (DICE.normal(size=(400, 50, 2)) * 0.1).cumsum(1)
    assert gc.score(slow, reference=series(800), metrics=METRICS).verdict in ("dropped-modes", "imbalanced")


def test_shapes_that_differ_are_named_in_their_own_words() -> None:
    with pytest.raises(BadData, match=r"series of 40 steps in 2 channels.*series of 50 steps in 2 channels"):
        gc.score(series(50)[:, :40], reference=series(800))
    reference, other = DICE.random((800, 8, 8)), DICE.random((50, 9, 9))
    with pytest.raises(BadData, match="--resize SIDE"):
        gc.score(other, reference=reference, features="points")


def faces(n: int) -> np.ndarray:
    """(n, 8, 8) images in [-1, 1] of two brightnesses."""
    level = np.where(DICE.random(n) < 0.5, 0.3, 0.7)[:, None, None]
    return (level + DICE.normal(scale=0.1, size=(n, 8, 8))).clip(-1, 1)


def test_tanh_output_that_is_never_negative_is_read_like_the_reference() -> None:
    samples = np.abs(faces(400))
    found = gc.score(samples, reference=faces(800), features="points", metrics=METRICS)
    assert samples.min() >= 0
    assert found.verdict == "healthy", found.reason
    assert any("like those of array" in note for note in found.notes)


@pytest.mark.parametrize("value", [1.0, -1.0, 0.0, 0.7])
def test_a_generator_of_one_colour_is_read_and_collapsed(value: float) -> None:
    found = gc.score(np.full((300, 8, 8), value), reference=faces(800), features="points", metrics=METRICS)
    assert (found.verdict, found.values["near-duplicates"]) == ("collapsed", 1.0)


def test_samples_of_a_dataset_are_in_its_range() -> None:
    digits = Registry.load().build("dataset", "digits")
    real_data = RealDataRequest(dataset="digits").build(Registry.load(), "cpu")
    bright = np.full((100, 1, 8, 8), 0.5)
    opened = open_samples(bright, like=real_data.like)
    assert digits.spec.low == -1
    assert opened.take(1).max() == 0.5
    assert any("like those of digits" in note for note in opened.notes)


@pytest.mark.parametrize(("shape", "digits"), [((4, 28, 28), True), ((4, 64, 64, 3), False), ((4, 256, 256), False)])
def test_without_weights_only_what_may_be_digits_is_sent_to_their_classifier(shape, digits) -> None:
    samples = open_samples(DICE.random(shape))
    with pytest.raises(MissingWeights, match="--features points") as caught, advising_other_features(samples):
        raise MissingWeights("the weights are not here")
    assert ("classifier" in str(caught.value)) == digits
