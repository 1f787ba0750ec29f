"""Samples, labels and statistics: what people give to `score` and `inspect`."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import safetensors.torch
import torch
from PIL import Image

from benchmarks.fuzz import forms
from benchmarks.fuzz.readers.base import Reader
from gancheck.inspection.readable import read_what_is_readable
from gancheck.loading.open import open_labels, open_samples
from gancheck.loading.options import ReadOptions
from gancheck.loading.samples import Samples
from gancheck.scoring.real_statistics import read_statistics

POINTS = np.random.default_rng(0).normal(size=(12, 2))
PIXELS = np.random.default_rng(1).integers(0, 256, (9, 8, 3), dtype=np.uint8)
LABELS = np.arange(12) % 3
FRAME = pl.DataFrame({"a": POINTS[:, 0], "b": POINTS[:, 1], "kind": ["red", "blue", "=cmd()"] * 4, "label": LABELS})


def read_all(path: Path) -> int:
    """All samples, as `score` reads them."""
    return count_rows(open_samples(path))


def count_rows(samples: Samples) -> int:
    """How many there are; of a generator, which makes them without end, some."""
    return sum(len(batch) for batch in islice(samples.stream(), 20 if samples.count is None else None))


def read_folder(path: Path) -> int:
    """All pictures around a file, as `score` and as `inspect` read them."""
    folder = path.parents[1]
    usable = read_what_is_readable(folder, lambda rows, *_: rows)
    return count_rows(usable.samples) + read_all(folder)


def write_pictures(kind: str, **how: Any) -> Callable[[Path], None]:
    """Two folders with a picture each; the second one is struck."""

    def write(path: Path) -> None:
        beside = path.parents[1] / "a" / "1.png"
        for place in (beside, path):
            place.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(PIXELS).save(beside)
        Image.fromarray(PIXELS).save(path, kind, **how)

    return write


def png() -> bytes:
    """A picture in memory."""
    file = io.BytesIO()
    Image.fromarray(PIXELS).save(file, "PNG")
    return file.getvalue()


def write_zip(path: Path) -> None:
    """Pictures with their classes beside them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(3):
            archive.writestr(f"a/{number}.png", png())
            archive.writestr(f"a/{number}.cls", str(number % 2))


def write_tar(mode: Any) -> Callable[[Path], None]:
    """A WebDataset shard."""

    def write(path: Path) -> None:
        with tarfile.open(path, mode) as shard:
            for name, data in (("1.png", png()), ("1.cls", b"0"), ("2.png", png()), ("2.json", b'{"label": 1}')):
                member = tarfile.TarInfo(name)
                member.size = len(data)
                shard.addfile(member, io.BytesIO(data))

    return write


def write_hdf5(path: Path) -> None:
    """Samples with labels."""
    import h5py

    with h5py.File(path, "w") as file:
        file.create_dataset("x", data=POINTS, compression="gzip")
        file["labels"] = ["cat", "dog"] * 6


def write_script(path: Path) -> None:
    """A generator."""
    network = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.Tanh())
    torch.jit.save(torch.jit.trace(network, torch.zeros(1, 3)), path)  # type: ignore[no-untyped-call]


def read_generator(path: Path) -> int:
    """A few of its samples."""
    return len(open_samples(path, latent=3, options=ReadOptions(torchscript=True)).take(5))


TENSORS = {"x": torch.from_numpy(POINTS), "y": torch.from_numpy(LABELS)}
STATISTICS = {"mu": POINTS.mean(0), "sigma": np.cov(POINTS.T)}

SAMPLES = (
    Reader("samples .npy", "a.npy", lambda path: np.save(path, POINTS), read_all, forms.NPY),
    Reader("samples .npz", "a.npz", lambda path: np.savez(path, x=POINTS, y=LABELS), read_all, forms.NPZ),
    Reader("samples .pt", "a.pt", lambda path: torch.save(TENSORS, path), read_all, forms.ZIP),
    Reader(
        "samples .pt, old format",
        "a.pt",
        lambda path: torch.save(TENSORS, path, _use_new_zipfile_serialization=False),
        read_all,
    ),
    Reader(
        "samples .safetensors",
        "a.safetensors",
        lambda path: safetensors.torch.save_file(TENSORS, path),
        read_all,
        forms.TENSORS,
    ),
    Reader("samples .h5", "a.h5", write_hdf5, read_all),
    Reader("samples .csv", "a.csv", FRAME.write_csv, read_all, forms.TABLE),
    Reader("samples .parquet", "a.parquet", FRAME.write_parquet, read_all, forms.PARQUET),
    Reader("samples .zip", "a.zip", write_zip, read_all, forms.ZIP),
    Reader("samples .tar", "a.tar", write_tar("w"), read_all),
    Reader("samples .tar.gz", "a.tar.gz", write_tar("w:gz"), read_all),
    Reader("folder with a .png", "images/b/2.png", write_pictures("PNG"), read_folder, forms.PNG),
    Reader("folder with a .jpg", "images/b/2.jpg", write_pictures("JPEG"), read_folder),
    Reader("folder with a .webp", "images/b/2.webp", write_pictures("WEBP", lossless=True), read_folder),
    Reader("folder with a .gif", "images/b/2.gif", write_pictures("GIF"), read_folder),
    Reader("folder with a .tif", "images/b/2.tif", write_pictures("TIFF"), read_folder),
    Reader("generator, TorchScript", "a.pt", write_script, read_generator, forms.ZIP),
    Reader("labels .npy", "y.npy", lambda path: np.save(path, LABELS), lambda path: open_labels(path, 12), forms.NPY),
    Reader(
        "labels .txt",
        "y.txt",
        lambda path: np.savetxt(path, LABELS, "%d"),
        lambda path: open_labels(path, 12),
        forms.TABLE,
    ),
    Reader("statistics .npz", "fid.npz", lambda path: np.savez(path, **STATISTICS), read_statistics, forms.NPZ),
)
