"""The image data sets of torchvision: downloaded when first used, each file held against its published checksum."""

from __future__ import annotations

import hashlib
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from gancheck.errors import MissingData
from gancheck.system.torchvision_compat import torchvision_operators


class Archive(NamedTuple):
    """A file as its authors publish it."""

    path: Path
    md5: str

    @property
    def is_there(self) -> bool:
        """Whether the file is on this machine, whole."""
        if not self.path.is_file():
            return False
        with self.path.open("rb") as file:
            return hashlib.file_digest(file, "md5").hexdigest() == self.md5


@dataclass(frozen=True)
class TorchvisionSet:
    """One of torchvision's classes, and where it looks for the files that it is made of."""

    name: str  #: of the class, such as "CIFAR10"
    archives: Callable[[Any, Path], list[Archive]]  #: from the class and the root

    def open(self, root: Path, **split: Any) -> Any:
        """torchvision's own object for a split; MissingData names every file that is not there."""
        kind = torchvision_class(self.name)
        with explaining(self.name, self.archives(kind, root), root), redirect_stdout(sys.stderr):
            return kind(root, download=True, **split)


def torchvision_class(name: str) -> Any:
    """A class of torchvision.datasets."""
    torchvision_operators()
    from torchvision import datasets  # slow to import

    return getattr(datasets, name)


@contextmanager
def explaining(name: str, archives: list[Archive], root: Path) -> Iterator[None]:
    """MissingData, in one line, for whatever keeps torchvision from reading a data set."""
    try:
        yield
    except (OSError, RuntimeError, ValueError, AssertionError, ImportError, EOFError, zlib.error) as error:
        missing = [archive for archive in archives if not archive.is_there]
        reason = next((line for line in reversed(str(error).splitlines()) if line.strip()), type(error).__name__)
        if not missing:
            raise MissingData(
                f"{name} in {root} cannot be read ({reason}); remove what was unpacked there, and it is made again"
            ) from error
        files = ", ".join(f"{archive.path.name} (md5 {archive.md5})" for archive in missing)
        raise MissingData(
            f"{name} is not on this machine and cannot be downloaded ({reason}): put {files} into "
            f"{missing[0].path.parent}, or name the folder that has it with --data-root (GANCHECK_DATA, data_root=)"
        ) from error


def mnist_archives(kind: Any, root: Path) -> list[Archive]:
    """Four files, below a folder with the name of the class."""
    return [Archive(root / kind.__name__ / "raw" / file, md5) for file, md5 in kind.resources]


def cifar_archives(kind: Any, root: Path) -> list[Archive]:
    """One archive."""
    return [Archive(root / kind.filename, kind.tgz_md5)]


def svhn_archives(kind: Any, root: Path) -> list[Archive]:
    """A file a split."""
    return [Archive(root / kind.split_list[split][1], kind.split_list[split][2]) for split in ("train", "test")]


def celeba_archives(kind: Any, root: Path) -> list[Archive]:
    """An archive of images and five lists."""
    return [Archive(root / kind.base_folder / file, md5) for _, md5, file in kind.file_list]


MNIST = TorchvisionSet("MNIST", mnist_archives)
FASHION_MNIST = TorchvisionSet("FashionMNIST", mnist_archives)
KMNIST = TorchvisionSet("KMNIST", mnist_archives)
CIFAR10 = TorchvisionSet("CIFAR10", cifar_archives)
CIFAR100 = TorchvisionSet("CIFAR100", cifar_archives)
SVHN = TorchvisionSet("SVHN", svhn_archives)
CELEBA = TorchvisionSet("CelebA", celeba_archives)
