"""The data sets of torchvision, read from small files in the formats in which their authors publish them."""

from __future__ import annotations

import gzip
import hashlib
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import scipy.io
import torch
from PIL import Image

import gancheck as gc
from gancheck.datasets.images.torchvision_files import torchvision_class
from gancheck.datasets.images.torchvision_images import TorchvisionImages
from gancheck.errors import BadParameter, MissingData

TRAIN, TEST = 20, 110  #: images; of each of ten classes 2 and 11


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def pixels(*shape: int) -> Any:
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def classes(count: int) -> Any:
    return np.arange(count) % 10


def write_idx(path: Path, values: Any) -> None:
    head = bytes([0, 0, 8, values.ndim]) + b"".join(n.to_bytes(4, "big") for n in values.shape)
    path.write_bytes(gzip.compress(head + values.astype(np.uint8).tobytes()))


def write_mnist(name: str, root: Path, patch: pytest.MonkeyPatch) -> None:
    folder, x = root / name / "raw", pixels(TRAIN + TEST, 28, 28)
    folder.mkdir(parents=True)
    for prefix, part in (("train", x[:TRAIN]), ("t10k", x[TRAIN:])):
        write_idx(folder / f"{prefix}-images-idx3-ubyte.gz", part)
        write_idx(folder / f"{prefix}-labels-idx1-ubyte.gz", classes(len(part)))
    patch.setattr(torchvision_class(name), "resources", [(f.name, md5(f)) for f in sorted(folder.iterdir())])


def write_cifar(name: str, root: Path, patch: pytest.MonkeyPatch) -> None:
    kind, source = torchvision_class(name), root / "source"
    folder, x = source / kind.base_folder, pixels(TRAIN + TEST, 3072)
    folder.mkdir(parents=True)
    key = "labels" if name == "CIFAR10" else "fine_labels"
    count = 10 if name == "CIFAR10" else 100
    names = [file for file, _ in (*kind.train_list, *kind.test_list)]
    rows = [*np.array_split(np.arange(TRAIN), len(kind.train_list)), np.arange(TRAIN, TRAIN + TEST)]
    for file, part in zip(names, rows, strict=True):
        (folder / file).write_bytes(pickle.dumps({"data": x[part], key: (part % count).tolist()}))
    (folder / kind.meta["filename"]).write_bytes(pickle.dumps({kind.meta["key"]: ["a"] * 100}))
    with tarfile.open(root / kind.filename, "w:gz") as archive:
        archive.add(folder, kind.base_folder)
    patch.setattr(kind, "train_list", [[file, md5(folder / file)] for file in names[:-1]])
    patch.setattr(kind, "test_list", [[names[-1], md5(folder / names[-1])]])
    patch.setattr(kind, "meta", {**kind.meta, "md5": md5(folder / kind.meta["filename"])})
    patch.setattr(kind, "tgz_md5", md5(root / kind.filename))


def write_svhn(name: str, root: Path, patch: pytest.MonkeyPatch) -> None:
    x, kind, splits = pixels(32, 32, 3, TRAIN + TEST), torchvision_class(name), {}
    for split, part in (("train", x[..., :TRAIN]), ("test", x[..., TRAIN:])):
        file = root / f"{split}_32x32.mat"
        label = classes(part.shape[3])
        scipy.io.savemat(file, {"X": part, "y": np.where(label == 0, 10, label)[:, None]})
        splits[split] = ["http://127.0.0.1:9/", file.name, md5(file)]
    patch.setattr(kind, "split_list", {**kind.split_list, **splits})


def write_celeba(name: str, root: Path, patch: pytest.MonkeyPatch) -> None:
    kind, count = torchvision_class(name), 120
    folder = root / kind.base_folder
    folder.mkdir(parents=True)
    files = [f"{i:06d}.jpg" for i in range(count)]
    bits = [[1 if i >> k & 1 else -1 for k in (2, 1, 0)] for i in range(count)]
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        for file, image in zip(files, pixels(count, 218, 178, 3) // 2, strict=True):
            Image.fromarray(image[:32, :32].repeat(7, 0)[:218].repeat(6, 1)[:, :178]).save(root / file, quality=30)
            archive.write(root / file, f"img_align_celeba/{file}")
    lists = {
        "list_attr_celeba.txt": f"{count}\nMale Smiling Young\n" + lines(files, bits),
        "identity_CelebA.txt": lines(files, [[1]] * count),
        "list_bbox_celeba.txt": f"{count}\nid x y w h\n" + lines(files, [[0, 0, 1, 1]] * count),
        "list_landmarks_align_celeba.txt": f"{count}\nx\n" + lines(files, [[0] * 10] * count),
        "list_eval_partition.txt": lines(files, [[0 if i < 16 else 1 + i % 2] for i in range(count)]),
    }
    for file, text in lists.items():
        (folder / file).write_text(text)
    patch.setattr(kind, "file_list", [(key, md5(folder / file), file) for key, _, file in kind.file_list])


def lines(files: list[str], rows: list[list[int]]) -> str:
    return "".join(f"{file} {' '.join(map(str, row))}\n" for file, row in zip(files, rows, strict=True))


WRITERS: dict[str, tuple[str, Callable[[str, Path, pytest.MonkeyPatch], None]]] = {
    "mnist": ("MNIST", write_mnist),
    "fashion-mnist": ("FashionMNIST", write_mnist),
    "kmnist": ("KMNIST", write_mnist),
    "cifar10": ("CIFAR10", write_cifar),
    "svhn": ("SVHN", write_svhn),
    "celeba": ("CelebA", write_celeba),
}
SHAPES = {"mnist": (1, 28, 28), "cifar10": (3, 32, 32), "svhn": (3, 32, 32), "celeba": (3, 64, 64)}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GANCHECK_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def read(root: Path, registry: gc.Registry, monkeypatch: pytest.MonkeyPatch) -> Callable[..., TorchvisionImages]:
    """A data set, built on small files of its own."""

    def build(name: str, files: str = "", **values: Any) -> TorchvisionImages:
        torchvision_name, write = WRITERS[files or name]
        write(torchvision_name, root, monkeypatch)
        made: TorchvisionImages = registry.build("dataset", name, **values)
        return made

    return build


@pytest.mark.parametrize("name", WRITERS)
def test_files_as_their_authors_publish_them_are_read(read: Callable[..., TorchvisionImages], name: str) -> None:
    data = read(name)
    batch = data.draw(64, torch.Generator().manual_seed(0))
    assert tuple(batch.x.shape[1:]) == data.spec.shape == SHAPES.get(name, (1, 28, 28))
    assert batch.x.min() >= -1
    assert batch.x.max() <= 1
    assert set(batch.y.tolist()) == set(range(len(data.names)))
    train, held_out = data.load_once().train, data.load_once()[1:]
    assert len(train.x) == (16 if name == "celeba" else TRAIN)
    assert sum(len(pool.x) for pool in held_out) == (104 if name == "celeba" else TEST)


def test_an_image_and_its_class_stay_together(read: Callable[..., TorchvisionImages]) -> None:
    data = read("svhn")
    x, y = data.load_once().train
    written = pixels(32, 32, 3, TRAIN + TEST)
    assert x[3].equal(torch.from_numpy(written[..., 3]).permute(2, 0, 1))
    assert y[:12].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]  # the files call a zero 10


def test_celeba_has_a_mode_for_every_combination_of_attributes(read: Callable[..., TorchvisionImages]) -> None:
    data = read("celeba", side=16)
    assert data.names[0] == "no-Male no-Smiling no-Young"
    assert data.names[6] == "Male Smiling no-Young"
    assert data.load_once().train.y.tolist() == [i % 8 for i in range(16)]
    kept = data.root / "celeba" / "train-16.npy"
    assert np.load(kept).shape == (16, 3, 16, 16)  # decoded once


def test_an_attribute_that_celeba_lacks_gets_a_hint(read: Callable[..., TorchvisionImages]) -> None:
    with pytest.raises(BadParameter, match=r"no attribute 'Smilin'\. Did you mean 'Smiling'"):
        read("celeba", side=8, attributes=("Smilin",)).load_once()


def test_stacks_spell_a_number_and_can_be_fixed(read: Callable[..., TorchvisionImages]) -> None:
    data = read("stacked-mnist", files="mnist", fixed=50)
    batch = data.draw(400, torch.Generator().manual_seed(0))
    assert data.spec.shape == (3, 28, 28)
    assert data.spec.modes == 1_000
    assert len(batch.x.flatten(1).unique(dim=0)) <= 50
    assert len(batch.index.unique()) == 50
    same = batch.index == batch.index[0]
    assert (batch.x[same] == batch.x[0]).all()
    single = data.load_once().train
    hundreds = single.y[(single.x[:, 0] / 127.5 - 1 - batch.x[0, 0]).abs().amax((1, 2)).argmin()]
    assert batch.y[0] // 100 == hundreds


def test_four_channels_are_ten_thousand_modes(read: Callable[..., TorchvisionImages]) -> None:
    assert read("stacked-mnist-4", files="mnist").spec.modes == 10_000


def test_a_margin_can_be_laid_around_digits(read: Callable[..., TorchvisionImages]) -> None:
    x = read("mnist", side=32).draw(2, torch.Generator().manual_seed(0)).x
    assert x.shape == (2, 1, 32, 32)
    assert (x[:, :, :2] == -1).all()


@pytest.mark.parametrize("name", ["mnist", "cifar10", "cifar100", "svhn", "celeba"])
def test_without_files_and_network_one_line_says_what_goes_where(
    root: Path, registry: gc.Registry, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    def unreachable(*arguments: Any, **more: Any) -> None:
        raise OSError("no network")

    monkeypatch.setattr("urllib.request.urlopen", unreachable)
    data = registry.build("dataset", name)
    with pytest.raises(MissingData) as caught:
        data.draw(1, torch.Generator())
    first = data.source.archives(torchvision_class(data.source.name), root)[0]
    assert f"put {first.path.name} (md5 {first.md5})" in str(caught.value)
    assert f"into {first.path.parent}" in str(caught.value)
    assert "--data-root" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_was_tampered_with_is_not_unpickled(
    root: Path, read: Callable[..., TorchvisionImages], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Run:
        def __reduce__(self) -> tuple[Any, ...]:
            return (Path.touch, (root / "ran",))

    data = read("cifar10")
    assert len(data.load_once().train.x) == TRAIN
    (root / "cifar-10-batches-py" / "test_batch").write_bytes(pickle.dumps(Run()))
    (root / "cifar-10-python.tar.gz").unlink()
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    with pytest.raises(MissingData, match=r"cifar-10-python\.tar\.gz"):
        data.load()
    assert not (root / "ran").exists()


def test_content_and_not_the_folder_tells_data_apart(
    read: Callable[..., TorchvisionImages], registry: gc.Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = read("kmnist")
    before = data.content
    (tmp_path / "KMNIST").rename(tmp_path / "elsewhere")
    (tmp_path / "other").mkdir()
    (tmp_path / "elsewhere").rename(tmp_path / "other" / "KMNIST")
    monkeypatch.setenv("GANCHECK_DATA", str(tmp_path / "other"))
    moved = registry.build("dataset", "kmnist")
    assert moved != data
    assert moved.content == before
