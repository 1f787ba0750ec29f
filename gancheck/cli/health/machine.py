"""The machine: cores, memory, GPUs, and what compiles."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Iterator

import torch

from gancheck.cli.health.base import Fact, Section
from gancheck.system.cores import available_cores, default_threads
from gancheck.training.compiling import has_compiler

GIBIBYTE = 2**30
SLOWER = "long trainings take about twice as long without it, and their runs have other ids"


def examine_machine() -> Section:
    """What trainings run on."""
    cores = f"{available_cores()} of {os.cpu_count()} to use, {default_threads()} threads in one process"
    facts = (Fact("system", f"{platform.system()} {platform.machine()}"), Fact("cores", cores), *memory())
    return Section("machine", (*facts, torch_build(), *gpus(), *compilers()))


def memory() -> Iterator[Fact]:
    """Of the machine, where the system says it."""
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        yield Fact("memory", f"{size / GIBIBYTE:.1f} GiB")


def torch_build() -> Fact:
    """For CUDA or not."""
    made_for = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU"
    return Fact("torch", f"{torch.__version__}, built for {made_for}")


def gpus() -> Iterator[Fact]:
    """Every GPU that torch sees, with its memory."""
    if not torch.cuda.is_available():
        advice = "no driver, or no GPU: nvidia-smi shows which" if torch.version.cuda else ""
        yield Fact("GPU", "none that torch sees; --device auto takes the CPU", advice, "note" if advice else "good")
        return
    for number in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(number)
        yield Fact(f"cuda:{number}", f"{about.name}, {about.total_memory / GIBIBYTE:.0f} GiB")


def compilers() -> Iterator[Fact]:
    """A C++ compiler for trainings on a CPU, Triton for those on a GPU."""
    found = has_compiler(torch.device("cpu"))
    named = os.environ.get("CXX") or "g++ or clang++"
    place = shutil.which(os.environ.get("CXX") or "g++") or "found"
    if found:
        yield Fact("C++ compiler", place)
    else:
        yield Fact("C++ compiler", f"none ({named})", f"install one, such as g++: {SLOWER}", "note")
    if torch.cuda.is_available():
        good = has_compiler(torch.device("cuda"))
        yield Fact("Triton", "works") if good else Fact("Triton", "none", f"pip install triton: {SLOWER}", "note")
