"""Writes small files of every format, damages them at random, and opens what is left; run as a script by test_damage.

A decoder written in C may end the whole process, which is why this is not a test itself.
"""

from __future__ import annotations

import io
import json
import sys
import tarfile
import time
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import polars as pl
import safetensors.torch
import torch
from PIL import Image

from gancheck.errors import BadData
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions

POINTS = np.random.default_rng(0).normal(size=(12, 2))
#: Opened by a process of their own, which takes half a second each: a third as many of them.
APART = ("a.h5", "a.parquet")
PIXELS = np.random.default_rng(1).integers(0, 256, (9, 8, 3), dtype=np.uint8)


def saved(write: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    write(buffer)
    return buffer.getvalue()


def picture(kind: str, **how: object) -> bytes:
    return saved(lambda b: Image.fromarray(PIXELS).save(b, kind, **how))


def script() -> bytes:
    warnings.simplefilter("ignore")
    made = torch.jit.trace(
        torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh()), torch.zeros(1, 3), check_trace=False
    )
    return saved(lambda b: torch.jit.save(made, b))


def hdf5(buffer: io.BytesIO) -> None:
    with h5py.File(buffer, "w") as file:
        file.create_dataset("x", data=POINTS, compression="gzip")
        file["labels"] = ["cat", "dog"] * 6


def packed(kind: str) -> bytes:
    files = {"a/1.png": picture("PNG"), "a/1.cls": b"3", "b/2.jpg": picture("JPEG"), "b/2.json": b'{"label": 4}'}
    buffer = io.BytesIO()
    if kind == "zip":
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
    else:
        with tarfile.open(fileobj=buffer, mode="w:gz" if kind == "tgz" else "w") as shard:
            for name, data in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                shard.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def whole() -> dict[str, bytes]:
    """A sound file of each format, under the name it is saved as."""
    table = pl.DataFrame({"a": POINTS[:, 0], "b": POINTS[:, 1], "label": [0, 1] * 6})
    mixed = table.with_columns(c=pl.Series(["red", "blue", None] * 4), d=pl.Series([True, False] * 6))
    tensors = {"x": torch.from_numpy(POINTS), "y": torch.zeros(12, dtype=torch.long)}
    return {
        "a.npy": saved(lambda b: np.save(b, POINTS)),
        "a.npz": saved(lambda b: np.savez_compressed(b, x=POINTS, y=np.arange(12))),
        "a.pt": saved(lambda b: torch.save(tensors, b)),
        "old.pt": saved(lambda b: torch.save(tensors["x"], b, _use_new_zipfile_serialization=False)),
        "script.pt": script(),
        "a.csv": saved(table.write_csv),
        "words.csv": saved(lambda b: mixed.write_csv(b, separator=";", decimal_comma=True, null_value="?")),
        "a.parquet": saved(mixed.write_parquet),
        "a.safetensors": safetensors.torch.save(tensors),
        "a.h5": saved(hdf5),
        "a.zip": packed("zip"),
        "a.tar": packed("tar"),
        "a.tgz": packed("tgz"),
        "a.png": picture("PNG"),
        "a.jpg": picture("JPEG"),
        "a.webp": picture("WEBP", lossless=True),
    }


def damaged(data: bytes, dice: np.random.Generator) -> bytes:
    """A few bytes changed, some cut off, some cut out, or a piece doubled."""
    kind, at = dice.integers(5), int(dice.integers(len(data)))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + data[at + int(dice.integers(1, 40)) :]
    if kind == 2:
        return data[:at] + data[max(0, at - 30) :]
    changed = bytearray(data)
    for place in dice.integers(len(data), size=dice.integers(1, 9)):
        changed[place] = dice.integers(256) if kind == 3 else dice.choice([0, 255, 127, 128])
    return bytes(changed)


def main(folder: Path, each: int, seed: int) -> None:
    """Open each damaged file; one line of JSON with what came of them."""
    counts, slowest, other = {"opened": 0, "refused": 0}, 0.0, list[str]()
    for name, data in whole().items():
        dice = np.random.default_rng([seed, len(data)])
        holds = folder / "pictures" if name.endswith(("png", "jpg", "webp")) else folder
        holds.mkdir(exist_ok=True)
        for number in range(each // 3 if name in APART else each):
            path = holds / name
            path.write_bytes(damaged(data, dice))
            start = time.perf_counter()
            try:
                taken = open_samples(holds if holds != folder else path, options=ReadOptions(torchscript=True)).take(5)
                assert len(taken)
                assert taken.isfinite().all()
                counts["opened"] += 1
            except BadData as error:
                counts["refused"] += 1
                if "\n" in str(error) or len(str(error)) > 600:
                    other.append(f"{name} {number}: not one line: {error}")
            except BaseException as error:
                other.append(f"{name} {number}: {type(error).__name__}: {error}")
            slowest = max(slowest, time.perf_counter() - start)
            path.unlink()
    print(json.dumps({**counts, "slowest": slowest, "other": other[:20]}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
