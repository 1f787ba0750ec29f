"""`gancheck inspect`: the outcome first, a line a problem, and an exit status for scripts."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gancheck.cli.main import main
from gancheck.datasets.images.digit_pools import digits

ROWS = 240


def saved(path: Path, values: object) -> str:
    np.save(path, np.asarray(values))
    return str(path)


@pytest.fixture
def points(tmp_path: Path) -> str:
    return saved(tmp_path / "points.npy", np.random.default_rng(0).uniform(-1, 1, (400, 2)))


@pytest.fixture
def album(tmp_path: Path) -> Path:
    """Digits as .png files in a folder a class, half as many ones."""
    pool = digits("train")
    folder = tmp_path / "album"
    for i, (image, label) in enumerate(zip(pool.x[:ROWS].numpy(), pool.y[:ROWS].tolist(), strict=True)):
        name = folder / f"class {label % 3}" / f"{i:03}.png"
        name.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(((image + 1) * 127.5).round().astype(np.uint8)).save(name)
    return folder


def told(call: list[str], capsys: pytest.CaptureFixture[str], status: int = 0) -> str:
    assert main(["inspect", *call]) == status
    said = capsys.readouterr()
    assert said.err == ""
    return said.out


def test_clean_points_have_no_problems(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    lines = told([points], capsys).splitlines()
    assert lines[0] == "no problems in 400 points (2 features)"
    assert not [line for line in lines if line.startswith(("error", "warning"))]


def test_every_problem_is_one_line_with_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).normal(size=(400, 3)) * (1, 1, 500)
    x[:30] = x[50:80]
    lines = told([saved(tmp_path / "x.npy", x)], capsys).splitlines()
    assert lines[0] == "2 warnings in 400 points (3 features)"
    assert re.fullmatch(r"warning  duplicates: exact repeats: 30 of 400 samples .*; keep one of each.*", lines[1])
    assert re.fullmatch(r"warning  uneven-features: feature 2 varies \d+ times .*; divide each feature.*", lines[2])


def test_labels_make_a_table_with_bars(points: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = tmp_path / "labels.txt"
    labels.write_text("\n".join(["cat"] * 300 + ["dog"] * 100))
    shown = told([points, "--labels", str(labels)], capsys)
    assert "class cat has 3 times the samples of class dog" in shown
    cat, dog = (
        re.search(rf"^{name} +(\d+) +([\d.]+) % +(█+)[^█]* +(\d+) samples", shown, re.M) for name in ("cat", "dog")
    )
    assert cat is not None
    assert dog is not None
    assert (cat[1], cat[2], cat[4], dog[1], dog[2], dog[4]) == ("300", "75", "14", "100", "25", "40")
    assert len(cat[3]) == 3 * len(dog[3])


def test_many_modes_are_shown_from_both_ends(points: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    labels = saved(tmp_path / "labels.npy", np.arange(400) % 50)
    shown = told([points, "--labels", labels], capsys)
    assert re.search(r"^\.\.\. +30 more", shown, re.M)


def test_json_is_for_programs(points: str, capsys: pytest.CaptureFixture[str]) -> None:
    shown = json.loads(told([points, "--json"], capsys))
    assert set(shown) == {"outcome", "problems", "facts"}
    assert shown["facts"]["n"] == 400
    assert shown["facts"]["in_unit_range"] is True


def test_a_folder_with_broken_files_is_looked_at_all_the_same(album: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = album / "class 0" / "000.png"
    (album / "class 1" / "cut.png").write_bytes(whole.read_bytes()[:60])
    (album / "class 2" / "empty.jpg").write_bytes(b"")
    Image.new("L", (5, 9)).save(album / "class 0" / "small.png")
    shown = json.loads(told([str(album), "--json"], capsys, status=1))
    problems = {p["kind"]: p for p in shown["problems"]}
    assert [f["file"] for f in problems["broken-files"]["evidence"]["files"]] == [
        "class 1/cut.png",
        "class 2/empty.jpg",
    ]
    assert problems["mixed-sizes"]["evidence"]["sizes"] == [
        {"width": 8, "height": 8, "images": ROWS},
        {"width": 5, "height": 9, "images": 1},
    ]
    assert shown["facts"]["n"] == ROWS
    assert {row["name"] for row in shown["facts"]["modes"]} == {"class 0", "class 1", "class 2"}


def test_labels_of_files_that_cannot_be_read_are_left_out(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (album / "class 0" / "000.png").write_text("no image")  # the first of all
    labels = saved(tmp_path / "labels.npy", [0] * 120 + [1] * 120)
    shown = json.loads(told([str(album), "--labels", labels, "--json"], capsys, status=1))
    assert [row["samples"] for row in shown["facts"]["modes"]] == [119, 120]


def test_pictures_of_images_show_modes_strays_and_pairs(
    album: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = sorted(album.rglob("*.png"))
    Image.fromarray(255 - np.asarray(Image.open(files[0]))).save(album / "class 1" / "inverse.png")
    for i, file in enumerate(files[10:16]):
        Image.fromarray(np.asarray(Image.open(file)) // 2 * 2).save(album / "class 2" / f"copy {i}.png")
    shown = told([str(album), "--out", str(tmp_path / "seen")], capsys)
    names = {"modes.png", "outliers.png", "near-duplicates.png", "inspection.json"}
    assert {p.name for p in (tmp_path / "seen").iterdir()} == names
    assert all(f"-> {tmp_path / 'seen' / name}" in shown for name in names if name.endswith("png"))
    assert "class 1/inverse.png" in shown
    for name in names - {"inspection.json"}:
        with Image.open(tmp_path / "seen" / name) as picture:
            assert len(np.unique(np.asarray(picture.convert("L")))) > 20


def test_a_picture_of_points_circles_the_strays(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (400, 2))

    def red(name: str) -> int:
        told([saved(tmp_path / f"{name}.npy", x), "--out", str(tmp_path / name)], capsys)
        with Image.open(tmp_path / name / "points.png") as picture:
            r, g, b = np.moveaxis(np.asarray(picture.convert("RGB")).astype(int), 2, 0)
        return int(((r > 180) & (g < 90) & (b < 140)).sum())

    assert red("clean") == 0
    x[0] = 1e6
    assert red("stray") > 20


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (["nowhere"], "there is no nowhere"),
        (["empty"], "holds no .png"),
        (["one.png"], "is a single image"),
        (["points.npy", "--labels", "few.npy"], "few.npy holds 3 labels for 400 samples"),
        (["points.npy", "--out", "points.npy/x"], "cannot write"),
    ],
)
def test_bad_input_is_one_line(
    call: list[str],
    says: str,
    points: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty").mkdir()
    Image.new("L", (8, 8)).save("one.png")
    saved(Path("few.npy"), [0, 1, 1])
    assert main(["inspect", *call]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert says in line


def test_the_array_and_the_modes_can_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    x = np.random.default_rng(0).uniform(-1, 1, (400, 2))
    np.savez(tmp_path / "a.npz", real=x, fake=x[:300])
    assert "300 points" in told([str(tmp_path / "a.npz"), "--array", "fake"], capsys)
    rows = (f"{u},{v},{'ab'[k % 2]}\n" for k, (u, v) in enumerate(x))
    (tmp_path / "a.csv").write_text("u,v,kind\n" + "".join(rows))
    assert "labels from column 'kind': a, b" in told([str(tmp_path / "a.csv"), "--modes", "kind"], capsys)
