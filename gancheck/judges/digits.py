"""Train the judge of 8 x 8 digits and write its weights: `python -m gancheck.judges.digits`.

Takes seconds. On one machine it writes the same bytes every time; another processor rounds otherwise, so the file that
ships is what counts, and its hash is part of every record.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from gancheck.datasets.digit_pools import SPLIT, digits
from gancheck.judges.judge import WEIGHTS, Judge, load
from gancheck.judges.training import train

SEED = 0
COMMAND = "python -m gancheck.judges.digits"


def held_out_accuracy(judge: Judge) -> float:
    """Share of the 997 digits outside the training pool that get their own class."""
    pools = [digits(name) for name in SPLIT if name != "train"]
    right = [judge.label(judge.features(pool.x)) == pool.y for pool in pools]
    return float(torch.cat(right).double().mean())


def write(path: Path) -> Judge:
    """Train on the training digits and write the safetensors file, facts included."""
    pool = digits("train")
    weights = train(pool.x, pool.y, torch.Generator().manual_seed(SEED))
    facts = {"held_out_accuracy": round(held_out_accuracy(Judge(weights, {})), 6), "command": COMMAND}
    # One entry: the format keeps the order of tensors, but not that of several entries.
    save_file(weights, path, metadata={"facts": json.dumps(facts)})
    return load(path, torch.device("cpu"))


if __name__ == "__main__":
    torch.set_num_threads(1)  # the order of sums, and so the bytes, must not depend on the number of cores
    judge = write(Path(sys.argv[1]) if len(sys.argv) > 1 else WEIGHTS)
    print(f"sha256 {judge.facts['sha256']}  held-out accuracy {judge.facts['held_out_accuracy']:.4f}")
