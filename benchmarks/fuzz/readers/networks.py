"""Weights: of classifiers and extractors, of generators and whole blocks in training, and kept features."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import safetensors.torch
import torch
from torch import Tensor

from benchmarks.fuzz import forms
from benchmarks.fuzz.readers.base import Reader
from benchmarks.fuzz.structures import Form
from gancheck.classifiers.image_classifier import load_classifier
from gancheck.classifiers.image_network import fresh
from gancheck.datasets.images.celeba import decode_faces
from gancheck.datasets.images.image_pools import ImageSet
from gancheck.datasets.images.mnist import Mnist
from gancheck.extractors.cache import FEATURES, FeatureCache
from gancheck.extractors.torchscript import TorchScript
from gancheck.extractors.weights import load_tensors
from gancheck.gans.state import Kept
from gancheck.system.data_folder import data_from
from gancheck.system.kept_tensor import write_kept
from gancheck.training.checkpoint import Checkpoint, content_hash
from gancheck.training.record import TrainingRecord
from gancheck.training.start_weights import read_player, save_players

CPU = torch.device("cpu")
WEIGHTS = {"0.weight": torch.ones(2, 3), "0.bias": torch.zeros(2)}


def write_classifier(path: Path) -> None:
    """An untrained one of small images."""
    made = fresh((1, 8, 8), 3, (4,), False, torch.Generator().manual_seed(0))
    made["centres"] = torch.zeros(3, 64)
    safetensors.torch.save_file(made, path, {"facts": json.dumps({"shape": [1, 8, 8], "classes": 3})})


def classify(path: Path) -> Tensor:
    """What it says of an image."""
    load_classifier.cache_clear()
    found = load_classifier(path, CPU)
    return found.label(found.features(torch.zeros((1, *found.shape))))


def write_record(path: Path) -> None:
    """A run's kept generator."""
    trace = {"generator_loss": torch.arange(4.0)}
    TrainingRecord(0, snapshots={4: Kept({"generator": WEIGHTS})}, trace=trace).save(path, {"seed": 0})


def write_checkpoint(path: Path) -> None:
    """A block in the middle of its training."""
    tensors = {"['weights']['generator']['0.weight']": torch.ones(2, 3).T, "random/cpu": torch.get_rng_state()[:64]}
    Checkpoint("a" * 16, tensors, {"step": 4, "path": "stacked-traced", "streams": [[0]], "record": {}}).save(path)


def seal_checkpoint(tree: Any) -> bytes:
    """With the hash of what it holds now."""
    data = forms.dump_tensors(tree)
    about = tree["header"]["__metadata__"]
    facts = about["facts"] if isinstance(about["facts"], str) else json.dumps(about["facts"])
    tree["header"]["__metadata__"] = {**about, "sha256": content_hash(safetensors.torch.load(data), facts)}
    return forms.dump_tensors(tree)


def read_checkpoint(path: Path) -> int:
    """As a resumed run does."""
    return Checkpoint.load(path, "a" * 16).step


def write_features(path: Path) -> None:
    """As the cache keeps them."""
    write_kept(path, FEATURES, torch.arange(12.0).reshape(6, 2))


def read_script(path: Path) -> Tensor:
    """Features of a network of one's own, which somebody has named."""
    network = TorchScript()
    network.load(CPU, path)
    return network.features(torch.zeros(2, 3))


def write_script(path: Path) -> None:
    """One."""
    torch.jit.save(torch.jit.trace(torch.nn.Linear(3, 2), torch.zeros(1, 3)), path)  # type: ignore[no-untyped-call]


def write_mnist(path: Path) -> None:
    """All four files, unpacked as torchvision leaves them; the test images are struck."""
    path.parent.mkdir(parents=True)
    for part in ("train", "t10k"):
        images, labels = bytes((0, 0, 8, 3)) + counts(6, 28, 28), bytes((0, 0, 8, 1)) + counts(6)
        (path.parent / f"{part}-images-idx3-ubyte").write_bytes(images + bytes(6 * 784))
        (path.parent / f"{part}-labels-idx1-ubyte").write_bytes(labels + bytes(range(6)))


def counts(*sides: int) -> bytes:
    """As the header holds them."""
    return np.array(sides, ">u4").tobytes()


def read_mnist(path: Path) -> ImageSet:
    """Its test images."""
    with data_from(path.parents[2]):
        return Mnist().read(False)


def read_faces(path: Path) -> Any:
    """Faces that were decoded once, or are again."""
    return decode_faces([path.with_name("1.png")], 8, path)


def write_faces(path: Path) -> None:
    """One face, and the photograph."""
    from PIL import Image

    Image.fromarray(np.zeros((218, 178, 3), np.uint8)).save(path.with_name("1.png"))
    read_faces(path)


def names(path: Path) -> Iterator[str]:
    """Of the tensors that there are."""
    return iter(load_tensors(path, "inception"))


NETWORKS = (
    Reader("classifier of images", "c.safetensors", write_classifier, classify, forms.TENSORS),
    Reader("kept generator", "r.safetensors", write_record, TrainingRecord.load, forms.TENSORS),
    Reader("checkpoint", "a.checkpoint", write_checkpoint, read_checkpoint, Form(forms.parse_tensors, seal_checkpoint)),
    Reader(
        "weights to start from",
        "p.safetensors",
        lambda path: save_players({"generator": WEIGHTS}, path, {}),
        lambda path: read_player(str(path), "generator"),
        forms.TENSORS,
    ),
    Reader(
        "kept features",
        "f.safetensors",
        write_features,
        lambda path: FeatureCache(path.parent).read(path.name),
        forms.TENSORS,
    ),
    Reader("weights .pth", "w.pth", lambda path: torch.save(WEIGHTS, path), names, forms.ZIP),
    Reader("extractor, TorchScript", "e.pt", write_script, read_script, forms.ZIP),
    Reader("MNIST's files", "MNIST/raw/t10k-images-idx3-ubyte", write_mnist, read_mnist, forms.IDX),
    Reader("decoded faces", "held-out-8.safetensors", write_faces, read_faces, forms.TENSORS),
)
