"""TensorBoard: one folder of events a run, with scalars, pictures of samples, and a table of parameters."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gancheck.bench.trackers.base import Parameters, TrackedRun
from gancheck.monitor.adapters.libraries import library

FOLDER = "tensorboard"


class TensorBoard:
    """Writes `<results>/tensorboard/<task>/<recipe>-seed-<k>`; a run that is tracked again takes its old place.

    Unsupported where the package tensorboard is not installed.
    """

    def __init__(self) -> None:
        library("tensorboard", install="tensorboard")
        self.library = library("torch.utils.tensorboard", install="tensorboard")
        self.writer: Any = None
        self.part, self.place = Path(), Path()
        self.known: Parameters = {}
        self.last: dict[str, float] = {}

    def start(self, run: TrackedRun) -> None:
        """Events are written beside their place, and come into it at the end."""
        self.place = run.folder / FOLDER / run.name
        self.part = self.place.with_name(f".{self.place.name}.part")
        shutil.rmtree(self.part, ignore_errors=True)  # of a process that was killed
        self.writer, self.last = self.library.SummaryWriter(str(self.part)), {}

    def parameters(self, values: Parameters) -> None:
        """For the tab HParams, where they stand beside the last numbers."""
        self.known = values

    def metrics(self, values: Mapping[str, float], step: int) -> None:
        """A scalar each."""
        for name, value in values.items():
            self.writer.add_scalar(name, value, step)
        self.last |= values

    def samples(self, picture: NDArray[np.uint8], step: int) -> None:
        """Under the tab Images."""
        self.writer.add_image("samples", picture, step, dataformats="HWC")

    def end(self, status: str) -> None:
        """The table of parameters, and how the run ended."""
        plain = {name: value for name, value in self.last.items() if "/" not in name}
        for summary in self.library.summary.hparams({**self.known, "status": status}, plain):
            self.writer.file_writer.add_summary(summary)
        self.writer.close()
        shutil.rmtree(self.place, ignore_errors=True)
        self.part.rename(self.place)
