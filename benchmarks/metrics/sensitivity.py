"""Which metric sees which damage, from which amount on, and in which direction?

    python -m benchmarks.metrics.sensitivity         # writes benchmarks/metrics/sensitivity.json and .md
    python -m benchmarks.metrics.sensitivity modes   # measures the named metrics on the same draws, and keeps the rest

For every metric, data set and damage: the values over a few draws at each amount, beside those of undamaged real draws.
A metric sees an amount when its mean lies more than five null standard deviations from the null's mean, there and at
every larger amount: with nine degrees of freedom a chance of about one in a thousand for each metric and damage.
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import machine
from benchmarks.metrics import damage as damages
from benchmarks.usage import answer_help
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import ViewPairs, metric_inputs, select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text

HERE = Path(__file__).parent
FIRST = 20_000  #: seed
NULL_DRAWS, DRAWS = 10, 3
FAR = 5.0  #: null standard deviations
CHANCES = ("mode-balance",)  #: p-values: compared by their logarithms, since 0 is never five deviations from 1 / 2
WORKERS = 2
DATA = {"ring8": 2_000, "digits": 2_000, "stacked-digits": 3_000}  #: samples of each
TRAIN = 2_000

#: Damage and its amounts, from little to much.
LADDERS: dict[Callable[..., torch.Tensor], tuple[float, ...]] = {
    damages.drop: (0.1, 0.25, 0.5, 0.75),
    damages.imbalance: (1.25, 1.5, 2, 5),
    damages.shrink: (0.9, 0.7, 0.5, 0.2),
    damages.blur: (0.1, 0.3, 1, 3),
    damages.copy: (0.05, 0.2, 0.5, 1),
    damages.repeat: (0.02, 0.1, 0.3, 0.9),
    damages.junk: (0.02, 0.1, 0.3, 0.9),
}


@dataclass(frozen=True)
class Trial:
    """One draw."""

    data: str
    damage: str  #: "nothing" for the null
    amount: float
    seed: int


def trials() -> Iterator[Trial]:
    """The null's draws, then every damage's."""
    for data in DATA:
        for draw in range(NULL_DRAWS):
            yield Trial(data, damages.nothing.__name__, 0, FIRST + draw)
        for damage, amounts in LADDERS.items():
            for amount in amounts:
                for draw in range(DRAWS):
                    yield Trial(data, damage.__name__, amount, FIRST + NULL_DRAWS + draw)


def run(trial: Trial, names: tuple[str, ...] = ()) -> dict[str, float | None]:
    """The metrics' values on one draw; all of them unless named."""
    torch.set_num_threads(1)
    real_data, chosen = stand(trial.data, names)
    n = DATA[trial.data]
    source = damages.Source.of(real_data.dataset, 4 * n, TRAIN, trial.seed, "real")
    stream = generator("cpu", "damage", trial.seed, trial.damage, trial.amount)
    x = getattr(damages, trial.damage)(source, n, trial.amount, stream)
    pairs = ViewPairs(real_data, real_data.sample_set(open_samples(x), n), n)
    return {found.name: found.metric(found.view) for found in metric_inputs(pairs, chosen)}


@cache
def stand(data: str, names: tuple[str, ...] = ()) -> tuple[DatasetRealData, dict[str, RegisteredMetric]]:
    """The data set as real data, with a training set to copy from, and the metrics; made once in a process."""
    registry = Registry.load()
    dataset = registry.build("dataset", data)
    train = damages.Source.of(dataset, 1, TRAIN, FIRST).train
    return DatasetRealData(data, dataset, open_samples(train)), select_metrics(registry, names)


def main(names: tuple[str, ...]) -> None:
    """Run every trial on worker processes; then compare with the null."""
    todo, path = list(trials()), HERE / "sensitivity.json"
    before = json.loads(path.read_text(encoding="utf-8"))["metrics"] if names else {}
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        values = []
        for done, value in enumerate(pool.map(partial(run, names=names), todo), 1):
            values.append(value)
            if done % 20 == 0:
                print(f"{done} of {len(todo)}", file=sys.stderr, flush=True)
    found = {
        "command": "python -m benchmarks.metrics.sensitivity",
        "first seed": FIRST,
        **machine(),
        "n": DATA,
        "draws": {"null": NULL_DRAWS, "damage": DRAWS},
        "metrics": dict(sorted({**before, **table(todo, values)}.items())),
    }
    write_text(path, json.dumps(found, indent=1) + "\n")
    write_text(HERE / "sensitivity.md", page(found))


Cell = dict[str, Any]


def table(todo: list[Trial], values: list[dict[str, float | None]]) -> dict[str, dict[str, dict[str, Cell]]]:
    """metric -> data -> damage -> what was seen."""
    drawn: dict[tuple[str, str, str, float], list[float]] = {}
    for trial, answer in zip(todo, values, strict=True):
        for name, value in answer.items():
            if value is not None:
                number = math.log10(max(value, 1e-300)) if name in CHANCES else value
                drawn.setdefault((name, trial.data, trial.damage, trial.amount), []).append(number)
    names = sorted({key[0] for key in drawn})
    return {
        name: {
            data: {d.__name__: cell(drawn, name, data, d.__name__, amounts) for d, amounts in LADDERS.items()}
            for data in DATA
            if (name, data, damages.nothing.__name__, 0) in drawn
        }
        for name in names
    }


def cell(
    drawn: dict[tuple[str, str, str, float], list[float]],
    name: str,
    data: str,
    damage: str,
    amounts: tuple[float, ...],
) -> Cell:
    """Null, means by amount, and the least amount from which on the metric moves, with its direction."""
    null = drawn[name, data, damages.nothing.__name__, 0]
    middle, spread = statistics.mean(null), statistics.stdev(null) if len(null) > 1 else 0.0
    means = {a: statistics.mean(drawn[name, data, damage, a]) for a in amounts if (name, data, damage, a) in drawn}
    scale = max(spread, 1e-9 * max(1.0, abs(middle)))
    moved = {a: (mean - middle) / scale for a, mean in means.items()}
    onset = first_seen(amounts, moved)
    return {
        "null": [middle, spread],
        "means": {f"{a:g}": mean for a, mean in means.items()},
        "seen from": onset,
        "direction": "" if onset is None else "up" if moved[onset] > 0 else "down",
    }


def first_seen(amounts: tuple[float, ...], moved: dict[float, float]) -> float | None:
    """The least amount beyond which the metric is always far from the null, on one side."""
    onset, sign = None, 0.0
    for amount in reversed(amounts):
        z = moved.get(amount, 0.0)
        if abs(z) < FAR or z * sign < 0:
            break
        onset, sign = amount, math.copysign(1, z)
    return onset


def page(found: dict[str, Any]) -> str:
    """A table for each data set, and what every metric misses."""
    parts = [
        "# Which metric sees which damage?",
        "",
        "The least amount from which on a metric lies more than five standard deviations of undamaged real draws away, "
        "and the direction; a dot where it does not move at any amount tried; `mode-balance` as log10 p. Amounts: "
        + "; ".join(f"`{d.__name__}` {', '.join(f'{a:g}' for a in amounts)}" for d, amounts in LADDERS.items())
        + " (what they mean: `benchmarks/metrics/damage.py`).",
        "",
        f"Made by `{found['command']}`, seeds from {found['first seed']}, {found['draws']['null']} real draws and "
        f"{found['draws']['damage']} of each damage, on {found['cores']} cores ({found['cpu']}), "
        f"torch {found['torch']}.",
    ]
    for data, n in found["n"].items():
        parts += ["", f"## {data}, n = {n:,}", "", *rows(found["metrics"], data)]
    parts += ["", "## What each metric misses", "", *missed(found["metrics"]), ""]
    return "\n".join(parts)


def rows(metrics: dict[str, Any], data: str) -> list[str]:
    """One line a metric."""
    kinds = [d.__name__ for d in LADDERS]
    lines = [f"| metric | real | {' | '.join(kinds)} |", f"| --- | --- |{' --- |' * len(kinds)}"]
    for name, by_data in metrics.items():
        if data in by_data:
            cells = by_data[data]
            null = cells[kinds[0]]["null"]
            lines.append(f"| `{name}` | {null[0]:.3g} ± {null[1]:.1g} | {' | '.join(map(shown, cells.values()))} |")
    return lines


def shown(cell: Cell) -> str:
    """`↓ 0.25`, or a dot."""
    if cell["seen from"] is None:
        return "·"
    return f"{'↑' if cell['direction'] == 'up' else '↓'} {cell['seen from']:g}"


def missed(metrics: dict[str, Any]) -> list[str]:
    """The damages that a metric does not see, data set by data set."""
    lines = []
    for name, by_data in metrics.items():
        parts = [f"{data}: {', '.join(blind(cells)) or 'none of these'}" for data, cells in by_data.items()]
        lines.append(f"- `{name}`: {'; '.join(parts)}")
    return lines


def blind(cells: dict[str, Cell]) -> list[str]:
    """Damages whose largest amount leaves a metric where it was."""
    return [damage for damage, cell in cells.items() if cell["seen from"] is None]


if __name__ == "__main__":
    answer_help(__doc__)
    main(tuple(sys.argv[1:]))
