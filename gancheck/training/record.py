"""What training leaves behind for one seed: the generator at every evaluation point, the trace, and how it ended."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import safetensors
import safetensors.torch
from torch import Tensor

from gancheck.errors import StoreError
from gancheck.gans.state import Params
from gancheck.system.files import replacing

Status = Literal["done", "diverged", "failed", "timeout", "skipped"]


@dataclass
class TrainingRecord:
    """One seed's training."""

    seed: int
    status: Status = "done"
    reason: str = ""  #: empty when done
    seconds: float = 0.0  #: training time; a block's time is shared equally among its seeds
    cpu_seconds: float = 0.0  #: the same as CPU time of the process, all threads together
    updates: int = 0  #: discriminator updates made
    path: str = ""  #: how it was computed, such as "stacked-traced"
    snapshots: dict[int, Params] = field(default_factory=dict)  #: step -> generator's evaluation weights and buffers
    trace: dict[str, Tensor] = field(default_factory=dict)  #: signal -> (steps done,) float32, NaN where not measured

    def save(self, path: Path, spec: dict[str, Any]) -> None:
        """Write everything to one safetensors file, beside and renamed."""
        tensors = {f"{step}/{name}": t for step, params in self.snapshots.items() for name, t in params.items()}
        tensors |= {f"trace/{name}": t for name, t in self.trace.items()}
        about = {k: getattr(self, k) for k in ("seed", "status", "reason", "seconds", "cpu_seconds", "updates", "path")}
        with replacing(path) as part:
            held = {k: t.detach().cpu().contiguous() for k, t in tensors.items()}
            facts = {"outcome": json.dumps(about), "spec": json.dumps(spec), "points": json.dumps(list(self.snapshots))}
            part.write_bytes(safetensors.torch.save(held, facts))

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read it back; a broken file is a StoreError that names it."""
        try:
            with safetensors.safe_open(path, "pt") as file:
                made = cls(**json.loads(file.metadata()["outcome"]))
                made.snapshots = {point: {} for point in json.loads(file.metadata().get("points", "[]"))}
                for name in file.keys():  # noqa: SIM118 (safetensors' handle is no mapping)
                    made.put(name, file.get_tensor(name))
        except (OSError, safetensors.SafetensorError, KeyError, TypeError, ValueError) as error:
            raise StoreError(f"{path} is not a whole training record ({error}); remove it and run again") from error
        return made

    def put(self, name: str, tensor: Tensor) -> None:
        """Sort one stored tensor into snapshots or trace."""
        place, _, rest = name.partition("/")
        if place == "trace":
            self.trace[rest] = tensor
        else:
            self.snapshots.setdefault(int(place), {})[rest] = tensor
