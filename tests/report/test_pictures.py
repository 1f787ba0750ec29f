"""What holds for every picture: a sound file of sane size, the same bytes every time, nothing left behind."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from PIL import Image

from gancheck.errors import BadParameter
from gancheck.report.plots.curves import Curve, Task, curves
from gancheck.report.plots.image_strips import Strip, images
from gancheck.report.plots.mode_fates import Fates, mode_fates
from gancheck.report.plots.modes_quality import Point, modes_quality
from gancheck.report.plots.ranking import ranking
from gancheck.report.plots.scatter import Panel, scatter
from gancheck.report.plots.style import canvas

LONG = "unrolled(steps=10)+pacgan(m=4)+rpgan+r1r2+ema"


def names(count: int) -> list[str]:
    return ["none", LONG, *(f"recipe-{i}" for i in range(2, count))][:count]


def draw_scatter(path: Path, count: int) -> None:
    rng = np.random.default_rng(0)
    centres = np.array([[x, y] for x in range(5) for y in range(5)], float)
    real = centres.repeat(20, axis=0) + rng.normal(0, 0.05, (500, 2))
    panels = [Panel(name, real[: 100 + 20 * i], np.arange(25) < i, i / 16) for i, name in enumerate(names(count))]
    scatter(path, real, panels, centres, "grid/mlp")


def draw_images(path: Path, count: int) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (12, 3, 8, 8))
    images(path, x, [Strip(name, -x, "3 of 10 modes", ["(7)"] * 12) for name in names(count)], "digits/dcgan")


def draw_curves(path: Path, count: int) -> None:
    steps = np.arange(0, 5000, 500.0)
    lines = {name: Curve(steps, np.minimum(steps / 500, i + np.ones((3, 1)))) for i, name in enumerate(names(4))}
    curves(path, [Task(f"task-{i}", lines, 8) for i in range(count)], title="Modes held")


def draw_ranking(path: Path, count: int) -> None:
    rows = [
        {"strategy": name, "held": i / 16, "held_low": i / 17, "held_high": (i + 1) / 17, "blurred": i % 2 == 1}
        | {"rank": i + 1, "rank_low": i + 1, "rank_high": count, "runs": 15, "failed": 0, "missing": 0}
        for i, name in enumerate(names(count))
    ]
    tasks = [{"task": "ring/mlp", "strategy": r["strategy"], "metric": "held", "mean": r["held"]} for r in rows]
    ranking(path, rows, tasks, title="quick 1")


def draw_modes_quality(path: Path, count: int) -> None:
    points = [Point(n, i / 16, (i / 17, (i + 1) / 17), 0.8, (0.7, 0.9)) for i, n in enumerate(names(count))]
    modes_quality(path, points, "quick 1", "note")


def draw_mode_fates(path: Path, count: int) -> None:
    shares = {name: np.random.default_rng(0).uniform(0, 1, (5, 25)) for name in names(count)}
    mode_fates(path, [Fates(f"task-{i}", shares) for i in range(min(count, 6))], "quick 1")


DRAWINGS = [draw_scatter, draw_images, draw_curves, draw_ranking, draw_modes_quality, draw_mode_fates]


@pytest.mark.parametrize("count", [1, 16])
@pytest.mark.parametrize("draw", DRAWINGS)
def test_picture_is_a_sound_png_of_sane_size(draw: Callable[[Path, int], None], count: int, tmp_path: Path) -> None:
    path = tmp_path / "new" / "picture.png"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        draw(path, count)
    with Image.open(path) as picture:
        picture.verify()
        assert 300 < picture.width < 2600
        assert 100 < picture.height < 3400
    assert path.stat().st_size < 1_500_000
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    ("draw", "suffix"), [*((draw, "png") for draw in DRAWINGS), (draw_scatter, "svg"), (draw_curves, "svg")]
)
def test_same_data_give_the_same_bytes_under_any_settings(
    draw: Callable[[Path, int], None], suffix: str, tmp_path: Path
) -> None:
    first, second = tmp_path / f"a.{suffix}", tmp_path / f"b.{suffix}"
    draw(first, 2)
    with matplotlib.rc_context({"font.size": 20, "axes.facecolor": "red", "svg.hashsalt": None}):
        draw(second, 2)
        assert matplotlib.rcParams["font.size"] == 20
    assert first.read_bytes() == second.read_bytes()


def test_failed_drawing_keeps_the_old_picture_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), canvas(path, 1, 1):
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_unknown_picture_format_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match=r"\.png or \.svg"), canvas(tmp_path / "a.bmp", 1, 1):
        pass


def test_pictures_leave_pyplot_alone() -> None:
    modules = "gancheck.report.plots." + ", gancheck.report.plots.".join(
        ("scatter", "image_strips", "curves", "ranking", "modes_quality", "mode_fates")
    )
    code = f"import sys, {modules}; sys.exit('matplotlib.pyplot' in sys.modules or 'torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
