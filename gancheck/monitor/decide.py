"""One decision for all processes of a distributed training."""

from __future__ import annotations

from typing import Any

import torch.distributed as dist

from gancheck.detectors.base import Alarm


def agree(fresh: list[Alarm]) -> list[Alarm]:
    """The alarms of rank 0, in every process, so that all stop at the same step; what it is given elsewhere."""
    if not (dist.is_available() and dist.is_initialized() and dist.get_world_size() > 1):
        return fresh
    shared: list[Any] = [[alarm.row() for alarm in fresh]]
    dist.broadcast_object_list(shared, src=0)
    return [Alarm(**row) for row in shared[0]]
