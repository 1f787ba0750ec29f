"""The classifiers of images that ship with gancheck."""

from __future__ import annotations

from pathlib import Path

#: Of MNIST digits, trained on the 3,000 training digits of `mnist5k`; it judges all data made of MNIST digits.
MNIST = Path(__file__).with_name("mnist.safetensors")

MNIST_TRAINED = Path(__file__).with_name("mnist-trained.bin")
SHORT = 8  #: bytes of a SHA-256 by which images are known that are not here


def mnist_trained() -> frozenset[bytes]:
    """The first eight bytes of the SHA-256 of each digit that the classifier was trained on: no data to measure on."""
    known = MNIST_TRAINED.read_bytes()
    return frozenset(known[at : at + SHORT] for at in range(0, len(known), SHORT))
