"""What figures were measured on."""

from __future__ import annotations

import os
import platform
from pathlib import Path

import numpy
import scipy
import torch


def machine() -> dict[str, object]:
    """What the figures were measured on."""
    cpu = next((x.split(":")[1].strip() for x in cpu_lines() if x.startswith("model name")), platform.processor())
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}
    return {"cpu": cpu, "cores": os.cpu_count(), **versions, "scipy": scipy.__version__}


def cpu_lines() -> list[str]:
    """The kernel's description of the processor, where there is one."""
    path = Path("/proc/cpuinfo")
    return path.read_text().splitlines() if path.exists() else []
