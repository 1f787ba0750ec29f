"""Which engine executes cells, as users name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gancheck.bench.execution.base import Executor
from gancheck.bench.execution.local import LocalExecutor
from gancheck.errors import BadParameter, refuse_unknown
from gancheck.system.device import device_type

EngineName = Literal["local", "ray"]


@dataclass(frozen=True)
class Engine:
    """Where cells are worked on; no number depends on it."""

    name: EngineName = "local"
    address: str | None = None  #: of a Ray cluster: "auto" or "HOST:PORT"; None: one of this machine's own
    gpu_share: float = 1.0  #: GPUs of a block on Ray, such as 0.25; on `cuda` only

    def __post_init__(self) -> None:
        refuse_unknown(self.name, get_args(EngineName), "--engine", BadParameter)
        if self.name != "ray" and (self.address is not None or self.gpu_share != 1.0):
            raise BadParameter("--address and --gpu-share are Ray's: add --engine ray")

    def executor(self, device: str, cells: int, jobs: int | None = None, threads: int | None = None) -> Executor:
        """The executor for so many cells; Unsupported where Ray is not installed, or has no cluster there."""
        if self.name == "local":
            return LocalExecutor.of(device, cells, jobs, threads)
        from gancheck.bench.execution.ray import RayExecutor

        return RayExecutor(self.address, threads or 1, self.gpu_share * (device_type(device) == "cuda"), jobs)
