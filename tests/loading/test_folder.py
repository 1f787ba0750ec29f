"""Folders of images."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck.loading.folder as folder
from gancheck.errors import BadData
from gancheck.loading.open import open_samples

DICE = np.random.default_rng(0)


def pixels(height: int = 6, width: int = 5, *more: int) -> np.ndarray:
    return DICE.integers(0, 256, (height, width, *more), dtype=np.uint8)


def expected(x: np.ndarray, top: float = 255) -> np.ndarray:
    """(c, h, w) in [-1, 1], by the definition."""
    return np.moveaxis(x.reshape(*x.shape[:2], -1), 2, 0) / top * 2 - 1


@pytest.mark.parametrize("kept", [True, False])
def test_images_come_in_the_order_people_count_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool) -> None:
    monkeypatch.setattr(folder, "KEPT", 2**20 if kept else 0)
    made = {number: pixels(6, 5, 3) for number in (10, 2, 1)}
    for number, x in made.items():
        Image.fromarray(x).save(tmp_path / f"image{number}.png")
    (tmp_path / ".hidden.png").write_bytes(b"not an image")
    (tmp_path / "readme.md").write_text("about")
    opened = open_samples(tmp_path)
    assert (opened.shape, opened.count, opened.is_image) == ((3, 6, 5), 3, True)
    assert [file.name for file in opened.files] == ["image1.png", "image2.png", "image10.png"]
    for row, number in enumerate((1, 2, 10)):
        np.testing.assert_allclose(opened.take(3)[row].numpy(), expected(made[number]), atol=1e-6)
    assert any("1 other file" in note for note in opened.notes)
    assert opened.take(3).dtype == torch.float32


@pytest.mark.parametrize(("suffix", "how"), [("png", {}), ("jpg", {}), ("jpeg", {}), ("webp", {"lossless": True})])
def test_every_suffix_is_read(tmp_path: Path, suffix: str, how: dict[str, bool]) -> None:
    x = np.broadcast_to(np.arange(0, 256, 32, dtype=np.uint8)[:, None, None], (8, 8, 3))
    Image.fromarray(x).save(tmp_path / f"a.{suffix.upper()}", **how)
    taken = open_samples(tmp_path).take(1)[0].numpy()
    assert abs(taken - expected(x)).max() < (0.05 if suffix.startswith("j") else 1e-6)


def test_batches_are_decoded_one_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "KEPT", 0)
    monkeypatch.setattr("gancheck.loading.raw.BATCH_BYTES", 100)
    for number in range(70):
        Image.fromarray(pixels(4, 4)).save(tmp_path / f"{number}.png")
    opened, calls = open_samples(tmp_path), list[str]()
    decode = folder.decode_image
    monkeypatch.setattr(folder, "decode_image", lambda path, place: calls.append(place) or decode(path, place))
    assert len(next(opened.stream())) == 100 // 16
    assert len(calls) <= 32
    assert len(opened.take(70)) == 70


def test_sub_folders_are_labels(tmp_path: Path) -> None:
    for name in ("b10", "b9", "a"):
        (tmp_path / name).mkdir()
        Image.fromarray(pixels()).save(tmp_path / name / "1.png")
        Image.fromarray(pixels()).save(tmp_path / name / "2.png")
    opened = open_samples(tmp_path)
    assert opened.labels is not None
    assert opened.labels.tolist() == [0, 0, 1, 1, 2, 2]
    assert any("3 sub-folders: a, b9, b10" in note for note in opened.notes)
    Image.fromarray(pixels()).save(tmp_path / "above.png")
    assert open_samples(tmp_path).labels is None


def test_one_sub_folder_gives_no_labels(tmp_path: Path) -> None:
    (tmp_path / "all" / "deep").mkdir(parents=True)
    Image.fromarray(pixels()).save(tmp_path / "all" / "deep" / "1.png")
    assert open_samples(tmp_path).labels is None


def test_grey_stays_grey_and_joins_colour_where_there_is_some(tmp_path: Path) -> None:
    grey = pixels()
    Image.fromarray(grey).save(tmp_path / "1.png")
    assert open_samples(tmp_path).shape == (1, 6, 5)
    Image.fromarray(pixels(6, 5, 3)).save(tmp_path / "2.png")
    opened = open_samples(tmp_path)
    assert opened.shape == (3, 6, 5)
    np.testing.assert_allclose(opened.take(2)[0].numpy(), np.repeat(expected(grey), 3, 0), atol=1e-6)
    assert any("mixed" in note for note in opened.notes)


def test_sixteen_bits_keep_their_depth(tmp_path: Path) -> None:
    deep = DICE.integers(0, 65536, (6, 5), dtype=np.uint16)
    Image.fromarray(deep).save(tmp_path / "1.png")
    shallow = pixels()
    Image.fromarray(shallow).save(tmp_path / "2.png")
    opened = open_samples(tmp_path)
    np.testing.assert_allclose(opened.take(2)[0].numpy(), expected(deep, 65535), atol=1e-6)
    np.testing.assert_allclose(opened.take(2)[1].numpy(), expected(shallow), atol=1e-6)
    assert any("65535" in note for note in opened.notes)


def test_palettes_and_cmyk_become_rgb(tmp_path: Path) -> None:
    solid = Image.new("RGB", (5, 6), (255, 0, 0))
    solid.convert("P").save(tmp_path / "1.png")
    solid.convert("CMYK").save(tmp_path / "2.jpg")
    opened = open_samples(tmp_path)
    np.testing.assert_allclose(opened.take(2)[:, :, 2, 2].numpy(), [[1, -1, -1]] * 2, atol=0.05)
    assert any("P images converted" in note for note in opened.notes)
    assert any("CMYK images converted" in note for note in opened.notes)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_alpha_is_dropped_only_where_it_hides_nothing(tmp_path: Path, mode: str) -> None:
    image = Image.fromarray(pixels(6, 5, 3)).convert(mode)
    image.save(tmp_path / "1.png")
    wanted = expected(np.asarray(image)[:, :, :-1])
    np.testing.assert_allclose(open_samples(tmp_path).take(1)[0].numpy(), wanted, atol=1e-6)
    image.putalpha(254)
    image.save(tmp_path / "2.png")
    with pytest.raises(BadData, match=r"2.png \(2 of 2\) is transparent in places; blend"):
        open_samples(tmp_path)


def test_the_first_frame_stands_for_an_animation(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (5, 6), colour) for colour in ("white", "black")]
    frames[0].save(tmp_path / "1.webp", save_all=True, append_images=frames[1:], lossless=True)
    opened = open_samples(tmp_path)
    assert opened.take(1).min() > 0.99
    assert any("first frame" in note for note in opened.notes)


def test_pictures_are_turned_upright(tmp_path: Path) -> None:
    x = pixels(6, 5, 3)
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it rotated by 90 degrees clockwise
    Image.fromarray(x).save(tmp_path / "1.png", exif=exif)
    opened = open_samples(tmp_path)
    assert opened.shape == (3, 5, 6)
    np.testing.assert_allclose(opened.take(1)[0].numpy(), expected(np.rot90(x, -1)), atol=1e-6)


def test_mixed_sizes_name_two_files(tmp_path: Path) -> None:
    Image.fromarray(pixels(6, 5)).save(tmp_path / "a.png")
    Image.fromarray(pixels(7, 5)).save(tmp_path / "b.png")
    with pytest.raises(BadData, match=r"a.png has 5 x 6 pixels, b.png 5 x 7; bring them to one with --resize"):
        open_samples(tmp_path)


@pytest.mark.parametrize("keep", [0, 10, 100])
def test_a_broken_image_is_named(tmp_path: Path, keep: int) -> None:
    for number in range(3):
        Image.fromarray(pixels(32, 32, 3)).save(tmp_path / f"{number}.png")
    (tmp_path / "1.png").write_bytes((tmp_path / "1.png").read_bytes()[:keep])
    with pytest.raises(BadData, match=r"1.png \(2 of 3\) cannot be read .*; replace or remove it"):
        open_samples(tmp_path)


def promising(width: int, height: int, path: Path) -> None:
    """A tiny .png whose header promises many pixels."""
    Image.new("L", (1, 1)).save(path)
    data = bytearray(path.read_bytes())
    data[16:24] = struct.pack(">II", width, height)
    data[29:33] = struct.pack(">I", zlib.crc32(data[12:29]))
    path.write_bytes(data)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(10_000, 7_000), (10_000, 10_000), (20_000, 20_000)])
def test_bombs_are_refused_before_they_are_decoded(tmp_path: Path, size: tuple[int, int]) -> None:
    promising(*size, tmp_path / "1.png")
    with pytest.raises(BadData, match=r"1.png \(1 of 1\) .*pixels"):
        open_samples(tmp_path)


def test_other_formats_under_a_known_name_are_refused(tmp_path: Path) -> None:
    Image.fromarray(pixels()).save(tmp_path / "a.bmp")
    (tmp_path / "a.bmp").rename(tmp_path / "a.png")
    with pytest.raises(BadData, match=r"a.png \(1 of 1\) cannot be read"):
        open_samples(tmp_path)


def test_a_folder_without_images_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadData, match=r"holds no \.png"):
        open_samples(tmp_path)
    (tmp_path / "a.txt").write_text("1")
    with pytest.raises(BadData, match="1 other file"):
        open_samples(tmp_path)


def save_class(path: Path, count: int = 3) -> Path:
    """A folder of pictures."""
    path.mkdir(parents=True)
    for number in range(count):
        Image.fromarray(pixels()).save(path / f"{number}.png")
    return path


def test_linked_class_folders_and_pictures_are_read(tmp_path: Path) -> None:
    far, data = tmp_path / "far", tmp_path / "data"
    save_class(data / "a")
    (data / "b").symlink_to(save_class(far / "b"), target_is_directory=True)
    (data / "a" / "linked.png").symlink_to(save_class(far / "one", 1) / "0.png")
    opened = open_samples(data)
    assert (opened.count, opened.classes) == (7, ("a", "b"))
    assert opened.labels is not None
    assert opened.labels.bincount().tolist() == [4, 3]


def test_loops_of_links_end_and_are_said(tmp_path: Path) -> None:
    save_class(tmp_path / "a")
    (tmp_path / "a" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "again").symlink_to(tmp_path / "a", target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    opened = open_samples(tmp_path)
    assert opened.count == 3
    assert any("2 linked folders are read already" in note and "again" in note for note in opened.notes)
    assert any("1 link that leads nowhere left out: self" in note for note in opened.notes)


def test_a_picture_that_is_linked_twice_counts_and_is_said(tmp_path: Path) -> None:
    save_class(tmp_path / "a")
    (tmp_path / "a" / "copy.png").symlink_to(tmp_path / "a" / "0.png")
    opened = open_samples(tmp_path)
    assert opened.count == 4
    assert any("links to images that are read too, each of which counts: 1" in note for note in opened.notes)


def test_whatever_is_left_out_is_said(tmp_path: Path) -> None:
    save_class(tmp_path / "a")
    (tmp_path / ".DS_Store").write_text("x")
    (tmp_path / "a" / "notes.txt").write_text("x")
    (tmp_path / "gone.png").symlink_to(tmp_path / "nowhere.png")
    notes = " ".join(open_samples(tmp_path).notes)
    for said in ("1 other file", ".txt", "hidden files or folders in", "1 link that leads nowhere left out: gone.png"):
        assert said in notes


@pytest.mark.parametrize("suffix", ["bmp", "gif", "tif", "tiff"])
def test_further_formats_are_read(tmp_path: Path, suffix: str) -> None:
    x = pixels()
    Image.fromarray(x).save(tmp_path / f"a.{suffix}")
    np.testing.assert_allclose(open_samples(tmp_path).take(1)[0].numpy(), expected(x), atol=1e-6)


def test_pictures_at_several_depths_have_no_labels_and_it_is_said(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_class(tmp_path / name)
    Image.fromarray(pixels()).save(tmp_path / "above.png")
    opened = open_samples(tmp_path)
    assert opened.labels is None
    assert any("folders give no labels" in note and "1 at depth 0, 6 at depth 1" in note for note in opened.notes)


def test_folders_around_the_classes_do_not_matter(tmp_path: Path) -> None:
    for name in ("cat", "dog"):
        save_class(tmp_path / "archive" / "train" / name)
    assert open_samples(tmp_path).classes == ("cat", "dog")


def test_a_few_broken_pictures_among_many_are_left_out_and_named(tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_class(tmp_path / name, 60)
    (tmp_path / "b" / "5.png").write_bytes(b"broken")
    opened = open_samples(tmp_path)
    assert opened.count == len(opened.take(200)) == len(opened.files) == 119
    assert opened.labels is not None
    assert opened.labels.bincount().tolist() == [60, 59]
    assert any("1 broken image left out: 5.png (66 of 120)" in note for note in opened.notes)
    (tmp_path / "b" / "6.png").write_bytes(b"broken")
    with pytest.raises(BadData, match=r"5.png \(66 of 120\) cannot be read"):
        open_samples(tmp_path)


def test_dark_pictures_keep_the_range_of_their_format(tmp_path: Path) -> None:
    Image.fromarray(np.full((6, 5), 200, np.uint16)).save(tmp_path / "1.png")
    assert open_samples(tmp_path).take(1).max() < -0.99
    Image.fromarray(np.eye(6, dtype=np.uint8)).save(tmp_path / "1.png")
    assert open_samples(tmp_path).take(1).max() < -0.99


def test_colours_of_sixteen_bits_are_read_with_eight_and_it_is_said(tmp_path: Path) -> None:
    deep = DICE.integers(0, 65536, (6, 5, 3))
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in deep)
    head = struct.pack(">IIBBBBB", 5, 6, 16, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    parts = [struct.pack(">I", len(x)) + kind + x + struct.pack(">I", zlib.crc32(kind + x)) for kind, x in chunks]
    (tmp_path / "1.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(parts))
    opened = open_samples(tmp_path)
    np.testing.assert_allclose(opened.take(1)[0].numpy(), expected(deep, 65535), atol=0.01)
    assert any("16-bit colours read with 8 bits" in note for note in opened.notes)


def test_float_pictures_are_refused(tmp_path: Path) -> None:
    Image.fromarray(DICE.random((6, 5), dtype=np.float32)).save(tmp_path / "1.tif")
    with pytest.raises(BadData, match="holds floats; save such images as one"):
        open_samples(tmp_path)
