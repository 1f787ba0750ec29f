"""Which engine executes cells, as users name it."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
    apart: bool = False  #: in other processes also where one would do, as this one has more to do than to train

    def __post_init__(self) -> None:
        refuse_unknown(self.name, get_args(EngineName), "--engine", BadParameter)
        if self.name != "ray" and (self.address is not None or self.gpu_share != 1.0):
            raise BadParameter("--address and --gpu-share are Ray's: add --engine ray")

    def refuse_idle_share(self, device: str) -> None:
        """BadParameter where a share of a GPU is asked for, and there is none."""
        if self.gpu_share != 1.0 and device_type(device) != "cuda":
            raise BadParameter(f"--gpu-share has no effect on {device}; leave it out, or name a GPU: --device cuda")

    def executor(self, device: str, cells: int, jobs: int | None = None, threads: int | None = None) -> Executor:
        """The executor for so many cells; Unsupported where Ray is not installed, or has no cluster there."""
        self.refuse_idle_share(device)
        if self.name == "local":
            return replace(LocalExecutor.of(device, cells, jobs, threads), apart=self.apart)
        from gancheck.bench.execution.ray import RayExecutor

        return RayExecutor(self.address, threads or 1, self.gpu_share * (device_type(device) == "cuda"), jobs)
