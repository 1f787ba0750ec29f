"""The text of a file that people or programs wrote; BadData for what is no text."""

from __future__ import annotations

import codecs
from itertools import islice
from pathlib import Path

from gancheck.errors import BadData
from gancheck.system.control_characters import escape_controls

MARKS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
CHUNK, CHUNKS = 2**24, 64  #: bytes in one go, and how often at most: 1 GiB
LOOKED_AT = 4096  #: bytes in which a text has no zero


def text_at(path: Path) -> str:
    """The text, in UTF-8 or UTF-16; bytes that are neither are replaced."""
    data = bytes_at(path)
    encoding = next((name for mark, name in MARKS.items() if data.startswith(mark)), "utf-8")
    if encoding != "utf-16" and b"\0" in data[:LOOKED_AT]:
        raise BadData(
            f"{shown(path)} is no text: give a trace, a log, a table of losses, trainer_state.json or event files"
        )
    text = data.decode(encoding, errors="replace")
    if not text.strip():
        raise BadData(f"{shown(path)} is empty")
    return text


def bytes_at(path: Path) -> bytes:
    """The content of a file; BadData where there is none, or too much."""
    refuse_odd(path)
    try:
        with path.open("rb") as file:
            data = b"".join(islice(iter(lambda: file.read(CHUNK), b""), CHUNKS + 1))
    except FileNotFoundError as error:
        raise BadData(f"there is no {shown(path)}") from error
    except OSError as error:
        raise BadData(f"cannot read {shown(path)}: {error.strerror or error}") from error
    if len(data) > CHUNK * CHUNKS:
        raise BadData(f"{shown(path)} is larger than 1 GiB: give a part of it")
    return data


def refuse_odd(path: Path) -> None:
    """BadData for what has no end or may never answer, such as a device; standard input and open files are taken."""
    if path == Path("/dev/stdin") or path.parent == Path("/dev/fd"):
        return
    if path.exists() and not path.is_file():
        raise BadData(f"{shown(path)} is no file: give a file, a folder or /dev/stdin")


def shown(path: Path) -> str:
    """A path as one line."""
    return escape_controls(str(path))
