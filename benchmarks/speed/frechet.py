"""How fast the Frechet distance is solved: gancheck against torch-fidelity and scipy's matrix root.

    python benchmarks/speed/frechet.py

All three get the same statistics, in turn, so that a busy machine slows all of them; `whole` starts from the features.
scipy is run twice only, for it takes minutes. Prints JSON: medians in seconds, ratios to gancheck, values found.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.linalg import sqrtm
from torch import Tensor

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.usage import refuse_arguments
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import cross_trace, frechet
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()
from torch_fidelity import metric_fid  # noqa: E402

FEW = 2  #: repeats of scipy's matrix root


def features(n: int, d: int, seed: int, width: float) -> Tensor:
    """(n, d) float32, like a network's pooled features: correlated, not negative, a few directions hold most of it."""
    mix = torch.linalg.qr(torch.randn(d, d, generator=torch.Generator().manual_seed(0)))[0]
    scale = width * torch.arange(1, d + 1) ** -0.5
    noise = torch.randn(n, d, generator=torch.Generator().manual_seed(seed))
    return torch.relu((noise * scale) @ mix * math.sqrt(d) / 10 + 0.1)


def timed(solve: Callable[[], float], seconds: list[float]) -> float:
    """What `solve` finds; its seconds are added to the list."""
    start = time.perf_counter()
    value = solve()
    seconds.append(time.perf_counter() - start)
    return value


def solvers(fake: Tensor, real: Tensor) -> dict[str, Callable[[], float]]:
    """The distance from the same statistics, and from the same features."""
    stats = [metric_fid.fid_features_to_statistics(x.double()) for x in (fake, real)]
    first, second = (s["sigma"] for s in stats)
    sigmas = [torch.from_numpy(sigma) for sigma in (first, second)]
    apart = float(((stats[0]["mu"] - stats[1]["mu"]) ** 2).sum() + np.trace(first + second))

    def fidelity(statistics_of_both: list[dict[str, Any]]) -> float:
        return float(metric_fid.fid_statistics_to_metric(*statistics_of_both, False)[metric_fid.KEY_METRIC_FID])

    return {
        "gancheck": lambda: apart - 2 * cross_trace(sigmas[1], sigmas[0]).item(),
        "torch-fidelity": lambda: fidelity(stats),
        "scipy": lambda: apart - 2 * float(np.trace(sqrtm(first @ second).real)),
        "gancheck whole": lambda: frechet(FeatureSet(fake), FeatureSet(real)).item(),
        "torch-fidelity whole": lambda: fidelity([metric_fid.fid_features_to_statistics(x) for x in (fake, real)]),
    }


def measure(d: int = 2048, n: int = 10_000, repeats: int = 5) -> dict[str, Any]:
    """Median seconds of every solver, their ratios to gancheck and the values they find."""
    each = solvers(features(n, d, 1, 1.1), features(n, d, 2, 1.0))
    seconds: dict[str, list[float]] = {name: [] for name in each}
    values = {}
    for turn in range(repeats):
        for name, solve in each.items():
            if name != "scipy" or turn < FEW:
                values[name] = timed(solve, seconds[name])
    median = {name: statistics.median(times) for name, times in seconds.items()}
    return {
        "d": d,
        "n": n,
        "threads": torch.get_num_threads(),
        "seconds": median,
        "torch-fidelity / gancheck": median["torch-fidelity"] / median["gancheck"],
        "scipy / gancheck": median["scipy"] / median["gancheck"],
        "torch-fidelity / gancheck, whole": median["torch-fidelity whole"] / median["gancheck whole"],
        "values": values,
    }


if __name__ == "__main__":
    refuse_arguments(__doc__)
    print(json.dumps(measure(), indent=2))
