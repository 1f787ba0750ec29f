"""What a monitor holds after many steps: memory, objects and its state stay as they are.

    python -m benchmarks.speed.long_watch

A tiny perceptron, 100,000 updates, the standard preset at a check every ten steps, with a trace. Each of the ten rows
is taken after 10,000 updates. Writes long_watch.json.
"""

from __future__ import annotations

import datetime
import gc as collector
import json
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import nn

import gancheck as gc
from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments
from gancheck.monitor.monitor import Monitor

STEPS, ROWS = 100_000, 10


def resident() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * 4096 / 2**20


def row(step: int, monitor: Monitor, trace: Path) -> dict[str, Any]:
    """What is held after so many steps."""
    collector.collect()
    objects = collector.get_objects()
    tensors = sum(isinstance(each, torch.Tensor) for each in objects)
    return {
        **{"step": step, "mebibytes": round(resident(), 1), "objects": len(objects), "tensors": tensors},
        **{"checks kept": len(monitor.history), "alarms": len(monitor.alarms)},
        "state in bytes": len(json.dumps(monitor.state_dict())),
        "trace in bytes a step": round(trace.stat().st_size / step),
    }


def train(steps: int, rows: int, trace: Path) -> list[dict[str, Any]]:
    """Watch so many updates on random labels; what is held after each part of them."""
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(16, 32), nn.ReLU(), nn.Linear(32, 10))
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    found: list[dict[str, Any]] = []
    with gc.watch(net, optimizer, detectors="standard", trace=trace, on_alarm=lambda alarm: None) as monitor:
        for step in range(1, steps + 1):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(net(torch.randn(32, 16)), torch.randint(0, 10, (32,)))
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            monitor.step(loss=loss)
            if step % (steps // rows) == 0:
                found.append(row(step, monitor, trace))
    return found


def main() -> None:
    """Train, print a line for each part, and write long_watch.json beside this file."""
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as folder:
        found = train(STEPS, ROWS, Path(folder) / "trace.jsonl")
    for each in found:
        print("  ".join(f"{name} {value:,}" for name, value in each.items()))
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {"date": when, "machine": machine(), "rows": found}
    Path(__file__).with_name("long_watch.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
