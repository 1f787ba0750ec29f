"""One of a thing is not called several, wherever people read it."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gancheck as gc
from gancheck.errors import BadData
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions
from gancheck.system.counts import say_count

DICE = np.random.default_rng(0)
WRONG = re.compile(r"(?<![\d.,x] )(?<![\d.,])\b1 [a-z]*-?[a-z]*(?<!clas)(?<!serie)s\b")


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (1, "sample", "1 sample"),
        (0, "sample", "0 samples"),
        (2_500, "broken image", "2,500 broken images"),
        (2, "class", "2 classes"),
        (2, "entry", "2 entries"),
        (2, "key", "2 keys"),
    ],
)
def test_counts_in_words(count: int, noun: str, said: str) -> None:
    assert say_count(count, noun) == said


def test_one_region_serves() -> None:
    scores = gc.score(DICE.normal(size=(1, 1)), reference=DICE.normal(size=(20, 1)), metrics="mmd")
    assert "modes are not known: 1 region (the data has no clear clusters) of array serves instead" in scores.notes
    assert not [text for text in (*scores.notes, scores.reason) if WRONG.search(text)]


def test_one_channel_step_and_point() -> None:
    opened = open_samples(DICE.normal(size=(30, 40)), options=ReadOptions("series"))
    assert opened.form == "series of 40 steps in 1 channel"
    assert any("40 steps in 1 channel" in note for note in opened.notes)
    video = open_samples(DICE.random((9, 1, 8, 8)), options=ReadOptions("video"))
    assert video.form == "videos of 1 frame of 1 x 8 x 8"
    assert open_samples(DICE.normal(size=(9, 1))).form == "points in 1 dimension"


def test_one_sample_one_feature_one_label() -> None:
    found = gc.inspect_data(DICE.normal(size=(1, 1)))
    assert found.outcome.endswith("in 1 point (1 feature)")
    assert not [problem.text for problem in found.problems if WRONG.search(problem.text)]
    with pytest.raises(BadData, match="1 label for 30 samples"):
        gc.score(DICE.normal(size=(30, 2)), reference=DICE.normal(size=(30, 2)), labels=[0])


def test_one_file_left_out(tmp_path: Path) -> None:
    for k in range(120):
        Image.fromarray(DICE.integers(0, 256, (8, 8), dtype=np.uint8)).save(tmp_path / f"{k}.png")
    (tmp_path / "notes.doc").write_text("x")
    (tmp_path / "broken.png").write_text("x")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    notes = open_samples(tmp_path).notes
    for said in ("1 other file in ", "1 broken image left out", "1 link that leads nowhere left out"):
        assert any(note.startswith(said) for note in notes), notes
