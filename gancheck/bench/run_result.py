"""One run as the board sees it: a status, the values of its last evaluation, and the real draw's beside them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from gancheck.detectors.base import Alarm
from gancheck.plugins.kinds import KINDS

Status = Literal["done", "diverged", "failed", "timeout", "skipped", "missing"]
Kind = Literal["trained", "oracle", "sampling"]

#: Rows of a board that nobody trained: held-out real data, copies of training data, noise over the data's square.
UNTRAINED = KINDS["strategy"].reserved
FAILED: tuple[Status, ...] = ("diverged", "failed", "timeout")
#: What runs say of the resources that they took: seconds for a thousand samples in training, and for drawing as many;
#: bytes of memory at the most. Older runs do not.
RESOURCES = ("seconds_per_1000", "sampling_seconds_per_1000", "peak_memory")
SHRUNKEN = 0.1  #: spread below which a run is collapsed, however many modes it holds


@dataclass(frozen=True)
class RunResult:
    """The outcome of one recipe on one task (`dataset/gan`) for one seed."""

    recipe: str  #: 'rpgan+r1r2'
    task: str  #: 'ring/mlp'
    seed: int
    status: Status
    values: Mapping[str, float | None]  #: metric -> value at the last evaluation
    real: Mapping[str, float | None]  #: metric -> value of the held-out real draw at the same n
    seconds: float | None  #: training seconds, wall clock
    cpu_seconds: float | None = None  #: training seconds of CPU time; where not known, cost goes by the wall clock
    modes: int = 0  #: how many modes the task's data has
    kind: Kind = "trained"  #: oracle and sampling recipes have their own tables
    reason: str = ""  #: why it is not done
    yardsticks: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)  #: what nobody trained, by name
    knob: str = ""  #: what makes the task harder than the others of its ladder; empty: it stands on none
    level: float = 1.0  #: how hard
    own_loop: bool = False  #: whether the model trains itself, so that no strategy can treat it
    alarms: tuple[Alarm, ...] | None = None  #: None: no detector has seen the training
    state: str | None = None  #: in which state training ended, by its signals; None: not known
    precision: str = "float32"  #: of products in training; only runs in float32 are ranked
    modes_by_step: Mapping[int, float] = field(default_factory=dict)  #: evaluation -> share of the modes held
    resources: Mapping[str, float | None] = field(default_factory=dict)  #: `RESOURCES` -> what the run took

    @property
    def is_model(self) -> bool:
        """Whether a model that trains itself was run, and not a strategy skipped on it."""
        return self.own_loop and self.status != "skipped"

    @property
    def model(self) -> str:
        """The row of a model that trains itself, which is ranked with no strategy: named after the GAN's side."""
        return f"{self.task.partition('/')[2]} (model)"

    @property
    def failed(self) -> bool:
        """Whether the run was tried and came to nothing: it scores 0."""
        return self.status in FAILED

    @property
    def has_outcome(self) -> bool:
        """Whether the run has an outcome, good or bad; skipped and missing runs have none."""
        return self.status == "done" or self.failed

    @property
    def score(self) -> float | None:
        """In [0, 1]; 0 for a failed run, None where there is no outcome."""
        return self.value_or_worst("score")

    @property
    def modes_held(self) -> float | None:
        """Share of the modes that are held, in [0, 1]; 0 for a failed run."""
        return self.share("modes")

    def share(self, metric: str) -> float | None:
        """A count of modes as a share of all of them, in [0, 1]; 0 for a failed run."""
        count = self.value_or_worst(metric) if self.modes else None
        return None if count is None else count / self.modes

    @property
    def collapsed(self) -> bool | None:
        """Under half the modes hold a tenth of their share, or spread < 0.1, or nothing came out; None: not known."""
        if self.failed:
            return True
        share, spread = self.modes_held, self.value("spread")
        if share is None and spread is None:
            return None
        return (share is not None and share < 0.5) or (spread is not None and spread < SHRUNKEN)

    def value(self, metric: str) -> float | None:
        """The metric's value, if the run is done and the value is a finite number."""
        return _finite(self.values.get(metric)) if self.status == "done" else None

    def value_or_worst(self, metric: str) -> float | None:
        """The value of a metric whose worst is 0, which is what a failed run gets."""
        return 0.0 if self.failed else self.value(metric)

    def real_value(self, metric: str) -> float | None:
        """The same metric of the real draw, whatever became of the run."""
        return _finite(self.real.get(metric))

    @property
    def cost(self) -> float | None:
        """What training cost: seconds of CPU time where they are known, else of the wall clock."""
        return self.seconds if self.cpu_seconds is None else self.cpu_seconds

    def as_real(self) -> RunResult:
        """The real draw as if it were a run: score and diversity are 1 by definition."""
        return self.as_untrained("real", {**self.real, "score": 1.0, "diversity": 1.0})

    def as_untrained(self, name: str, values: Mapping[str, float | None]) -> RunResult:
        """Something that nobody trained as if it were a run."""
        none: dict[str, Any] = {
            "seconds": None,
            "cpu_seconds": None,
            "reason": "",
            "alarms": None,
            "state": None,
            "modes_by_step": {},
            "resources": {},
        }
        return replace(self, recipe=name, status="done", values=values, **none)


def _finite(value: float | None) -> float | None:
    return float(value) if value is not None and math.isfinite(value) else None
