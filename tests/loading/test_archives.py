"""Archives of pictures, arrays and tables, and WebDataset shards."""

from __future__ import annotations

import gc as garbage
import gzip
import io
import json
import tarfile
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gancheck.loading.content as content
from gancheck.errors import BadData
from gancheck.loading.open import open_samples
from gancheck.loading.samples import Samples

PIXELS = np.random.default_rng(0).integers(0, 256, (6, 8, 8, 3), dtype=np.uint8)

Write = Callable[[Path, dict[str, bytes]], None]


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG")
    return buffer.getvalue()


PICTURES = [png(pixels) for pixels in PIXELS]


def write_zip(path: Path, files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def write_tar(path: Path, files: dict[str, bytes]) -> None:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))


WRITERS: list[tuple[str, Write]] = [
    ("a.zip", write_zip),
    ("a.tar", write_tar),
    ("a.tar.gz", write_tar),
    ("a.tgz", write_tar),
]


def is_like_the_pixels(samples: Samples) -> bool:
    return np.allclose((samples.take(9).numpy() + 1) * 127.5, PIXELS.transpose(0, 3, 1, 2), atol=1e-3)


@pytest.mark.parametrize(("name", "write"), WRITERS)
@pytest.mark.parametrize("top", ["", "photos/"])
def test_folders_in_an_archive_are_classes(tmp_path: Path, name: str, write: Write, top: str) -> None:
    where = ["cat", "cat", "cat", "dog", "dog", "dog"]
    write(
        tmp_path / name,
        {f"{top}{folder}/{k}.png": data for k, (folder, data) in enumerate(zip(where, PICTURES, strict=True))},
    )
    opened = open_samples(tmp_path / name)
    assert (opened.name, opened.count, opened.classes) == (name, 6, ("cat", "dog"))
    assert opened.labels is not None
    assert opened.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert is_like_the_pixels(opened)
    assert is_like_the_pixels(opened)


@pytest.mark.parametrize("told", ["cls", "words", "json"])
def test_shards_have_a_class_beside_each_picture(tmp_path: Path, told: str) -> None:
    files: dict[str, bytes] = {}
    for k, data in enumerate(PICTURES):
        files[f"{k:06d}.png"] = data
        beside = {"cls": str(k % 3), "words": "cde"[k % 3], "json": json.dumps({"label": k % 3, "caption": "x"})}[told]
        files[f"{k:06d}.{'json' if told == 'json' else 'cls'}"] = beside.encode()
    write_tar(tmp_path / "a.tar", files)
    opened = open_samples(tmp_path / "a.tar")
    assert opened.labels is not None
    assert opened.labels.tolist() == [0, 1, 2, 0, 1, 2]
    assert opened.classes == (("c", "d", "e") if told == "words" else ())
    assert is_like_the_pixels(opened)


def test_a_folder_of_shards_is_read_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for shard in range(2):
        rows = range(3 * shard, 3 * shard + 3)
        pictures = {f"{k % 3}.png": PICTURES[k] for k in rows}
        write_tar(folder / f"train-{shard}.tar", pictures | {f"{k % 3}.cls": b"%d" % k for k in rows})
    opened = open_samples(folder)
    assert opened.labels is not None
    assert opened.labels.tolist() == [0, 1, 2, 3, 4, 5]
    assert is_like_the_pixels(opened)
    assert any("2 shards" in note for note in opened.notes)


def test_shards_without_classes_are_no_classes_themselves(tmp_path: Path) -> None:
    folder = tmp_path / "shards"
    folder.mkdir()
    for shard in range(2):
        write_tar(folder / f"{shard}.tar", {f"{k}.png": PICTURES[k] for k in range(3)})
    assert open_samples(folder).labels is None


@pytest.mark.parametrize("suffix", ["npy", "csv"])
@pytest.mark.parametrize(("name", "write"), WRITERS[1:3])
def test_one_array_or_table_in_an_archive_is_read(tmp_path: Path, suffix: str, name: str, write: Write) -> None:
    points, buffer = np.arange(12.0).reshape(6, 2) / 7, io.BytesIO()
    np.save(buffer, points) if suffix == "npy" else np.savetxt(buffer, points, delimiter=",", header="u,v", comments="")
    write(tmp_path / name, {f"data/points.{suffix}": buffer.getvalue(), "README": b"x"})
    opened = open_samples(tmp_path / name)
    assert opened.name == name
    np.testing.assert_allclose(opened.take(9).numpy(), points)
    assert any("1 member of" in note for note in opened.notes)


def test_a_compressed_table_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"u,v\n1.5,2\n3.5,4\n"))
    assert open_samples(tmp_path / "a.csv.gz").take(9).tolist() == [[1.5, 2], [3.5, 4]]


def test_pictures_of_different_size_are_resized_as_in_folders(tmp_path: Path) -> None:
    from gancheck.loading.options import ReadOptions

    write_zip(tmp_path / "a.zip", {"a.png": PICTURES[0], "b.png": png(PIXELS[0, :4, :4])})
    with pytest.raises(BadData, match="differ in size"):
        open_samples(tmp_path / "a.zip")
    assert open_samples(tmp_path / "a.zip", options=ReadOptions(resize=4)).shape == (3, 4, 4)


@pytest.mark.parametrize("name", ["../out.png", "a/../../out.png", "..\\out.png", "C:/out.png"])
@pytest.mark.parametrize(("file", "write"), WRITERS[:2])
def test_members_that_lead_out_of_the_archive_are_refused(tmp_path: Path, name: str, file: str, write: Write) -> None:
    write(tmp_path / file, {"a.png": PICTURES[0], name: PICTURES[1]})
    with pytest.raises(BadData, match="outside of itself"):
        open_samples(tmp_path / file)


def test_links_and_hidden_members_are_left_out_and_said(tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes(PICTURES[5])
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "link.png"), (tarfile.LNKTYPE, "hard.png")):
            member = tarfile.TarInfo(name)
            member.type, member.linkname = kind, str(tmp_path / "secret.png")
            archive.addfile(member)
        for name in ("a.png", "__MACOSX/a.png", "._b.png"):
            member = tarfile.TarInfo(name)
            member.size = len(PICTURES[0])
            archive.addfile(member, io.BytesIO(PICTURES[0]))
    opened = open_samples(tmp_path / "a.tar")
    assert opened.count == 1
    assert any("4 members of a.tar left out (links, hidden)" in note for note in opened.notes)


@pytest.mark.parametrize("name", ["a.tgz", "a.zip", "a.csv.gz"])
def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(content, "SUSPECT", 2**20)
    monkeypatch.setattr(content, "RATIO", 100)
    zeros = b"1,2\n" * 2**21
    if name == "a.tgz":
        write_tar(tmp_path / name, {"a.png": zeros})
    elif name == "a.csv.gz":
        (tmp_path / name).write_bytes(gzip.compress(zeros))
    else:
        with zipfile.ZipFile(tmp_path / name, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a.png", zeros)
    with pytest.raises(BadData, match="would unpack to"):
        open_samples(tmp_path / name)


def test_the_folder_of_unpacked_files_goes_with_the_samples(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    write_zip(tmp_path / "a.zip", {f"{k}.png": data for k, data in enumerate(PICTURES)})
    opened = open_samples(tmp_path / "a.zip")
    assert is_like_the_pixels(opened)
    assert len(list((tmp_path / "temporary").iterdir())) == 1
    del opened
    garbage.collect()
    assert not list((tmp_path / "temporary").iterdir())


def test_an_archive_of_nothing_known_is_refused(tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar", {"a.doc": b"x"})
    with pytest.raises(BadData, match=r"holds no pictures, nor one array or table alone .*\.doc"):
        open_samples(tmp_path / "a.tar")


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, b"Z"])
def test_a_header_that_says_it_is_gigabytes_long_never_gets_the_memory(tmp_path: Path, kind: bytes) -> None:
    member = tarfile.TarInfo("a.png")
    member.type, member.size = kind, 2**34
    with gzip.open(tmp_path / "a.tar.gz", "wb", 1) as file:
        file.write(member.tobuf(tarfile.GNU_FORMAT))
        for _ in range(64):
            file.write(bytes(2**20))
    tracemalloc.start()
    with pytest.raises(BadData, match=r"header that says|would unpack to"):
        open_samples(tmp_path / "a.tar.gz")
    assert tracemalloc.get_traced_memory()[1] < 2**25
    tracemalloc.stop()


def test_a_compressed_file_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    write_tar(tmp_path / "a.tar", {f"{k}.png": PICTURES[k] for k in range(3)})
    (tmp_path / "b.tar").write_bytes(gzip.compress((tmp_path / "a.tar").read_bytes()))
    assert open_samples(tmp_path / "b.tar").count == 3


@pytest.mark.parametrize("name", ["../a.png", "/a.png", "a/../../a.png", "..\\a.png", "C:\\a.png"])
@pytest.mark.parametrize("write", [write_zip, write_tar])
def test_names_that_lead_out_of_an_archive_write_nothing(tmp_path: Path, name: str, write: Write) -> None:
    path = tmp_path / "inner" / ("a.zip" if write is write_zip else "a.tar")
    path.parent.mkdir()
    write(path, {name: PICTURES[0], "b.png": PICTURES[1]})
    if name == "/a.png":
        assert open_samples(path).count == 2  # inside, as every archiver does
    else:
        with pytest.raises(BadData, match="names a file outside of itself"):
            open_samples(path)
    assert sorted(tmp_path.rglob("*")) == [path.parent, path]
