"""The most memory that a training took: of the process on a CPU, of PyTorch's allocator on a GPU."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path

import torch

STATUS, RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


class PeakMemory:
    """Counts from when it is made.

    On Linux the kernel's high-water mark of the process is set back; elsewhere the mark is of the whole process so far.
    """

    def __init__(self, device: torch.device) -> None:
        self.device = device
        if device.type == "cuda":
            torch.cuda.reset_peak_memory_stats(device)
        else:
            with suppress(OSError):
                RESET.write_text("5", encoding="ascii")

    def read(self) -> int:
        """Bytes."""
        if self.device.type == "cuda":
            return int(torch.cuda.max_memory_allocated(self.device))
        return resident_peak()


def resident_peak() -> int:
    """The process's largest resident memory, in bytes; 0 on Windows, which is not asked."""
    with suppress(OSError, StopIteration):
        lines = STATUS.read_text(encoding="ascii").splitlines()
        return 1024 * int(next(line for line in lines if line.startswith("VmHWM")).split()[1])
    with suppress(ImportError):
        import resource  # not there on Windows

        unit = 1 if sys.platform == "darwin" else 1024
        return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return 0
