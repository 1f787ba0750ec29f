"""Archives are unpacked into a folder of their own: plain files only, nowhere else, and no more than they promise."""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import tarfile
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO, Any, NamedTuple

from gancheck.errors import BadData
from gancheck.loading.content import OPENED, refuse_bomb
from gancheck.loading.failures import one_line_errors
from gancheck.loading.raw import join_names
from gancheck.system.counts import choose_verb, say_count

TOLD = (".cls", ".json", ".txt")  #: what WebDataset says of the picture of the same name
LONGEST = 2**16  #: bytes of it
LONGEST_READ = 2**22  #: bytes that are read of a .tar at once; members are read in smaller pieces
COMPRESSED: dict[bytes, Any] = {b"\x1f\x8b": gzip.GzipFile, b"BZh": bz2.BZ2File, b"\xfd7zXZ": lzma.LZMAFile}


class Member(NamedTuple):
    """One plain file of an archive."""

    name: str
    size: int  #: bytes
    file: IO[bytes]


@dataclass
class Unpacked:
    """What came out of archives, in a folder that goes when nobody reads it any more."""

    name: str
    directory: TemporaryDirectory[str] = field(default_factory=lambda: TemporaryDirectory(prefix="gancheck-"))
    files: list[Path] = field(default_factory=list)
    told: dict[Path, str] = field(default_factory=dict)  #: texts beside pictures, under the path they would have
    others: Counter[str] = field(default_factory=Counter)  #: members that are left out, by what they are
    again: int = 0  #: names that came twice

    @property
    def root(self) -> Path:
        """The folder."""
        return Path(self.directory.name) / self.name

    def notes(self) -> tuple[str, ...]:
        """What is left out."""
        said = []
        if number := self.others.total():
            said.append(f"{say_count(number, 'member')} of {self.name} left out ({join_names([*self.others], 3)})")
        if self.again:
            names = f"{say_count(self.again, 'name')} {choose_verb(self.again, 'comes', 'come')}"
            said.append(f"{names} twice in {self.name}: the last counts")
        return tuple(said)


def unpack(paths: list[Path], name: str) -> Unpacked:
    """The pictures, arrays and tables of archives, each archive of several in a folder of its own."""
    found = Unpacked(name)
    for path in paths:
        place = found.root if len(paths) == 1 else found.root / path.stem
        place.mkdir(parents=True, exist_ok=True)
        with one_line_errors(path.name, "pack it again"):
            for member in within_limit(members(path, found.others), path):
                add_member(member, place, found)
    return found


def within_limit(found: Iterator[Member], path: Path) -> Iterator[Member]:
    """Each member; BadData before the one that makes it all too much."""
    whole = 0
    for member in found:
        whole += member.size
        refuse_bomb(path, whole)
        yield member


def add_member(member: Member, place: Path, found: Unpacked) -> None:
    """Write one member below a folder, or keep what it tells of a picture."""
    path = place / safe_path(member.name, found.name)
    suffix = path.suffix.lower()
    if any(part.startswith((".", "__MACOSX")) for part in path.relative_to(place).parts):
        found.others["hidden"] += 1
    elif suffix in TOLD and member.size <= LONGEST:
        found.told[path] = member.file.read(LONGEST).decode("utf-8", "replace")
    elif suffix not in OPENED:
        found.others[suffix or "no suffix"] += 1
    else:
        found.again += path.exists()
        found.files += [] if path.exists() else [path]
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            shutil.copyfileobj(member.file, file)


def safe_path(name: str, archive: str) -> Path:
    """A member's path below the folder; BadData where it leads out of it."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", ".")]
    if ".." in parts or not parts or ":" in parts[0]:
        raise BadData(f"{archive} names a file outside of itself ({name[:60]!r}); pack it again")
    return Path(*parts)


def members(path: Path, others: Counter[str]) -> Iterator[Member]:
    """The plain files of a .zip, a .tar or one compressed file; links and devices are counted."""
    if zipfile.is_zipfile(path):
        yield from of_zip(path, others)
    elif is_tar(path):
        yield from of_tar(path, others)
    else:
        yield from of_compressed(path)


def of_zip(path: Path, others: Counter[str]) -> Iterator[Member]:
    """The plain files of a .zip."""
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            kind = (member.external_attr >> 16) & 0o170000
            if kind not in (0, 0o100000, 0o040000):
                others["links"] += 1
            elif not member.is_dir():
                with archive.open(member) as file:
                    yield Member(member.filename, member.file_size, file)


def of_tar(path: Path, others: Counter[str]) -> Iterator[Member]:
    """The plain files of a .tar, compressed or not."""
    with open_compressed(path) as stream, open_tar(stream, path) as archive:
        for member in archive:
            if not member.isfile() or member.issparse():
                others["links"] += not member.isdir()
                continue
            file = archive.extractfile(member)
            if file is not None:
                yield Member(member.name, member.size, file)


def of_compressed(path: Path) -> Iterator[Member]:
    """The one file of a .gz, .bz2 or .xz."""
    with open_compressed(path) as file:
        size = 0
        while piece := file.read(2**20):
            size += len(piece)
            refuse_bomb(path, size)
        file.seek(0)
        yield Member(path.stem, size, file)


def is_tar(path: Path) -> bool:
    """Whether a file is a .tar, compressed or not."""
    try:
        with open_compressed(path) as stream, open_tar(stream, path):
            return True
    except (tarfile.TarError, OSError, EOFError, zlib.error, lzma.LZMAError):
        return False


def open_tar(stream: IO[bytes], path: Path) -> tarfile.TarFile:
    """The .tar in a stream."""
    small: Any = SmallReads(stream, path)
    return tarfile.open(mode="r:", fileobj=small)


def open_compressed(path: Path) -> IO[bytes]:
    """What is in a file that may be compressed, by its first bytes."""
    with path.open("rb") as file:
        start = file.read(6)
    kind = next((kind for magic, kind in COMPRESSED.items() if start.startswith(magic)), open)
    found: IO[bytes] = kind(path, "rb")
    return found


class SmallReads:
    """The stream of a .tar, in which no header may ask for much at once, and all may not be far more than the file."""

    def __init__(self, stream: IO[bytes], path: Path) -> None:
        self.stream, self.path = stream, path
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        """Some bytes; BadData where they are too many."""
        if not 0 <= size <= LONGEST_READ:
            raise BadData(f"{self.path.name} has a header that says it is {size:,} bytes long; pack it again")
        return self.stream.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """Go to a place, for which all before it is unpacked; BadData where that is far more than the file holds."""
        refuse_bomb(self.path, place)
        return self.stream.seek(place, whence)
