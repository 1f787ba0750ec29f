"""How fast whole metrics are: gancheck against the packages that offer them, and all of gancheck's in one go.

    python benchmarks/speed/metrics.py

Every pair is run in turn, so that a busy machine slows both, with the same features and two threads; all start from
features in memory. The n x n way to a Vendi score is run once, for it takes minutes. Prints JSON: medians in seconds,
ratios (peer / gancheck) and the values found.
"""

from __future__ import annotations

import contextlib
import io
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import torch
from prdc import compute_prdc
from torch import Tensor
from vendi_score import vendi as vendi_score

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.speed.frechet import features, timed
from benchmarks.usage import answer_help
from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.kid import kid
from gancheck.metrics.manifold import coverage, density, precision, recall
from gancheck.metrics.vendi import vendi
from gancheck.plugins.registry import Registry
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()
from torch_fidelity import metric_kid  # noqa: E402

THREADS = 2
FEW = 5_000
GIVEN = ("fake", "reference", "real")

Solve = Callable[[], float]


def prdc(fake: Tensor, real: Tensor) -> dict[str, Solve]:
    """Precision, recall, density and coverage together; the value is the coverage."""

    def ours() -> float:
        view = View(fake, real)
        return [float(measure(view, 5)) for measure in (precision, recall, density, coverage)][-1]

    def theirs() -> float:
        with contextlib.redirect_stdout(io.StringIO()):
            return float(compute_prdc(real.numpy(), fake.numpy(), 5)["coverage"])

    return {"gancheck": ours, "prdc": theirs}


def spectra(fake: Tensor, real: Tensor) -> dict[str, Solve]:
    """Vendi score of the generated samples, against the peer's d x d way."""
    return {"gancheck": lambda: float(vendi(View(fake))), "vendi-score": lambda: float(vendi_score.score_dual(fake))}


def kernels(fake: Tensor, real: Tensor) -> dict[str, Solve]:
    """Kernel distance: all pairs, against 100 subsets of 1,000."""

    def theirs() -> float:
        made = metric_kid.kid_features_to_metric(fake, real, verbose=False)
        return float(made[metric_kid.KEY_METRIC_KID_MEAN])

    return {"gancheck": lambda: float(kid(View(fake, real))), "torch-fidelity": theirs}


def duel(each: dict[str, Solve], repeats: int) -> dict[str, Any]:
    """Both in turn: median seconds, the median of the ratios of one turn, and values."""
    seconds: dict[str, list[float]] = {name: [] for name in each}
    values = {}
    for _ in range(repeats):
        for name, solve in each.items():
            values[name] = timed(solve, seconds[name])
    ours, theirs = seconds.values()
    ratio = statistics.median(b / a for a, b in zip(ours, theirs, strict=True))
    return {"seconds": {n: statistics.median(s) for n, s in seconds.items()}, "ratio": ratio, "values": values}


def everything(folder: Path) -> dict[str, Any]:
    """Every metric that compares samples with a reference, on features from a folder: seconds and memory beyond them.

    As the library does: a metric that compares neighbours gets the first few samples, and what several metrics share
    is computed for the first of them only.
    """
    registry = Registry.load()
    fake, reference, real = (torch.load(folder / f"{name}.pt") for name in GIVEN)
    before, seconds = psutil.Process().memory_info().rss, {}
    row = View(real, reference)
    row.yardstick = row
    view = View(fake, yardstick=row)
    for name in registry.names("metric"):
        entry = registry.entry("metric", name)
        facts = entry.info.properties
        if facts["needs"] in ("samples", "reference"):
            with contextlib.suppress(BadData):
                start = time.perf_counter()
                float(entry.thing(view.head(facts["max_samples"] or len(fake))))
                seconds[name] = time.perf_counter() - start
    peak = 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    total = sum(seconds.values())
    return {"total_seconds": total, "seconds": seconds, "gigabytes_over_features": (peak - before) / 1e9}


def alone(*given: Tensor) -> Any:
    """The same in a process of its own, so that the peak is its own."""
    with tempfile.TemporaryDirectory() as folder:
        for name, x in zip(GIVEN, given, strict=True):
            torch.save(x, Path(folder) / f"{name}.pt")
        done = subprocess.run([sys.executable, __file__, folder], check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout)


def measure(d: int = 2048, n: int = 10_000, repeats: int = 3) -> dict[str, Any]:
    """Every pair and all metrics together, with two threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    fake, real, held_out = (features(n, d, seed, width) for seed, width in ((1, 1.1), (2, 1.0), (3, 1.0)))
    few = min(n, FEW)
    made: dict[str, Any] = {"d": d, "n": n, "threads": THREADS, "prdc": duel(prdc(fake, real), repeats)}
    for name, solvers in (("vendi", spectra), ("kid", kernels)):
        for size in (few, n):
            made[f"{name} at {size}"] = duel(solvers(fake[:size], real[:size]), repeats)
    square: Solve = lambda: float(vendi_score.score_X(fake.numpy()))  # noqa: E731
    made[f"vendi at {n}, n x n"] = duel({**spectra(fake, real), "vendi-score": square}, 1)
    made["all"] = alone(fake, real, held_out)
    torch.set_num_threads(before)
    return made


if __name__ == "__main__":
    answer_help(__doc__)
    if len(sys.argv) > 1:
        torch.set_num_threads(THREADS)
        print(json.dumps(everything(Path(sys.argv[1]))))
    else:
        print(json.dumps(measure(), indent=2))
