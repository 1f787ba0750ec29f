"""All programs, in the order of the tables."""

from __future__ import annotations

from benchmarks.detectors.programs import (
    deep_sigmoid,
    diffusion,
    digits_cnn,
    digits_gan,
    digits_mlp,
    dirac_gan,
    recurrent,
    regression,
    ring_gan,
    transformer,
    vae,
)
from benchmarks.detectors.programs.base import Program

MODULES = (
    digits_mlp,
    digits_cnn,
    regression,
    deep_sigmoid,
    recurrent,
    transformer,
    vae,
    diffusion,
    ring_gan,
    digits_gan,
    dirac_gan,
)
PROGRAMS: dict[str, Program] = {module.PROGRAM.name: module.PROGRAM for module in MODULES}
