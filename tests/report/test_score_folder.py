"""The folder of an answer: the files that apply, sound, and the same every time."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from gancheck.evaluation.comparison import Sizes
from gancheck.report.plots.copies import copies
from gancheck.report.plots.missing_modes import missing
from gancheck.report.plots.mode_shares import balance
from gancheck.report.plots.projection import plane
from gancheck.report.plots.side_by_side import beside
from gancheck.report.plots.style import MISSING
from gancheck.report.score_folder import write_answer
from gancheck.scoring.examples import CopyPairs, PictureExamples
from gancheck.scoring.scores import Scores

TABLES = {"scores.json", "metrics.csv", "per_mode.csv"}
SHARE = {"held": 1.0, "dropped": 0.0, "thin": 0.3, "crowded": 4.0, "shrunken": 1.0}


def scores(*statuses: str, **changes: Any) -> Scores:
    """An answer with a mode of every status given."""
    share = [SHARE[status] for status in statuses]
    count = len(statuses)
    columns: dict[str, Any] = {
        **{"mode": list(range(count)), "name": [f"digit {k}" for k in range(count)], "samples": [10] * count},
        **{"share": [s / count for s in share], "real_share": [1 / max(count, 1)] * count, "ratio": share},
        **{"ratio_low": [s * 0.8 for s in share], "ratio_high": [s * 1.2 + 0.01 for s in share]},
        **{"quality": [0.9] * count, "spread": [None] * count, "status": list(statuses)},
    }
    given: dict[str, Any] = {"verdict": "dropped-modes", "reason": "Modes are missing.", "checks": ()}
    given |= {"values": {"fid": 1.5, "kid": None}, "floor": {"fid": 0.5}, "intervals": {"fid": (1.0, 2.0)}}
    return Scores(**given | {"per_mode": pl.DataFrame(columns)} | changes)


def images(shape: tuple[int, ...], count: int = 70, modes: int = 5) -> PictureExamples:
    x = np.random.default_rng(0).uniform(-1, 1, (count, *shape)).astype(np.float32)
    pairs = min(30, count // 2)
    suspects = CopyPairs(x[:pairs], x[pairs : 2 * pairs], np.linspace(1, 0, pairs))
    return PictureExamples(x, x[::-1], np.arange(count) % modes, suspects)


def points(dimension: int, modes: int = 5) -> PictureExamples:
    rng = np.random.default_rng(0)
    labels = np.arange(500) % modes
    real = rng.normal(0, 0.1, (500, dimension)) + 3 * labels[:, None]
    return PictureExamples(real[labels != 1], real, labels)


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def count_of(path: Path, colour: str) -> int:
    return int((np.abs(pixels(path) / 255 - to_rgb(colour)).max(axis=2) < 0.05).sum())


STATUSES = ("held", "dropped", "thin", "crowded", "shrunken")
CASES = {
    "grey 8x8": images((1, 8, 8)),
    "colour 160x160": images((3, 160, 160), 12),
    "wide": images((1, 8, 12), 20),
    "one image": PictureExamples(np.zeros((1, 1, 8, 8)), np.zeros((1, 1, 8, 8)), np.ones(1, int)),
    "all samples equal": PictureExamples(np.zeros((20, 2)), np.random.default_rng(0).normal(size=(20, 2))),
    "all equal": PictureExamples(np.zeros((20, 3)), np.zeros((20, 3)), np.zeros(20, int)),
    "not finite": PictureExamples(np.full((9, 4), np.inf), np.random.default_rng(0).normal(size=(9, 4))),
    "one point": PictureExamples(np.zeros((1, 6)), np.zeros((1, 6)), np.zeros(1, int)),
    **{f"points in {d}": points(d) for d in (1, 2, 3, 64)},
    "four channels": PictureExamples(np.zeros((9, 4, 2, 2)), np.random.default_rng(0).normal(size=(9, 4, 2, 2))),
}


@pytest.fixture(scope="module")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder of a case's answer, written once and without a warning."""

    @cache
    def write(case: str) -> Path:
        folder = tmp_path_factory.mktemp("answer") / "new"
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            written = write_answer(folder, scores(*STATUSES), CASES[case])
        assert set(written) == set(folder.iterdir())
        return folder

    return write


@pytest.mark.parametrize("case", CASES)
def test_every_kind_of_data_gives_sound_pictures_of_sane_size(case: str, folder_of: Callable[[str], Path]) -> None:
    written = list(folder_of(case).iterdir())
    assert {path.name for path in written} >= TABLES | {"samples.png", "modes.png"}
    for path in written:
        if path.suffix == ".png":
            shape = pixels(path).shape
            assert 300 < shape[1] < 2600
            assert 100 < shape[0] < 3400


@pytest.mark.parametrize("case", ["grey 8x8", "points in 3"])
def test_same_answer_gives_the_same_bytes(case: str, folder_of: Callable[[str], Path], tmp_path: Path) -> None:
    for path in write_answer(tmp_path / "again", scores(*STATUSES), CASES[case]):
        assert path.read_bytes() == (folder_of(case) / path.name).read_bytes()


@pytest.mark.parametrize("count", [1, 60, 61, 1000])
def test_balance_is_drawn_for_any_number_of_modes(count: int, tmp_path: Path) -> None:
    statuses = (["dropped", "thin", "crowded", *["held"] * 20] * count)[:count]
    path = balance(tmp_path / "modes.png", scores(*statuses))
    assert pixels(path).shape[0] < 2400
    assert count_of(path, MISSING) > 50


def test_balance_paints_only_what_is_dropped(tmp_path: Path) -> None:
    assert count_of(balance(tmp_path / "a.png", scores("held", "thin", "crowded")), MISSING) == 0


TITLES = {
    ("dropped", "thin"): "1 of 2 modes is missing",
    ("thin", "thin"): "2 of 2 modes are thin",
    ("held", "held"): "no collapse found",
}


@pytest.mark.parametrize(("statuses", "title"), TITLES.items())
def test_title_says_the_finding(statuses: tuple[str, ...], title: str, tmp_path: Path) -> None:
    balance(tmp_path / "a.svg", scores(*statuses, verdict="healthy"))
    assert f">{title}<" in (tmp_path / "a.svg").read_text()


def test_missing_modes_are_circled_among_points(tmp_path: Path) -> None:
    one = count_of(beside(tmp_path / "a.png", scores("held", "dropped", "held"), points(2, 3)), MISSING)
    two = count_of(beside(tmp_path / "b.png", scores("held", "dropped", "dropped"), points(2, 3)), MISSING)
    assert count_of(beside(tmp_path / "c.png", scores("held", "thin", "held"), points(2, 3)), MISSING) == 0
    assert two == pytest.approx(2 * one, rel=0.1)


def test_projection_is_named_and_keeps_the_widest_directions() -> None:
    rng = np.random.default_rng(0)
    basis = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    flat = np.column_stack([rng.normal(0, 9, 500), rng.normal(0, 3, 500), rng.normal(0, 0.1, (500, 3))])
    made = plane(flat @ basis)(flat @ basis)
    assert np.abs(np.corrcoef(made.T, flat[:, :2].T)[:2, 2:]) == pytest.approx(np.eye(2), abs=0.05)
    assert made.std(axis=0) == pytest.approx(flat[:, :2].std(axis=0), rel=0.01)


def test_title_says_that_points_are_projected(tmp_path: Path) -> None:
    for dimension in (2, 3):
        beside(tmp_path / f"{dimension}.svg", scores("dropped"), points(dimension))
    assert "principal axes" in (tmp_path / "3.svg").read_text()
    assert "principal axes" not in (tmp_path / "2.svg").read_text()


def marked_material() -> PictureExamples:
    """Mode k is red at brightness k, so that pixels tell which modes are shown; 9 images a mode."""
    labels = np.arange(5 * 9) % 5
    x = -np.ones((45, 3, 8, 8), np.float32)
    x[:, 0] = labels[:, None, None] / 2 - 1
    return PictureExamples(x, x, labels)


def test_missing_shows_eight_real_images_of_each_lost_mode_and_of_no_other(tmp_path: Path) -> None:
    path = missing(tmp_path / "a.png", scores("held", "dropped", "thin", "crowded", "held"), marked_material())
    assert path is not None
    shown = pixels(path)
    areas = [int((shown == [k * 255 // 4, 0, 0]).all(axis=2).sum()) for k in (1, 3, 4)]
    assert areas == [8 * 88 * 88, 0, 0]
    assert ((shown[..., 0] == 127) & (shown[..., 1] == 0)).sum() == 8 * 88 * 88


def test_missing_shows_dropped_modes_above_thin_ones_and_twelve_at_most(tmp_path: Path) -> None:
    material = images((1, 8, 8), 80, 40)
    missing(tmp_path / "a.svg", scores(*["thin"] * 20, *["dropped"] * 10, *["held"] * 10), material)
    text = (tmp_path / "a.svg").read_text()
    names = [part.partition("<")[0] for part in text.split(">digit ")[1:]]
    assert names == [*map(str, range(20, 30)), "0", "1"]
    assert ">10 dropped and 20 thin of 40 modes: real images of 12<" in text


@pytest.mark.parametrize("statuses", [("held", "crowded"), ()])
def test_nothing_missing_draws_nothing(statuses: tuple[str, ...], tmp_path: Path) -> None:
    assert missing(tmp_path / "a.png", scores(*statuses), images((1, 8, 8))) is None
    assert not list(tmp_path.iterdir())


def test_copies_show_the_nearest_pairs_first(tmp_path: Path) -> None:
    x = images((1, 8, 8)).samples
    copies(tmp_path / "a.svg", CopyPairs(x[:30], x[30:60], np.linspace(3.9, 1, 30)))
    text = (tmp_path / "a.svg").read_text()
    assert "30 suspected copies, the nearest 24 of them" in text
    assert text.count("<image") == 24
    assert text.index(">1<") < text.index(">1.10<") < text.index(">3.30<")
    assert ">3.40<" not in text


def test_pictures_of_an_earlier_answer_do_not_stay(tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_text("kept")
    write_answer(tmp_path, scores(*STATUSES), images((1, 8, 8), 20))
    assert (tmp_path / "missing.png").exists()
    assert (tmp_path / "copies.png").exists()
    write_answer(tmp_path, scores(per_mode=pl.DataFrame()), points(2))
    left = {"scores.json", "metrics.csv", "samples.png", "mine.png", "report.html"}
    assert {path.name for path in tmp_path.iterdir()} == left


def test_tables_keep_all_digits_and_leave_the_unknown_empty(tmp_path: Path) -> None:
    counted = {"fid": Sizes(n=900, reference=600, floor_n=360, floor_reference=240, extrapolated=True)}
    write_answer(tmp_path, scores("held", "dropped", "thin", sizes=counted), points(2))
    assert (tmp_path / "metrics.csv").read_text().splitlines() == [
        "metric,value,low,high,real,n,reference,floor_n,floor_reference,extrapolated",
        "fid,1.5,1.0,2.0,0.5,900,600,360,240,true",
        "kid,,,,,,,,,",
    ]
    assert json.loads((tmp_path / "scores.json").read_text())["sizes"]["fid"]["floor_n"] == 360
    assert pl.read_csv(tmp_path / "per_mode.csv")["real_share"].to_list() == [1 / 3] * 3
    assert json.loads((tmp_path / "scores.json").read_text())["verdict"] == "dropped-modes"


def test_names_of_classes_are_text_to_a_spreadsheet(tmp_path: Path) -> None:
    given = scores("held", "dropped")
    names = pl.Series(["=cmd|' /C calc'!A0", "<script>"])
    write_answer(tmp_path, scores("held", "dropped", per_mode=given.per_mode.with_columns(name=names)), points(2))
    assert pl.read_csv(tmp_path / "per_mode.csv")["name"].to_list() == ["'=cmd|' /C calc'!A0", "<script>"]
