"""What the engine does on a GPU: does it agree with the CPU, is it captured, how fast is it. `make speed DEVICE=cuda`.

    python -m benchmarks.speed.gpu              # writes gpu.json beside this file; stops by itself within three minutes
    python -m benchmarks.speed.gpu --stand-in   # the same on a CPU, without CUDA graphs; writes nothing

The hand-written loop trains one seed; it is measured as people write it, and with its whole step in a CUDA graph, which
is the best that one seed can do. Rates are seed-steps per second of wall time.
"""

from __future__ import annotations

import datetime
import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._pytree import tree_flatten, tree_map

from benchmarks.machine import machine
from benchmarks.speed.by_hand import HandLoop, points_loop
from benchmarks.speed.training import points_setup
from benchmarks.usage import answer_help
from gancheck.training.compiled_step import CompiledStep
from gancheck.training.diversity import DiversityProbe
from gancheck.training.replay import CudaGraph
from gancheck.training.streams import ExtendedStream, Stream
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import Execution, ExecutionPath

LIMIT = 170.0  #: seconds after which nothing new is begun
FAMILIES = ("wgan-gp", "r1", "pacgan+ema", "spectral-norm", "minibatch-std", "mode-seeking", "unrolled(k=1)", "dropout")
Figures = Iterator[tuple[str, Any]]


class Moved:
    """Draws of another device's stream, so that two devices train on the same numbers."""

    def __init__(self, stream: Stream | ExtendedStream, device: torch.device) -> None:
        self.stream, self.device = stream, device

    @property
    def position(self) -> int:
        """Number of the next draw."""
        return self.stream.position

    @position.setter
    def position(self, position: int) -> None:
        self.stream.position = position

    def next(self) -> Any:
        """The next draw, moved."""
        return tree_map(lambda t: t.to(self.device), self.stream.next())

    def pick(self, places: list[int]) -> list[Tensor]:
        """Some of the next draw's tensors, moved."""
        return [t.to(self.device) for t in self.stream.pick(places)]


class Check:
    """The figures of one device."""

    def __init__(self, device: torch.device, seconds: float, seeds: tuple[int, ...], shapes: tuple[Any, ...]) -> None:
        self.device, self.seconds, self.seeds, self.shapes = device, seconds, seeds, shapes

    def figures(self) -> Figures:
        """One after another, the most important first."""
        for recipe in ("none", "r1"):
            yield (
                f"{recipe}: largest relative difference of a weight to the CPU's after 32 steps",
                self.agreement(recipe),
            )
        first, *others = self.shapes
        yield from self.rates(*first)
        for recipe in FAMILIES:
            yield f"{recipe}: path", str(self.trainer(recipe, 64, 64, 2, "compiled")[1])
        for width, batch in others:
            yield from self.rates(width, batch)

    def rates(self, width: int, batch: int) -> Figures:
        """The engine against the hand-written loops, for more and more seeds."""
        label = f"none {width}x{batch}"
        hand = self.rate(self.hand(width, batch).step, 1)
        yield f"{label}: by hand", hand
        yield f"{label}: by hand, captured", self.rate(self.captured_hand(width, batch), 1)
        for seeds in self.seeds:
            start = time.perf_counter()
            trainer, path = self.trainer("none", width, batch, seeds, "compiled")
            yield f"{label}, {seeds} seeds: path, seconds to prepare", (path, round(time.perf_counter() - start, 1))
            rate = self.rate(trainer.step, seeds)
            yield f"{label}, {seeds} seeds: gancheck, times by hand", (rate, round(rate / hand, 1))
            yield f"{label}, {seeds} seeds: milliseconds of a look", round(1000 * self.look(trainer), 1)

    def trainer(self, recipe: str, width: int, batch: int, seeds: int, execution: Execution) -> tuple[Trainer, str]:
        """A block on this device, and the path that it took."""
        setup = replace(points_setup(recipe, width, batch, execution, seeds), device=self.device)
        trainer = Trainer(setup)
        return trainer, str(trainer.prepare().path)

    def agreement(self, recipe: str) -> float:
        """How far one graph, captured, on this device comes from traced turns on the CPU, on the same draws."""
        on_cpu = replace(points_setup(recipe, 64, 64, "traced", 3), device=torch.device("cpu"))
        there, spare = Trainer(on_cpu), Trainer(on_cpu)
        here = Trainer(replace(on_cpu, device=self.device))
        for trainer in (there, spare, here):
            trainer.prepare()
        for mine, theirs in zip(here.updates.values(), spare.updates.values(), strict=True):
            mine.batches, mine.latents = Moved(theirs.batches, self.device), Moved(theirs.latents, self.device)  # type: ignore[assignment]
        here.play = CompiledStep(here.replicas, here.order, ExecutionPath("stacked", "compiled"), capture=self.capture)
        for _ in range(32):
            there.step()
            here.step()
        pairs = zip(*(tree_flatten(trainer.replicas.weights)[0] for trainer in (here, there)), strict=True)
        return max(float((a.cpu() - b).abs().max() / b.abs().max()) for a, b in pairs)

    def hand(self, width: int, batch: int) -> HandLoop:
        """The hand-written loop on this device."""
        return points_loop("none", width, batch, careful=True, device=self.device)

    def captured_hand(self, width: int, batch: int) -> Callable[[], None]:
        """The hand-written loop with its step in a graph."""
        return self.capture(points_loop("none", width, batch, careful=True, device=self.device, capturable=True).step)

    @property
    def capture(self) -> Callable[[Callable[[], None]], Callable[[], None]]:
        """A CUDA graph, or on a CPU the body itself."""
        return CudaGraph if self.device.type == "cuda" else lambda body: body

    def rate(self, step: Callable[[], object], seeds: int) -> float:
        """Seed-steps per second, the median of three turns."""
        rates = []
        for _ in range(3):
            steps, start = 0, time.perf_counter()
            while time.perf_counter() - start < self.seconds:
                for _ in range(16):
                    step()
                steps += 16
                self.wait()
            rates.append(seeds * steps / (time.perf_counter() - start))
        return round(statistics.median(rates), 1)

    def look(self, trainer: Trainer) -> float:
        """Seconds of a pause: how varied the samples of all seeds are, and whether their weights are finite."""
        seeds, probe = len(trainer.setup.seeds), DiversityProbe(trainer.sampler, trainer.setup.dataset, self.device)
        probe(trainer.live_generators(), seeds)
        start = time.perf_counter()
        probe(trainer.live_generators(), seeds)
        trainer.are_finite()
        return time.perf_counter() - start

    def wait(self) -> None:
        """Let the device finish."""
        if self.device.type == "cuda":
            torch.cuda.synchronize()


def run(check: Check) -> dict[str, Any]:
    """All figures, printed as they come; what is not measured within the time is said."""
    start, found = time.perf_counter(), dict[str, Any]()
    for name, value in check.figures():
        found[name] = value
        print(f"[{time.perf_counter() - start:5.0f} s] {name}: {value}", flush=True)
        if time.perf_counter() - start > LIMIT:
            found["stopped"] = f"after {LIMIT:.0f} s; what comes later was not measured"
            break
    return found


def main(arguments: list[str]) -> int:
    """Measure, and write gpu.json beside this file."""
    if "--stand-in" in arguments:
        run(Check(torch.device("cpu"), 0.1, (3,), ((32, 32),)))
        return 0
    if not torch.cuda.is_available():
        print("no CUDA device; --stand-in runs the same on the CPU, to see that it works", file=sys.stderr)
        return 0
    found = run(Check(torch.device("cuda"), 1.0, (5, 64, 256, 1024), ((64, 128), (128, 256))))
    when = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {"date": when, "machine": machine(), "card": torch.cuda.get_device_name(), "figures": found}
    Path(__file__).with_name("gpu.json").write_text(json.dumps(made, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    answer_help(__doc__)
    sys.exit(main(sys.argv[1:]))
