"""Forms of files: JSON, JSON lines, TOML, tables, arrays, tensors, pictures, archives."""

from __future__ import annotations

import ast
import csv
import io
import json
import struct
import tomllib
import zipfile
import zlib
from typing import Any

import polars as pl

from benchmarks.fuzz.structures import Form
from gancheck.bench.suite_writer import assignments


def dump_json(tree: Any) -> bytes:
    """JSON as Python writes it, NaN and lone surrogates too."""
    return json.dumps(tree, ensure_ascii=False).encode("utf-8", "surrogatepass")


def parse_lines(data: bytes) -> list[Any]:
    """One value a line."""
    return [json.loads(line) for line in data.splitlines() if line.strip()]


def dump_lines(tree: Any) -> bytes:
    """One value a line, as far as it is a list."""
    return b"\n".join(map(dump_json, tree if isinstance(tree, list) else [tree])) + b"\n"


def dump_toml(tree: Any) -> bytes:
    """TOML with inline tables."""
    return "\n".join(assignments(tree)).encode("utf-8", "surrogatepass")


def parse_table(data: bytes) -> list[Any]:
    """Rows of cells."""
    return list(csv.reader(io.StringIO(data.decode())))


def dump_table(tree: Any) -> bytes:
    """Rows of cells, not quoted where they should be."""
    rows = [row if isinstance(row, list) else [row] for row in tree]
    return "\n".join(",".join(map(str, row)) for row in rows).encode("utf-8", "surrogatepass")


def parse_parquet(data: bytes) -> Any:
    """Columns of values."""
    return pl.read_parquet(io.BytesIO(data)).to_dict(as_series=False)


def dump_parquet(tree: Any) -> bytes:
    """Columns of whatever types the values have; to write 900 levels, polars takes minutes and 10 GB."""
    if depth_of(tree) > 99:
        raise ValueError("too deep to be written")
    file = io.BytesIO()
    pl.DataFrame(tree, strict=False).write_parquet(file)
    return file.getvalue()


def depth_of(tree: Any) -> int:
    """Levels of values in values."""
    levels, here = 0, [tree]
    while here := [value for value in here if isinstance(value, dict | list)]:
        here = [inner for value in here for inner in (value.values() if isinstance(value, dict) else value)]
        levels += 1
    return levels


def parse_npy(data: bytes) -> dict[str, Any]:
    """The header's facts, and the bytes after it as text."""
    (size,) = struct.unpack("<H", data[8:10])
    return {**ast.literal_eval(data[10 : 10 + size].decode()), "values": data[10 + size :].decode("latin-1")}


def dump_npy(tree: Any) -> bytes:
    """A header that says what the tree says."""
    facts = {key: value for key, value in tree.items() if key != "values"}
    shape = facts.get("shape")
    header = repr({**facts, **({"shape": tuple(shape)} if isinstance(shape, list | tuple) else {})}).encode() + b"\n"
    head = b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header
    return head + str(tree.get("values", "")).encode("latin-1", "replace")


def parse_zip(data: bytes) -> list[Any]:
    """Members with their names, attributes and bytes."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return [
            {"name": m.filename, "attributes": m.external_attr, "bytes": archive.read(m).decode("latin-1")}
            for m in archive.infolist()
        ]


def dump_zip(tree: Any) -> bytes:
    """An archive, whatever its members' names are."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in tree:
            info = zipfile.ZipInfo("member")
            info.filename, info.external_attr = member["name"], member.get("attributes", 0) % 2**32
            archive.writestr(info, str(member.get("bytes", "")).encode("latin-1", "replace"))
    return file.getvalue()


def parse_npz(data: bytes) -> dict[str, Any]:
    """Arrays by name."""
    return {m["name"]: parse_npy(m["bytes"].encode("latin-1")) for m in parse_zip(data)}


def dump_npz(tree: Any) -> bytes:
    """Arrays by name."""
    return dump_zip([{"name": name, "bytes": dump_npy(array).decode("latin-1")} for name, array in tree.items()])


def parse_tensors(data: bytes) -> dict[str, Any]:
    """The header of a safetensors file, its metadata read where they are JSON, and the bytes after it."""
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    header["__metadata__"] = {k: inner(v) for k, v in header.get("__metadata__", {}).items()}
    return {"header": header, "values": data[8 + size :].decode("latin-1")}


def inner(text: str) -> Any:
    """JSON in a text, or the text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict | list) else text


def dump_tensors(tree: Any) -> bytes:
    """The file; metadata are texts."""
    header = dict(tree["header"])
    about = header.get("__metadata__")
    if isinstance(about, dict):
        header["__metadata__"] = {k: v if isinstance(v, str) else json.dumps(v) for k, v in about.items()}
    text = dump_json(header)
    return struct.pack("<Q", len(text)) + text + str(tree.get("values", "")).encode("latin-1", "replace")


def parse_png(data: bytes) -> dict[str, Any]:
    """What the first chunk says, and all chunks after it."""
    width, height, depth, colour, *_ = struct.unpack(">IIBBBBB", data[16:29])
    facts = {"width": width, "height": height, "depth": depth, "colour": colour}
    return {**facts, "chunks": data[33:].decode("latin-1")}


def dump_png(tree: Any) -> bytes:
    """A picture whose checksums are right."""
    head = struct.pack(">IIBBBBB", *(int(tree.get(k, 0)) for k in ("width", "height", "depth", "colour")), 0, 0, 0)
    chunk = b"IHDR" + head
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return start + str(tree.get("chunks", "")).encode("latin-1", "replace")


def parse_idx(data: bytes) -> dict[str, Any]:
    """The header of MNIST's format, and the bytes after it."""
    sides = data[3]
    return {
        "type": data[2],
        "sides": list(struct.unpack(f">{sides}I", data[4 : 4 + 4 * sides])),
        "values": data[4 + 4 * sides :].decode("latin-1"),
    }


def dump_idx(tree: Any) -> bytes:
    """The file."""
    sides = tree.get("sides", [])
    head = bytes((0, 0, int(tree.get("type", 0)) % 256, len(sides) % 256))
    return (
        head + b"".join(struct.pack(">I", int(side) % 2**32) for side in sides) + str(tree["values"]).encode("latin-1")
    )


JSON = Form(json.loads, dump_json)
LINES = Form(parse_lines, dump_lines)
TOML = Form(lambda data: tomllib.loads(data.decode()), dump_toml)
TABLE = Form(parse_table, dump_table)
PARQUET = Form(parse_parquet, dump_parquet)
NPY = Form(parse_npy, dump_npy)
NPZ = Form(parse_npz, dump_npz)
ZIP = Form(parse_zip, dump_zip)
TENSORS = Form(parse_tensors, dump_tensors)
PNG = Form(parse_png, dump_png)
IDX = Form(parse_idx, dump_idx)
