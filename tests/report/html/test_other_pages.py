"""The pages of the other two doors: everything that was found, as text."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
from PIL import Image

import gancheck as gc
from gancheck.report.html.diagnosis_page import write_diagnosis_page
from gancheck.report.html.score_page import write_score_page
from gancheck.scoring.scores import Scores

MODES = pl.DataFrame(
    {"mode": [0, 1], "name": ["<b>cat</b>", "dog"], "status": ["dropped", "held"], "spread": [None, 0.5]}
)


def test_score_page_has_verdict_modes_metrics_and_pictures(tmp_path: Path) -> None:
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "modes.png")
    values = {"fid": 1.5, "kid": None}
    scores = Scores("dropped-modes", "Modes are <i>gone</i>.", (), values, {"fid": 0.5}, {"fid": (1.0, 2.0)}, MODES)
    text = write_score_page(tmp_path / "report.html", scores, [tmp_path / "modes.png"]).read_text()
    assert "1 of 2 modes is missing" in text
    assert "[1, 2]" in text
    assert "&lt;b&gt;cat" in text
    assert "&lt;i&gt;gone" in text
    assert 'src="data:image/png;base64,' in text


def test_diagnosis_page_has_alarms_with_cause_and_advice(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("step,loss\n" + "\n".join(f"{i},{'nan' if i > 5 else 1}" for i in range(1, 12)))
    found = gc.diagnose(tmp_path / "log.csv", detectors=["nonfinite"])
    text = write_diagnosis_page(tmp_path / "report.html", found).read_text()
    assert "something went wrong" in text
    assert "nonfinite" in text
    assert found.alarms[0].severity in text


HOSTILE = "</script><script>alert(1)</script>"


def test_names_from_a_log_are_never_markup(tmp_path: Path) -> None:
    path = tmp_path / "<img src=x>.csv"
    path.write_text(f"step,loss,{HOSTILE}\n" + "\n".join(f"{i},{'nan' if i > 5 else 1},2" for i in range(1, 12)))
    text = write_diagnosis_page(tmp_path / "report.html", gc.diagnose(path, detectors=["nonfinite"])).read_text()
    assert "<img" not in text
    assert "alert(1)</script>" not in text
    assert "&lt;img src=x&gt;.csv" in text


def test_names_of_classes_files_and_metrics_are_never_markup_on_the_page_of_a_score(tmp_path: Path) -> None:
    modes = MODES.with_columns(name=pl.Series([HOSTILE, "=cmd()"]))
    facts = {"samples": "<img src=x>.npy", "reference": HOSTILE}
    scores = Scores("dropped-modes", HOSTILE, (), {HOSTILE: 1.5}, {}, {}, modes, facts=facts, notes=("<u>note</u>",))
    text = write_score_page(tmp_path / "report.html", scores, []).read_text()
    assert not [mark for mark in ("<img src=x", "alert(1)</script>", "<u>") if mark in text]
    assert "=cmd()" in text
