"""What training leaves behind for one seed: the generator at every evaluation point, the trace, and how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_type_hints

import msgspec
import safetensors
import safetensors.torch
import torch
from torch import Tensor

from gancheck.errors import StoreError
from gancheck.gans.state import Kept, Params
from gancheck.system.files import refuse_link, replacing

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
    peak_memory: int = 0  #: bytes, see `PeakMemory`; 0 where it is not known
    path: str = ""  #: how it was computed, such as "stacked-traced"
    path_reason: str = ""  #: why it was not computed as wanted; empty where it was
    snapshots: dict[int, Kept] = field(default_factory=dict)  #: step -> what is evaluated
    players: dict[str, Params] = field(default_factory=dict)  #: every network at the end; not written to the file
    trace: dict[str, Tensor] = field(default_factory=dict)  #: signal -> (steps done,) float32, NaN where not measured

    def save(self, path: Path, spec: dict[str, Any]) -> None:
        """Write everything to one safetensors file, beside and renamed."""
        tensors = snapshot_tensors(self)
        tensors |= {f"trace/{name}": t for name, t in self.trace.items()}
        about = {k: getattr(self, k) for k in ABOUT}
        with replacing(path) as part:
            held = {k: t.detach().cpu().clone(memory_format=torch.contiguous_format) for k, t in tensors.items()}
            points = {step: list(kept.weights) for step, kept in self.snapshots.items()}
            facts = {"outcome": json.dumps(about), "spec": json.dumps(spec), "points": json.dumps(points)}
            part.write_bytes(safetensors.torch.save(held, facts))

    @classmethod
    def load(cls, path: Path) -> TrainingRecord:
        """Read it back; a broken file is a StoreError that names it."""
        refuse_link(path)
        try:
            with safetensors.safe_open(path, "pt") as file:
                made = cls(**read_outcome(file.metadata()["outcome"]))
                made.snapshots = empty_snapshots(json.loads(file.metadata().get("points", "[]")))
                for name in file.keys():  # noqa: SIM118 (safetensors' handle is no mapping)
                    made.put(name, file.get_tensor(name))
        except (
            OSError,
            safetensors.SafetensorError,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            RecursionError,
        ) as error:
            raise StoreError(f"{path} is not a whole training record ({error}); remove it and run again") from error
        return made

    def put(self, name: str, tensor: Tensor) -> None:
        """Sort one stored tensor into snapshots or trace."""
        place, _, rest = name.partition("/")
        if place == "trace":
            self.trace[rest] = tensor
        else:
            put_kept(self.snapshots.setdefault(int(place), Kept({})), rest, tensor)


#: What a file says of a record beside its tensors.
ABOUT = ("seed", "status", "reason", "seconds", "cpu_seconds", "updates", "peak_memory", "path", "path_reason")


def read_outcome(text: str) -> dict[str, Any]:
    """What a file says of a record beside its tensors; KeyError or ValueError where it is of other types."""
    types = get_type_hints(TrainingRecord)
    return {name: msgspec.convert(value, types[name]) for name, value in json.loads(text).items()}


def empty_snapshots(points: dict[str, list[str]] | list[int]) -> dict[int, Kept]:
    """Snapshots of players without any tensor, by step; older files name the steps alone, and hold the generator."""
    players = points if isinstance(points, dict) else {str(step): ["generator"] for step in points}
    return {int(step): Kept({name: {} for name in names}) for step, names in players.items()}


def snapshot_tensors(record: TrainingRecord) -> dict[str, Tensor]:
    """Every tensor of a record's snapshots, under its step and its way in."""
    points = record.snapshots.items()
    return {f"{step}/{name}": t for step, kept in points for name, t in flatten_kept(kept).items()}


def flatten_kept(kept: Kept) -> dict[str, Tensor]:
    """Every tensor of a snapshot under its way in: `["weights", "generator", "0.weight"]`, as JSON."""
    return dict(leaves({"weights": kept.weights, "memory": kept.memory}, ()))


def leaves(tree: Mapping[str, Any], way: tuple[str, ...]) -> Iterator[tuple[str, Tensor]]:
    """The tensors of nested dictionaries with their ways in."""
    for name, value in tree.items():
        if isinstance(value, Mapping):
            yield from leaves(value, (*way, name))
        else:
            yield json.dumps([*way, name]), value


def put_kept(kept: Kept, name: str, tensor: Tensor) -> None:
    """Put one stored tensor in its place; a plain name, as older files have them, is the generator's."""
    kind, *ways, last = json.loads(name) if name.startswith("[") else ("weights", "generator", name)
    place: dict[str, Any] = {"weights": kept.weights, "memory": kept.memory}[kind]
    for way in ways:
        place = place.setdefault(way, {})
    place[last] = tensor
