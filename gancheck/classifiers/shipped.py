"""The classifiers of images that ship with gancheck."""

from __future__ import annotations

from pathlib import Path

#: Of MNIST digits, trained on the 3,000 training digits of `mnist5k`; it judges all data made of MNIST digits.
MNIST = Path(__file__).with_name("mnist.safetensors")
