"""Files with several arrays, safetensors, HDF5, and values too large to be compared."""

from __future__ import annotations

import io
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import polars as pl
import pytest
import torch
from safetensors.torch import save_file

import gancheck as gc
from gancheck.errors import BadData
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions

RNG = np.random.default_rng(0)
X, OTHER = RNG.normal(size=(30, 3)), RNG.normal(size=(30, 2))
LABELS = np.arange(30) % 4


def write_npz(path: Path, arrays: dict[str, Any]) -> None:
    np.savez(path, **arrays)


def write_torch(path: Path, arrays: dict[str, Any]) -> None:
    torch.save({key: torch.from_numpy(value) for key, value in arrays.items()}, path)


def write_safetensors(path: Path, arrays: dict[str, Any]) -> None:
    save_file({key: torch.from_numpy(value).contiguous() for key, value in arrays.items()}, path)


def write_hdf5(path: Path, arrays: dict[str, Any]) -> None:
    with h5py.File(path, "w") as file:
        for key, value in arrays.items():
            file[key] = value


WRITERS: list[tuple[str, Callable[[Path, dict[str, Any]], None]]] = [
    ("a.npz", write_npz),
    ("a.pt", write_torch),
    ("a.safetensors", write_safetensors),
    ("a.h5", write_hdf5),
]


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_samples_and_labels_are_found_by_name(tmp_path: Path, name: str, write: Any) -> None:
    write(tmp_path / name, {"samples": X, "labels": LABELS, "epoch": np.array(5.0), "other": OTHER})
    opened = open_samples(tmp_path / name)
    np.testing.assert_array_equal(opened.take(99).numpy(), X)
    assert opened.labels is not None
    assert opened.labels.tolist() == LABELS.tolist()
    assert any("'other'" in note and "left out" in note for note in opened.notes)


@pytest.mark.parametrize(("name", "write"), WRITERS)
def test_another_array_is_read_on_request(tmp_path: Path, name: str, write: Any) -> None:
    write(tmp_path / name, {"real": X, "fake": OTHER})
    opened = open_samples(tmp_path / name, options=ReadOptions(array="fake"))
    np.testing.assert_array_equal(opened.take(99).numpy(), OTHER)
    assert any("array 'fake'" in note for note in opened.notes)
    with pytest.raises(BadData, match=r"2 arrays \((real, fake|fake, real)\).*--array NAME"):
        open_samples(tmp_path / name)
    with pytest.raises(BadData, match=r"holds no array 'fakes'; it holds .*Did you mean 'fake'"):
        open_samples(tmp_path / name, options=ReadOptions(array="fakes"))


def test_the_array_of_the_command_line_is_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", real=RNG.normal(size=(500, 2)), fake=RNG.normal(size=(300, 2)))
    scores = gc.score(tmp_path / "a.npz", reference=RNG.normal(size=(500, 2)), array="fake", metrics="fid")
    assert scores.facts["n"] == 300


@pytest.mark.parametrize("source", ["npy", "array", "csv"])
def test_a_name_of_an_array_does_no_harm_where_there_is_but_one(tmp_path: Path, source: str) -> None:
    np.save(tmp_path / "a.npy", X)
    np.savetxt(tmp_path / "a.csv", X, delimiter=",")
    opened = open_samples(X if source == "array" else tmp_path / f"a.{source}", options=ReadOptions(array="fake"))
    assert opened.count == 30


def test_tensors_in_nested_dicts_are_found(tmp_path: Path) -> None:
    state = {"epoch": 7, "made": {"samples": torch.from_numpy(X), "labels": torch.from_numpy(LABELS)}, "note": "x"}
    torch.save(state, tmp_path / "a.pt")
    opened = open_samples(tmp_path / "a.pt")
    np.testing.assert_array_equal(opened.take(99).numpy(), X)
    assert opened.labels is not None
    torch.save({"a": {"z": torch.zeros(4, 2)}, "b": {"z": torch.ones(4, 2)}}, tmp_path / "b.pt")
    assert open_samples(tmp_path / "b.pt", options=ReadOptions(array="b/z")).take(4).min() == 1


def test_groups_of_hdf5_have_labels_of_their_own(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "a.h5", {"real/x": OTHER, "real/y": LABELS + 1, "fake/x": X, "fake/y": LABELS})
    opened = open_samples(tmp_path / "a.h5", options=ReadOptions(array="fake/x"))
    np.testing.assert_array_equal(opened.take(99).numpy(), X)
    assert opened.labels is not None
    assert opened.labels.tolist() == LABELS.tolist()


def test_words_of_hdf5_are_classes(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"], file["labels"] = X, ["cat", "dog"] * 15
    assert open_samples(tmp_path / "a.h5").classes == ("cat", "dog")


def test_hdf5_is_read_batch_by_batch(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "a.h5", {"x": np.zeros((1_000_000, 2))})
    tracemalloc.start()
    taken = open_samples(tmp_path / "a.h5").take(1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken.shape == (1_000_000, 2)
    assert peak < 14 * 2**20


def test_hdf5_leads_to_no_other_file(tmp_path: Path) -> None:
    write_hdf5(tmp_path / "secret.h5", {"x": X})
    (tmp_path / "secret.bin").write_bytes(X.tobytes())
    with h5py.File(tmp_path / "link.h5", "w") as file:
        file["x"] = h5py.ExternalLink("secret.h5", "/x")
    with pytest.raises(BadData, match="holds no array"):
        open_samples(tmp_path / "link.h5")
    with h5py.File(tmp_path / "raw.h5", "w") as file:
        file.create_dataset("x", (30, 3), "f8", external=[(str(tmp_path / "secret.bin"), 0, 720)])
    with pytest.raises(BadData, match="stand in other files"):
        open_samples(tmp_path / "raw.h5")
    layout = h5py.VirtualLayout((30, 3), "f8")
    layout[:] = h5py.VirtualSource(tmp_path / "secret.h5", "x", (30, 3))
    with h5py.File(tmp_path / "virtual.h5", "w") as file:
        file.create_virtual_dataset("x", layout)
    with pytest.raises(BadData, match="stand in other files"):
        open_samples(tmp_path / "virtual.h5")


def test_hdf5_without_its_library_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_hdf5(tmp_path / "a.h5", {"x": X})
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(BadData, match=r"needs h5py: pip install 'gancheck\[hdf5\]'"):
        open_samples(tmp_path / "a.h5")


def test_bfloat16_of_safetensors_is_read(tmp_path: Path) -> None:
    save_file({"x": torch.ones(4, 2, dtype=torch.bfloat16)}, tmp_path / "a.safetensors")
    assert open_samples(tmp_path / "a.safetensors").take(4).tolist() == [[1, 1]] * 4


def test_values_too_large_to_be_squared_are_refused_in_one_line() -> None:
    x = RNG.normal(size=(400, 2)) * np.array([1, 1e160])
    with pytest.raises(BadData, match=r"reference: array: column 2 runs to -?\d.*e\+1"):
        gc.score(x[:200], reference=x)


def test_the_column_of_values_too_large_is_named() -> None:
    with pytest.raises(BadData, match=r"column 'mass' runs to 1e\+160.*divide it"):
        open_samples(pl.DataFrame({"u": [1.5, 2.5], "mass": [1.5, 1e160]}))


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_large_values_that_can_be_squared_are_compared(dtype: type) -> None:
    x = (RNG.normal(size=(900, 2)) * 1e30).astype(dtype)
    assert 0 < (gc.score(x[:300], reference=x[300:], metrics="fid").values["fid"] or 0) < 1e60


@pytest.mark.parametrize("name", ["a.npz", "a.h5"])
def test_labels_of_another_array_are_left_out_and_said(tmp_path: Path, name: str) -> None:
    write = write_npz if name == "a.npz" else write_hdf5
    arrays = {"fake": RNG.normal(size=(6, 2)), "real": RNG.normal(size=(9, 2)), "y": np.arange(6) % 2}
    write(tmp_path / name, arrays)
    opened = open_samples(tmp_path / name, options=ReadOptions(array="real"))
    assert (opened.count, opened.labels) == (9, None)
    assert "array 'y' left out: it holds 6 values for 9 samples" in opened.notes
    assert open_samples(tmp_path / name, options=ReadOptions(array="fake")).labels is not None


@pytest.mark.parametrize("more", [{}, {"seed": np.arange(3)}])
def test_labels_as_long_as_no_array_are_an_error_with_both_lengths(tmp_path: Path, more: dict[str, Any]) -> None:
    np.savez(tmp_path / "a.npz", samples=RNG.normal(size=(9, 2)), labels=np.arange(6) % 2, **more)
    with pytest.raises(BadData, match=r"a\.npz holds 9 samples but 6 labels; give one a sample"):
        open_samples(tmp_path / "a.npz")


def test_values_too_small_to_be_squared_are_refused_in_one_line() -> None:
    x = RNG.normal(size=(400, 2)) * 1e-200
    with pytest.raises(BadData, match=r"reference: array: no value is farther from 0 than 3.*e-200.* multiply all"):
        gc.score(x, reference=x + 1e-202, metrics="fid")


def test_samples_that_collapsed_next_to_0_are_compared() -> None:
    x = RNG.normal(size=(400, 2))
    assert gc.score(x * 1e-200, reference=x, metrics="fid").verdict == "collapsed"


@pytest.mark.parametrize("dtype", ["?", "S9", "U9", "c16", "f8"])
def test_labels_that_claim_more_values_than_there_are_never_ask_for_the_memory(tmp_path: Path, dtype: str) -> None:
    header = repr({"descr": np.dtype(dtype).str, "fortran_order": False, "shape": (10**14,)}).encode() + b"\n"
    claim = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", saved(np.zeros((4, 2))))
        archive.writestr("y.npy", claim)
    with pytest.raises(BadData, match=r"y\.npy of a\.npz is cut short: its header promises shape"):
        open_samples(tmp_path / "a.npz")


def test_samples_without_values_are_refused_however_many(tmp_path: Path) -> None:
    header = repr({"descr": "<f8", "fortran_order": False, "shape": (2**40, 0)}).encode() + b"\n"
    (tmp_path / "a.npy").write_bytes(b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(BadData, match="holds no samples"):
        open_samples(tmp_path / "a.npy")


def saved(array: np.ndarray[Any, Any]) -> bytes:
    """As a .npy file."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


@pytest.mark.parametrize("chunks", [None, (2**26, 8)])
def test_hdf5_that_claims_far_more_than_the_file_has_is_refused(tmp_path: Path, chunks: tuple[int, int] | None) -> None:
    shape = (2**27, 2) if chunks is None else (9, 8)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.create_dataset("x", shape, "f4", chunks=chunks, maxshape=chunks and (None, 8))
    with pytest.raises(BadData, match="says that it holds"):
        open_samples(tmp_path / "a.h5").take(5)


def test_hdf5_with_a_prepared_array_beside_the_samples_is_read(tmp_path: Path) -> None:
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["x"] = np.zeros((200, 3))
        file.create_dataset("mask", (5000, 128, 128), "f4", chunks=(1, 128, 128))  # not written yet
    assert open_samples(tmp_path / "a.h5").take(300).shape == (200, 3)
