"""Points from files as data to train on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
import torch

import gancheck as gc
from gancheck.datasets.base import HIGH_QUALITY_MASS
from gancheck.datasets.points.table import Table
from gancheck.errors import BadData, BadParameter

Build = Callable[..., Table]
KINDS = ("left", "right", "top")


def points(rows: int = 900) -> tuple[Any, Any]:
    """Three Gaussians far apart, in columns of very different scales."""
    source = np.random.default_rng(0)
    y = np.arange(rows) % 3
    centres = np.array([[-5.0, 0.0], [5.0, 0.0], [0.0, 8.0]])
    return (centres[y] + source.normal(0, 0.5, (rows, 2))) * [1_000.0, 0.01] + [7.0, 3.0], y


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    x, y = points()
    frame = pl.DataFrame({"width": x[:, 0], "kind": [KINDS[k] for k in y], "height": x[:, 1]})
    frame.write_csv(tmp_path / "points.csv")
    frame.write_parquet(tmp_path / "points.parquet")
    np.save(tmp_path / "points.npy", x)
    np.save(tmp_path / "kinds.npy", y)
    return tmp_path / "points.csv"


@pytest.fixture
def build(registry: gc.Registry) -> Build:
    def made(path: Path, **values: Any) -> Table:
        data: Table = registry.build("dataset", "table", path=str(path), **values)
        return data

    return made


def test_a_column_of_labels_gives_the_modes_and_is_no_coordinate(csv: Path, build: Build) -> None:
    data = build(csv, labels="kind")
    assert data.names == KINDS
    assert data.spec.shape == (2,)
    assert data.facts["columns"] == ["width", "height"]
    batch = data.draw(300, torch.Generator().manual_seed(0))
    assert data.assign(batch.x).label.equal(batch.y)
    assert batch.x.equal(data.training()[batch.index])


def test_columns_have_zero_mean_and_unit_deviation_over_the_training_rows(csv: Path, build: Build) -> None:
    x = build(csv, labels="kind").training()
    torch.testing.assert_close(x.mean(0), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(x.std(0, correction=0), torch.ones(2))


def test_pools_share_no_row_and_leave_none_out(csv: Path, build: Build) -> None:
    pools = build(csv, labels="kind").pools.x
    assert {name: len(x) for name, x in pools.items()} == {
        "train": 450,
        "calibration": 150,
        "reference": 150,
        "real": 150,
    }
    assert len(torch.cat(list(pools.values())).unique(dim=0)) == 900


def test_all_formats_hold_the_same_points(csv: Path, build: Build) -> None:
    data = build(csv, labels="kind")
    assert build(csv.with_suffix(".parquet"), labels="kind").content == data.content
    unnamed = build(csv.with_suffix(".npy"), labels="kinds.npy")
    torch.testing.assert_close(unnamed.training(), data.training())
    assert unnamed.names == ("0", "1", "2")


def test_held_out_rows_are_of_high_quality_and_junk_is_not(csv: Path, build: Build) -> None:
    data = build(csv, labels="kind")
    source = torch.Generator().manual_seed(0)
    for pool in ("reference", "real"):
        assert data.assign(data.pool(pool, 2_000, source)).good.double().mean() > HIGH_QUALITY_MASS - 0.05
    between = data.modes.centres @ torch.linalg.inv(data.modes.axes)
    middle = between.mean(0, keepdim=True).float()
    assert not data.assign(middle).good.any()
    assert not data.assign(torch.full((1, 2), torch.nan)).good.any()


def test_without_labels_regions_of_the_training_rows_are_the_modes(csv: Path, build: Build) -> None:
    data = build(csv.with_suffix(".npy"), regions=3)
    assert len(data.names) == 3
    torch.testing.assert_close(data.weights, torch.full((3,), 1 / 3, dtype=torch.float64), atol=0.06, rtol=0)
    assert len(build(csv.with_suffix(".npy")).names) <= 15  # 900 rows, 60 each
    real = data.pool("real", 500, torch.Generator().manual_seed(0))
    assert data.assign(real).good.double().mean() > 0.9


def test_a_real_draw_scores_near_one_and_one_mode_near_a_third(csv: Path, build: Build) -> None:
    data = build(csv, labels="kind")
    real = data.distinct("real", 150, torch.Generator().manual_seed(0))
    whole = f"table:{csv}(labels='kind')"
    assert gc.score(real, dataset=whole, metrics="modes").values["modes"] == 3
    one = real[data.assign(real).label == 0]
    found = gc.score(one, dataset=whole, metrics="modes")
    assert found.values["modes"] == 1
    assert found.collapsed


def test_changed_rows_are_other_data(csv: Path, build: Build) -> None:
    before = build(csv, labels="kind").content
    lines = csv.read_text().splitlines()
    csv.write_text("\n".join([*lines[:-1], lines[1]]))
    assert build(csv, labels="kind").content != before


def write(path: Path, **columns: Any) -> Path:
    pl.DataFrame(columns).write_csv(path)
    return path


@pytest.mark.parametrize(
    ("rows", "labels", "said"),
    [
        (30, "", "holds 30 rows; data to train on needs at least 60"),
        (120, "kind", "3 labels with fewer than 60 rows: left, right, top"),
        (600, "kinds", "no column 'kinds'"),
    ],
)
def test_too_few_rows_or_a_wrong_column_is_one_line(
    tmp_path: Path, build: Build, rows: int, labels: str, said: str
) -> None:
    x, y = points(rows)
    path = write(tmp_path / "few.csv", a=x[:, 0], b=x[:, 1], **({"kind": [KINDS[k] for k in y]} if labels else {}))
    with pytest.raises(BadData, match=said):
        build(path, labels=labels)


def test_a_constant_column_is_named(tmp_path: Path, build: Build) -> None:
    x, _ = points(300)
    path = write(tmp_path / "flat.csv", a=x[:, 0], still=np.full(300, 2.5), b=x[:, 1])
    with pytest.raises(BadData, match="constant in the training half: column 'still'"):
        build(path)


def test_labels_that_the_columns_do_not_show_are_refused(tmp_path: Path, build: Build) -> None:
    x, _ = points(300)
    path = write(tmp_path / "mixed.csv", a=x[:, 0], b=x[:, 1], kind=list("uvw" * 50 + "vwu" * 50))
    with pytest.raises(BadData, match=r"labels overlap.*regions=20"):
        build(path, labels="kind")


def test_labels_and_regions_exclude_each_other(csv: Path, build: Build) -> None:
    with pytest.raises(BadParameter, match="no labels beside it"):
        build(csv, labels="kind", regions=5)
    with pytest.raises(BadData, match="at most 15"):
        build(csv.with_suffix(".npy"), regions=40)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path, build: Build) -> None:
    with pytest.raises(BadData, match="there is no"):
        build(tmp_path / "absent.csv")


def test_rows_that_were_left_out_are_in_the_record(tmp_path: Path, build: Build) -> None:
    x, _ = points(200)
    rows = "\n".join(f"{a},{b}" for a, b in x.tolist())
    (tmp_path / "holes.csv").write_text(f"width,height\n{rows}\n1,\n")
    assert "1 of 201 rows left out: cells are missing" in build(tmp_path / "holes.csv").facts["notes"]
