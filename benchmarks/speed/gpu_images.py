"""Images and metrics on a GPU: how convolutions are stacked best, and how far metrics are from their CPU packages.

    python -m benchmarks.speed.gpu_images                # writes gpu_images.json beside this file, within three minutes
    python -m benchmarks.speed.gpu_images --only frechet features --out FILE --seconds 100
    python -m benchmarks.speed.gpu_images --stand-in     # tiny, on a CPU, without CUDA graphs; writes nothing

Nothing is downloaded: images are random, and Inception has random weights. Rates are seed-steps per second.
"""

from __future__ import annotations

import argparse
import datetime
import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from benchmarks.machine import machine
from benchmarks.speed import gpu_convolutions, gpu_metrics
from benchmarks.speed.gpu_place import Figures, Place


def many_processes(place: Place) -> Figures:
    """64 hand-written loops on points as 64 processes, beside the engine's 64 seeds in `gpu.json`."""
    count, seconds = (2, 0.2) if place.tiny else (64, 3.0)
    told = [sys.executable, "-m", "benchmarks.speed.gpu_processes", str(count), str(seconds)]
    done = subprocess.run(told, capture_output=True, text=True, check=False, timeout=150)
    rate = json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else done.stderr.splitlines()[-1:]
    yield f"none 64x128: by hand, {count} processes", rate


SECTIONS: dict[str, Callable[[Place], Figures]] = {
    "frechet": gpu_metrics.frechet_distance,
    "features": gpu_metrics.feature_extraction,
    "balls": gpu_metrics.neighbour_balls,
    "processes": many_processes,
    "convolutions": gpu_convolutions.convolutions,
}


@dataclass
class Measurement:
    """Figures as they come, kept after each of them, until the time is over."""

    place: Place
    out: Path | None
    seconds: float

    def run(self, sections: list[str]) -> dict[str, Any]:
        """All figures of some sections; one that fails says why, and the others go on."""
        self.began, found = time.perf_counter(), dict[str, Any]()
        for name in sections:
            try:
                for label, value in SECTIONS[name](self.place):
                    self.keep(found, f"{name}: {label}", value)
                    if self.spent() > self.seconds:
                        self.keep(found, "stopped", f"after {self.seconds:.0f} s, in {name}")
                        return found
            except Exception as error:
                self.keep(found, f"{name}: failed", f"{type(error).__name__}: {error}")
        return found

    def spent(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.began

    def keep(self, found: dict[str, Any], label: str, value: Any) -> None:
        """Note a figure, print it, and write all of them."""
        found[label] = value
        print(f"[{self.spent():5.0f} s] {label}: {value}", flush=True)
        if self.out is not None:
            when = datetime.datetime.now(datetime.UTC).date().isoformat()
            made = {"date": when, "machine": machine(), "card": self.place.card, "figures": found}
            self.out.write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_name("gpu_images.json"))
    parser.add_argument("--seconds", type=float, default=170.0, help="after which nothing new is begun")
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), default=list(SECTIONS))
    parser.add_argument("--stand-in", action="store_true", help="tiny, on the CPU, to see that it runs")
    told = parser.parse_args()
    if not told.stand_in and not torch.cuda.is_available():
        print("no CUDA device; --stand-in runs the same on the CPU, to see that it works")
        return
    place = Place.stand_in() if told.stand_in else Place.gpu()
    Measurement(place, None if told.stand_in else told.out, told.seconds).run(told.only)


if __name__ == "__main__":
    main()
