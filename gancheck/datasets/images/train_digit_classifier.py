"""Train the classifier of 8 x 8 digits and write its weights.

`python -m gancheck.datasets.images.train_digit_classifier` takes seconds. On one machine it writes the same bytes every
time; another processor rounds otherwise, so the file that ships is what counts, and its hash is part of every record.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from gancheck.classifiers.digit_classifier import WEIGHTS, DigitClassifier, load_classifier
from gancheck.classifiers.training import STEPS, train
from gancheck.datasets.images.digit_pools import SPLIT, digits

SEED = 0
COMMAND = "python -m gancheck.datasets.images.train_digit_classifier"


def held_out_accuracy(classifier: DigitClassifier) -> float:
    """Share of the 997 digits outside the training pool that get their own class."""
    pools = [digits(name) for name in SPLIT if name != "train"]
    right = [classifier.label(classifier.features(pool.x)) == pool.y for pool in pools]
    return float(torch.cat(right).double().mean())


def write(path: Path, steps: int = STEPS) -> DigitClassifier:
    """Train on the training digits and write the safetensors file, facts included."""
    pool = digits("train")
    weights = train(pool.x, pool.y, torch.Generator().manual_seed(SEED), steps)
    facts = {"held_out_accuracy": round(held_out_accuracy(DigitClassifier(weights, {})), 6), "command": COMMAND}
    # One entry: the format keeps the order of tensors, but not that of several entries.
    save_file(weights, path, metadata={"facts": json.dumps(facts)})
    return load_classifier(path, torch.device("cpu"))


if __name__ == "__main__":
    torch.set_num_threads(1)  # the order of sums, and so the bytes, must not depend on the number of cores
    classifier = write(Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS)
    print(f"sha256 {classifier.facts['sha256']}  held-out accuracy {classifier.facts['held_out_accuracy']:.4f}")
