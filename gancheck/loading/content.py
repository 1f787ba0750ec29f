"""What a file is, from its first bytes rather than from its name."""

from __future__ import annotations

import zipfile
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Literal

from gancheck.errors import BadData, did_you_mean
from gancheck.loading.failures import one_line_errors
from gancheck.loading.image_file import SUFFIXES

Content = Literal[
    "npy", "npz", "torch", "torchscript", "safetensors", "hdf5", "parquet", "table", "archive", "picture", "pickle",
    "unknown",
]  # fmt: skip
FORMATS = (
    ".npy, .npz, .pt, .safetensors, .h5, TorchScript, .csv, .parquet, or a folder, .zip or .tar of .png, .jpg, .jpeg "
    "or .webp images"
)
TABLES = (".csv", ".tsv", ".txt", ".dat", "")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")
TORCH = (".pt", ".pth", ".ts")
LARGEST = 16 * 2**30  #: bytes that an archive may unpack to
SUSPECT, RATIO = 2**28, 1_000  #: an archive that unpacks to more than this, by more than this factor, is a bomb

ARRAYS = (".npy", ".npz", ".pt", ".pth", ".ts", ".safetensors", ".h5", ".hdf5", ".csv", ".tsv", ".dat", ".parquet")
OPENED = (*SUFFIXES, *ARRAYS)  #: members of an archive that are looked at
SHARDS = (".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
SQUEEZED = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ")  #: how .gz, .bz2 and .xz start

STARTS: tuple[tuple[bytes, Content], ...] = (
    (b"\x93NUMPY", "npy"),
    (b"PAR1", "parquet"),
    (b"\x89HDF\r\n", "hdf5"),
    (b"\x89PNG", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"GIF8", "picture"),
)


def require_path(source: str | PathLike[str]) -> Path:
    """The path with `~` expanded; BadData where nothing is there, or nothing that can be read to its end."""
    with one_line_errors(repr(str(source)), "give the path of a file or folder"):
        if not str(source):
            raise BadData("the path is empty; give a file or folder")
        path = Path(source).expanduser()
        if path.is_file() or path.is_dir():
            return path
        if path.exists():
            raise BadData(f"{path} is neither a file nor a folder")
        beside = [p.name for p in islice(path.parent.iterdir(), 10_000)] if path.parent.is_dir() else []
    raise BadData(f"there is no {path}.{did_you_mean(path.name, beside)}")


def content_of(path: Path) -> Content:
    """What the file holds; BadData where it is empty or may not be read."""
    with one_line_errors(path.name, "check that you may read it"), path.open("rb") as file:
        start = file.read(512)
    if not start:
        raise BadData(f"{path.name} is empty")
    if start.startswith(b"PK"):
        return open_zip(path)
    if start[257:262] == b"ustar" or start.startswith(SQUEEZED):
        return "archive"
    if is_safetensors(start):
        return "safetensors"
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "picture"
    if start.startswith(UTF_16) and path.suffix.lower() in TABLES:
        raise BadData(f"{path.name} is written in UTF-16; save it as UTF-8")
    return next((content for magic, content in STARTS if start.startswith(magic)), plain(path, start))


def plain(path: Path, start: bytes) -> Content:
    """What a file without a signature is: its suffix decides, if its bytes agree."""
    if start[:1] == b"\x80":
        return "torch" if path.suffix.lower() in TORCH else "pickle"
    return "table" if path.suffix.lower() in TABLES and b"\0" not in start else "unknown"


def open_zip(path: Path) -> Content:
    """What a zip archive holds; BadData where unpacking it would flood the memory."""
    with one_line_errors(path.name, "save it again"), zipfile.ZipFile(path) as archive:
        members = archive.infolist()
    refuse_bomb(path, sum(member.file_size for member in members))
    names = [member.filename for member in members]
    if any(name.endswith("/data.pkl") for name in names):
        return "torchscript" if any(name.endswith("/constants.pkl") for name in names) else "torch"
    if any(name.lower().endswith(SUFFIXES) for name in names):
        return "archive"
    if not names or any(name.endswith(".npy") for name in names):
        return "npz"
    return "archive" if any(name.lower().endswith(ARRAYS) for name in names) else "unknown"


def is_safetensors(start: bytes) -> bool:
    """Whether a file starts with the length of a JSON header, and the header."""
    return len(start) > 8 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 2**27


def refuse_bomb(path: Path, unpacked: int) -> None:
    """BadData where an archive declares far more than it can hold."""
    if unpacked > LARGEST or is_bomb(path, unpacked):
        raise BadData(
            f"{path.name} would unpack to {unpacked / 2**30:,.1f} GiB; save the samples as a plain .npy file instead"
        )


def is_bomb(path: Path, unpacked: int) -> bool:
    """Whether a file claims more bytes than compressing explains."""
    return unpacked > SUSPECT and unpacked > RATIO * path.stat().st_size
