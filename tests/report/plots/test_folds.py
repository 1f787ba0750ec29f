"""The picture of a cross-validation: drawn with losses, with one of them, and with none."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from gancheck.detectors.base import Alarm
from gancheck.monitor.cross_validation.fold import Curve, FoldResult
from gancheck.report.plots.folds import draw

CURVE = Curve((10, 20, 30), (1.0, math.nan, 0.5))
ALARM = Alarm("nonfinite", 20, "fatal", 1.0, 0.0, "loss is not finite")
FOLDS = {
    "both": FoldResult(1, 0.5, {}, 80, 20, CURVE, CURVE, (ALARM,), True),
    "one": FoldResult(2, 0.4, {}, 80, 20, CURVE),
    "none": FoldResult(3, math.nan, {}, 80, 20),
}


@pytest.mark.parametrize("names", [["both", "one", "none"], ["one"], ["none"]])
def test_picture_is_written(names: list[str], tmp_path: Path) -> None:
    (path,) = draw([FOLDS[name] for name in names], "a title", tmp_path / "new")
    assert path.name == "folds.png"
    assert path.read_bytes().startswith(b"\x89PNG")
