"""The picture of labelled samples, class by class."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import gancheck as gc
from gancheck.report.plots.class_panels import draw_classes
from gancheck.report.score_folder import write_answer
from gancheck.scoring.examples import PictureExamples
from gancheck.scoring.scores import Scores

CENTRES = 6 * np.c_[np.cos(np.arange(5)), np.sin(np.arange(5))]


def labelled(count: int = 1_000) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(0)
    label = dice.integers(0, 5, count)
    return CENTRES[label] + 0.3 * dice.normal(size=(count, 2)), label


@pytest.fixture(scope="module")
def scores() -> Scores:
    """Class 1 half as wide, most of class 2 made as class 3, class 4 never asked for."""
    x, y = labelled()
    made, label = x.copy(), y.copy()
    made[y == 1] = CENTRES[1] + (x[y == 1] - CENTRES[1]) / 2
    made[(y == 2) & (np.arange(1_000) % 5 > 0)] += CENTRES[3] - CENTRES[2]
    kept = y != 4
    return gc.score(made[kept], reference=x, labels=y, sample_labels=label[kept], metrics="tv")


def test_labelled_samples_have_a_picture_of_their_classes(scores: Scores, tmp_path: Path) -> None:
    draw_classes(tmp_path / "classes.svg", scores)
    text = (tmp_path / "classes.svg").read_text()
    for said in ("share of samples", "adherence", "width", "asked for", "found", "absent", "mislabelled"):
        assert f"{said}<" in text, said


def test_the_picture_goes_where_labels_go(scores: Scores, tmp_path: Path) -> None:
    x, y = labelled()
    examples = PictureExamples(x[:90], x[90:180], y[90:180])
    assert tmp_path / "classes.png" in write_answer(tmp_path, scores, examples)
    write_answer(tmp_path, gc.score(x[:200], reference=x[200:800], metrics="tv"), examples)
    assert not (tmp_path / "classes.png").exists()


def test_of_very_many_classes_the_worst_are_drawn(scores: Scores, tmp_path: Path) -> None:
    many = scores.per_class.clear()
    for k in range(60):
        many = many.vstack(scores.per_class.with_columns(name=scores.per_class["name"] + f" {k}"))
    draw_classes(tmp_path / "classes.svg", replace(scores, per_class=many))
    assert "drawn: the 40 worst of 300 classes" in (tmp_path / "classes.svg").read_text()
