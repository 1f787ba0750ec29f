"""What a run leaves beside its numbers, none of which changes one of them: checkpoints, samples, grids, players."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gancheck.errors import BadParameter, refuse_unknown

Keep = Literal["samples", "grids", "players"]

CHECKPOINT = 600.0  #: seconds of training from one checkpoint to the next


@dataclass(frozen=True)
class SideFiles:
    """What is written, and how often."""

    checkpoint: float = CHECKPOINT  #: seconds of training from one checkpoint to the next; 0: none
    keep: tuple[str, ...] = ()
    profile: bool = False  #: time some steps of every task first

    def __post_init__(self) -> None:
        if not self.checkpoint >= 0:
            raise BadParameter(f"checkpoint = {self.checkpoint:g}: takes seconds of training, or 0 for none")
        for name in self.keep:
            refuse_unknown(name, get_args(Keep), "what --keep takes", BadParameter)
