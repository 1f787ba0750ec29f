"""Small files in the formats in which the authors of image data sets publish them."""

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
from PIL import Image

import gancheck as gc
from gancheck.datasets.images.torchvision_files import torchvision_class
from gancheck.datasets.images.torchvision_images import TorchvisionImages

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
