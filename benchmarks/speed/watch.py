"""What a monitor costs beside the same loop without it, at a check every ten steps.

    python -m benchmarks.speed.watch

CPU time of one thread, as parts of the plain loop's. The loops take turns after every check, and the median of
the rounds' ratios counts, so that a machine that slows down for a while slows both. Writes watch.json.
"""

from __future__ import annotations

import datetime
import json
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import gancheck as gc
from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments

EVERY, STEPS, ROUNDS = 10, 100, 15
LIMITS = {"cheap": {"mlp": 0.01, "cnn": 0.01}, "standard": {"mlp": 0.10, "cnn": 0.05}}  #: what is asked for
Loop = Callable[[int], None]  #: trains for so many steps


def mlp() -> tuple[nn.Module, Tensor]:
    """A tiny perceptron on digits' size, 128 rows."""
    net = nn.Sequential(nn.Linear(64, 128), nn.ReLU(), nn.Linear(128, 128), nn.ReLU(), nn.Linear(128, 10))
    return net, torch.randn(128, 64)


def cnn() -> tuple[nn.Module, Tensor]:
    """A small convolutional network on 28 x 28 grey images, 32 rows."""
    body = (nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU())
    return nn.Sequential(*body, nn.MaxPool2d(2), nn.Flatten(), nn.Linear(1568, 10)), torch.randn(32, 1, 28, 28)


MODELS = {"mlp": mlp, "cnn": cnn}


def loop(name: str, preset: str | None) -> Loop:
    """Adam on random labels, watched or not."""
    torch.manual_seed(0)
    net, rows = MODELS[name]()
    labels = torch.randint(0, 10, (len(rows),))
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    monitor = gc.watch(net, optimizer, every=EVERY, detectors=preset, on_alarm=ignore) if preset else None

    def train(steps: int) -> None:
        for _ in range(steps):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(rows), labels)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            if monitor is not None:
                monitor.step(loss=loss)

    return train


def ignore(alarm: gc.Alarm) -> None:
    """Nothing is printed while it is timed."""


def seconds(train: Loop, steps: int = STEPS) -> float:
    """CPU seconds of so many steps."""
    start = time.process_time()
    train(steps)
    return time.process_time() - start


def one_round(loops: dict[str | None, Loop], steps: int) -> dict[str | None, float]:
    """CPU seconds of every loop, which take turns after each check."""
    spent = dict.fromkeys(loops, 0.0)
    for _ in range(steps // EVERY):
        for preset, train in loops.items():
            spent[preset] += seconds(train, EVERY)
    return spent


def overhead(name: str, rounds: int = ROUNDS, steps: int = STEPS) -> dict[str, Any]:
    """Of one model: the plain step, and what each preset adds to it, as a share."""
    loops = {preset: loop(name, preset) for preset in (None, *LIMITS)}
    for train in loops.values():
        train(steps)  # the first checks cost more, and everything is loaded
    spent = [one_round(loops, steps) for _ in range(rounds)]
    plain = statistics.median(row[None] for row in spent)
    shares = {preset: statistics.median(row[preset] / row[None] - 1 for row in spent) for preset in LIMITS}
    return {"milliseconds": round(1000 * plain / steps, 3), **{preset: round(s, 4) for preset, s in shares.items()}}


def main() -> None:
    """Measure, print a table, and write watch.json beside this file."""
    torch.set_num_threads(1)
    found = {name: overhead(name) for name in MODELS}
    print("model  ms a step  " + "  ".join(f"{preset} (asked)" for preset in LIMITS))
    for name, row in found.items():
        print(
            f"{name:5}  {row['milliseconds']:9}  " + "  ".join(f"{row[p]:6.1%} ({LIMITS[p][name]:.0%})" for p in LIMITS)
        )
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {"date": when, "machine": machine(), "every": EVERY, "asked": LIMITS, "overhead": found}
    Path(__file__).with_name("watch.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
