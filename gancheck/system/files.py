"""Writing files so that a reader never sees half of one: beside, then renamed."""

from __future__ import annotations

import errno
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gancheck.errors import StoreError

FULL = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)  #: what a disk or a quota says that has no room
IN_THE_WAY = (errno.EEXIST, errno.ENOTDIR)  #: where a folder should be

SYNCS = os.name != "nt"  #: Windows opens neither folders nor what is only read for it


@contextmanager
def replacing(path: Path, option: str = "--out") -> Iterator[Path]:
    """A path to write to; it takes the place of `path` when the block ends well and vanishes when it does not.

    StoreError says which option names another place.
    """
    part = path.with_name(f".{path.name}.{platform.node()}-{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield part
        sync(part)
        os.replace(part, path)
        with suppress(OSError):  # some file systems sync no folders
            sync(path.parent)
    except OSError as error:
        advice = "free space or " if error.errno in FULL else ""
        reason = "a file is in the way" if error.errno in IN_THE_WAY else error.strerror or error
        raise StoreError(f"cannot write {path}: {reason}; {advice}choose another {option}") from error
    finally:
        with suppress(OSError):
            part.unlink()


def refuse_link(path: Path) -> None:
    """StoreError for a link: what a results folder holds lies in it, so that one from elsewhere opens no other file."""
    if path.is_symlink():
        raise StoreError(f"{path} is a link; put the {'folder' if path.is_dir() else 'file'} itself there")


def refuse_links_below(folder: Path) -> None:
    """StoreError for a folder that is a link, or has one in it: what is written beneath would land elsewhere."""
    refuse_link(folder)
    for place, folders, files in os.walk(folder):  # goes into no links
        for name in (*folders, *files):
            refuse_link(Path(place, name))


def sync(path: Path) -> None:
    """Have a file's content on the disk, so that after a power cut its name never stands for less than all of it; of a
    folder, the names in it."""
    if not SYNCS:
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def writable(folder: Path) -> None:
    """Make a folder, and make sure that it can be written to; StoreError before any work is done for it."""
    with replacing(folder / "try") as part:
        part.touch()
    (folder / "try").unlink()


def write_text(path: Path, text: str, option: str = "--out") -> None:
    """Write a whole text file."""
    with replacing(path, option) as part:
        part.write_text(text, encoding="utf-8")


def sweep(folder: Path) -> None:
    """Remove what killed processes of this machine left half-written in a folder."""
    for part in folder.glob(".*-*.part"):
        path, _, writer = part.stem.rpartition("-")  # read from the right: a node's name may hold a "-"
        if path.endswith(f".{platform.node()}") and is_gone(writer):
            with suppress(OSError):
                part.unlink()


def is_gone(process: str) -> bool:
    """Whether this part of a file's name is the number of a process that runs no more."""
    return process.isascii() and process.isdecimal() and not alive(int(process))


def alive(process: int) -> bool:
    """Whether a process of this machine still runs; yes where it cannot be asked without harm, and no for a number that
    none can have."""
    if process < 1:  # to the system these are groups of processes
        return False
    if platform.system() == "Windows":  # there signal 0 is Ctrl-C
        return True
    try:
        os.kill(process, 0)
    except OverflowError:
        return False
    except OSError as error:
        return isinstance(error, PermissionError)  # somebody else's
    return not is_zombie(process)


def is_zombie(process: int) -> bool:
    """Whether a process has ended and nobody asked how, as in containers whose first process does not care."""
    with suppress(OSError, IndexError):
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    return False
