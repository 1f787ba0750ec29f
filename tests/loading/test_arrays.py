"""Arrays from .npy, .npz and .pt files."""

from __future__ import annotations

import struct
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest
import torch

import gancheck.loading.content as content
from gancheck.errors import BadData
from gancheck.loading.open import open_samples

POINTS = np.random.default_rng(0).normal(size=(30, 3))


def npy_header(shape: tuple[int, ...], dtype: str = "<f8") -> bytes:
    text = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text.encode()


def test_points_come_back_as_they_were_saved(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", POINTS)
    opened = open_samples(tmp_path / "a.npy")
    assert (opened.name, opened.shape, opened.count, opened.labels) == ("a.npy", (3,), 30, None)
    assert opened.take(100).dtype == torch.float64
    np.testing.assert_array_equal(opened.take(100).numpy(), POINTS)
    np.testing.assert_array_equal(opened.take(7).numpy(), POINTS[:7])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4", "<f2", "<i4", ">i8", "u1", "<f8"])
def test_every_plain_dtype_is_read(tmp_path: Path, dtype: str, order: str) -> None:
    x = np.asarray(np.arange(24).reshape(8, 3), dtype=dtype, order=order)  # type: ignore[call-overload]
    np.save(tmp_path / "a.npy", x)
    taken = open_samples(tmp_path / "a.npy").take(8)
    assert taken.dtype == (torch.float32 if dtype.endswith(("f4", "f2")) else torch.float64)
    np.testing.assert_array_equal(taken.double().numpy(), x.astype(float))


def test_a_file_is_read_batch_by_batch(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.zeros((1_000_000, 2)))
    tracemalloc.start()
    taken = open_samples(tmp_path / "a.npy").take(1_000_000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert taken.shape == (1_000_000, 2)
    assert peak < 12 * 2**20  # 16 MB of points, of which numpy never holds more than one batch


@pytest.mark.parametrize("name", ["samples", "x", "images", "data", "arr_0", "anything"])
def test_npz_arrays_are_found_by_name_or_as_the_only_one(tmp_path: Path, name: str) -> None:
    np.savez_compressed(tmp_path / "a.npz", **{name: POINTS, "labels": np.arange(30) % 4})
    opened = open_samples(tmp_path / "a.npz")
    np.testing.assert_array_equal(opened.take(30).numpy(), POINTS)
    assert opened.labels is not None
    assert opened.labels.tolist() == [k % 4 for k in range(30)]
    assert any(name in note for note in opened.notes)


@pytest.mark.parametrize("wrap", [lambda t: t, lambda t: {"x": t, "y": torch.arange(30)}, lambda t: {"fake": t}])
@pytest.mark.parametrize("zipped", [True, False])
def test_torch_files_hold_a_tensor_or_named_tensors(tmp_path: Path, wrap: object, zipped: bool) -> None:
    tensor = torch.from_numpy(POINTS).float()
    torch.save(wrap(tensor), tmp_path / "a.pt", _use_new_zipfile_serialization=zipped)  # type: ignore[operator]
    assert torch.equal(open_samples(tmp_path / "a.pt").take(30), tensor)


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", POINTS)
    for name in ("a.npz", "a.pt", "a.csv", "a.data"):
        (tmp_path / name).write_bytes((tmp_path / "a.npy").read_bytes())
        assert open_samples(str(tmp_path / name)).count == 30


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.arange(5.0), "single numbers in a row"),
        (np.float64(3), "single value"),
        (np.zeros((0, 2)), "no samples"),
        (np.zeros((4, 0)), "no samples"),
        (np.zeros((4, 2), complex), "complex numbers"),
        (np.full((4, 2), "a"), "text"),
        (np.zeros((4, 2), "datetime64[s]"), "datetime64"),
        (np.array([[1, 2], [3, np.nan], [np.inf, np.nan]]), "2 of 3 samples have NaN"),
        (np.zeros((4, 2, 7)), None),
        (np.zeros((4, 5, 6, 7)), "1, 3 or 4 channels"),
        (np.zeros((4, 5, 6, 7, 8)), "1, 3 or 4 channels"),
    ],
)
def test_arrays_that_are_no_samples_are_refused(tmp_path: Path, array: np.ndarray, said: str | None) -> None:
    np.save(tmp_path / "a.npy", array)
    if said is None:
        assert open_samples(tmp_path / "a.npy").shape == (2, 7)
        return
    with pytest.raises(BadData, match=said):
        open_samples(tmp_path / "a.npy")
    with pytest.raises(BadData, match=said):
        open_samples(array)


def test_pickles_are_never_opened(tmp_path: Path) -> None:
    objects = np.array([[1, None]], dtype=object)
    np.save(tmp_path / "a.npy", objects, allow_pickle=True)
    np.savez(tmp_path / "a.npz", x=objects)
    (tmp_path / "a.pkl").write_bytes(objects.dumps())
    for name in ("a.npy", "a.npz", "a.pkl"):
        with pytest.raises(BadData, match=r"would have to be unpickled.*numpy\.save"):
            open_samples(tmp_path / name)
    torch.save(torch.nn.Linear(2, 2), tmp_path / "a.pt")
    with pytest.raises(BadData, match=r"save a tensor.*TorchScript"):
        open_samples(tmp_path / "a.pt")


def test_weights_are_not_taken_for_samples(tmp_path: Path) -> None:
    torch.save(torch.nn.Linear(2, 2).state_dict(), tmp_path / "a.pt")
    with pytest.raises(BadData, match=r"2 arrays \(weight, bias\); name the one to read 'samples'"):
        open_samples(tmp_path / "a.pt")


def test_a_header_that_promises_too_much_allocates_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.npy").write_bytes(npy_header((10**12, 2)) + b"\0" * 100)
    tracemalloc.start()
    with pytest.raises(BadData, match="cut short"):
        open_samples(tmp_path / "a.npy")
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("x.npy", npy_header((10**12, 2)) + b"\0" * 100)
    with pytest.raises(BadData, match="cut short"):
        open_samples(tmp_path / "a.npz")


def test_archives_that_would_flood_the_memory_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "SUSPECT", 2**20)
    monkeypatch.setattr(content, "RATIO", 500)
    np.savez_compressed(tmp_path / "a.npz", x=np.zeros((2**20, 1)))
    with pytest.raises(BadData, match=r"unpack to .* GiB; save the samples as a plain .npy"):
        open_samples(tmp_path / "a.npz")


def test_a_tensor_that_repeats_a_few_bytes_is_refused(tmp_path: Path) -> None:
    torch.save(torch.zeros(1).expand(10**12, 2), tmp_path / "a.pt")
    with pytest.raises(BadData, match="larger than the file"):
        open_samples(tmp_path / "a.pt")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (np.arange(29), "30 samples but 29 labels"),
        (np.linspace(0, 1, 30), "one integer a sample"),
        (np.zeros((30, 2), int), "one integer a sample"),
        (np.arange(30) - 2, "2 labels are negative"),
        (np.arange(30) * 10**9, "number the classes from 0"),
    ],
)
def test_labels_that_do_not_fit_are_refused(tmp_path: Path, labels: np.ndarray, said: str) -> None:
    np.savez(tmp_path / "a.npz", x=POINTS, labels=labels)
    with pytest.raises(BadData, match=said):
        open_samples(tmp_path / "a.npz")


def test_two_arrays_without_a_known_name_are_not_guessed(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", first=POINTS, second=POINTS)
    with pytest.raises(BadData, match=r"2 arrays \(first, second\)"):
        open_samples(tmp_path / "a.npz")
