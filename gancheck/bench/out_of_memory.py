"""A block that does not fit into memory: its runs fail with what to change, and all others go on."""

from __future__ import annotations

import torch

from gancheck.system.counts import say_count
from gancheck.training.setup import TrainingSetup


def advise_on_training(setup: TrainingSetup) -> str:
    """Why a block failed, and what to write into the suite; the width of a block is part of a run's id, so it is not
    narrowed unasked."""
    seeds, batch = len(setup.seeds), setup.recipe.settings(setup.settings).batch
    fewer = "a smaller block or batch" if seeds > 1 else "a smaller batch"
    return (
        f"out of memory with {say_count(seeds, 'seed')} at once at batch {batch}{most_in_use(setup.device)}: write "
        f"{fewer} into the suite, or take a smaller network"
    )


def advise_on_measuring(setup: TrainingSetup) -> str:
    """Why a trained run could not be measured, and what to write into the suite."""
    used = most_in_use(setup.device)
    return f"out of memory while it was measured{used}: write fewer samples into [evaluation]"


def most_in_use(device: torch.device) -> str:
    """` (71.0 of the GPU's 79.1 GiB)`, or the empty string on a CPU."""
    if device.type != "cuda":
        return ""
    most, whole = torch.cuda.max_memory_allocated(device), torch.cuda.get_device_properties(device).total_memory
    return f" ({most / 2**30:.1f} of the GPU's {whole / 2**30:.1f} GiB)"
