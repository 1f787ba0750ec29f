"""Training data is read as `score` reads it: tables by name, arrays and columns that the user names, archives."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from gancheck.errors import BadData
from gancheck.inspection import inspect_data

RNG = np.random.default_rng(0)
X = RNG.normal(size=(300, 2))


def test_the_array_that_is_named_is_looked_at(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", real=X, fake=X[:240])
    assert inspect_data(tmp_path / "a.npz", array="fake").facts["n"] == 240


def test_the_column_that_is_named_holds_the_modes() -> None:
    table = pl.DataFrame({"u": X[:, 0], "v": X[:, 1], "colour": ["red"] * 200 + ["blue"] * 100})
    found = inspect_data(table, modes="colour")
    assert [(mode["name"], mode["samples"]) for mode in found.facts["modes"]] == [("blue", 100), ("red", 200)]
    with pytest.raises(BadData, match="is no table"):
        inspect_data(X, modes="colour")


def test_rows_with_missing_cells_are_a_problem_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    cells = ["?" if row % 50 == 0 else f"{x:.6f}" for row, x in enumerate(X[:, 0])]
    labels = ["" if row == 7 else "ab"[row % 2] for row in range(300)]
    rows = (f"{u},{v:.6f},{label}\n" for u, v, label in zip(cells, X[:, 1], labels, strict=True))
    (tmp_path / "a.csv").write_text("u,v,label\n" + "".join(rows))
    found = inspect_data(tmp_path / "a.csv")
    assert found.facts["n"] == 293
    assert found.problems[0].kind == "not-finite"
    assert found.problems[0].evidence["samples"] == 7
    assert [mode["samples"] for mode in found.facts["modes"]] == [144, 149]


def test_images_of_several_sizes_are_brought_to_one(tmp_path: Path) -> None:
    for k in range(4):
        Image.fromarray(RNG.integers(0, 256, (8 + k, 9), dtype=np.uint8)).save(tmp_path / f"{k}.png")
    assert "mixed-sizes" in {problem.kind for problem in inspect_data(tmp_path).problems}
    found = inspect_data(tmp_path, resize=8)
    assert "mixed-sizes" not in {problem.kind for problem in found.problems}
    assert (found.facts["n"], found.facts["shape"]) == (4, [1, 8, 8])


def test_pictures_in_an_archive_are_looked_at(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for k in range(6):
            buffer = io.BytesIO()
            Image.fromarray(RNG.integers(0, 256, (8, 8), dtype=np.uint8)).save(buffer, "PNG")
            member = tarfile.TarInfo(f"{'ab'[k % 2]}/{k}.png")
            member.size = len(buffer.getvalue())
            archive.addfile(member, io.BytesIO(buffer.getvalue()))
    assert [mode["name"] for mode in inspect_data(tmp_path / "a.tar").facts["modes"]] == ["a", "b"]
