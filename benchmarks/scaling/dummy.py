"""A suite whose runs do nothing but hold a core for so long, so that what is left of the clock is the engine's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from gancheck.bench.plan import Plan

SUITE = """\
recipes = ["none"]
seeds = {seeds}
block = {block}
budget = {{ steps = 1, evaluations = 1 }}
evaluation = {{ samples = 100, metrics = ["modes", "quality"] }}
task = [
{tasks}
]
"""
TASK = """\
  {{ name = "{number}", dataset = "ring(sigma=0.1)", gan = {{ name = "dummy", work = {work}, task = {number} }} }},\
"""
GAN = """\
import time
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("dummy")
@dataclass(frozen=True)
class Dummy(gc.Gan):
    work: float = 0.0  #: seconds of CPU time
    task: int = 0

    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            end = time.thread_time() + self.work
            while time.thread_time() < end:
                pass
"""


@dataclass(frozen=True)
class DummySuite:
    """How many runs, in which blocks, and what each takes."""

    seeds: int
    tasks: int = 1
    block: int = 1
    work: float = 0.0  #: seconds of CPU time of a run

    def plan(self, place: Path, out: str) -> Plan:
        """What a call would do, with its files in that folder."""
        tasks = "\n".join(TASK.format(work=self.work, number=number) for number in range(self.tasks))
        text = SUITE.format(seeds=self.seeds, block=self.block, tasks=tasks)
        (place / "dummies.toml").write_text(text, encoding="utf-8")
        (place / "dummy.py").write_text(GAN, encoding="utf-8")
        return Plan.make(place / "dummies.toml", [place / "dummy.py"], out=place / out, device="cpu")
