"""What a monitor cannot see of a model, and what would let it: compiled forward passes, parameters in several parts."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from torch import nn

from gancheck.monitor.probes.parameters import is_sharded, with_shape

log = logging.getLogger("gancheck")
COMPILED = "a model that is not compiled, as torch.compile calls no hooks: train some hundred steps without it"
SHARDED = "parameters that the first process holds whole, which DTensors are not (FSDP2, tensor parallelism)"


def requirements_of_models(models: Mapping[str, nn.Module]) -> dict[str, str]:
    """Signals that these models, as they are handed over, never give -> what it takes for one to be there."""
    from gancheck.monitor.probes.activations import ActivationProbe
    from gancheck.monitor.probes.gradients import GradientProbe
    from gancheck.monitor.probes.path import PathProbe
    from gancheck.monitor.probes.weights import WeightProbe

    found: dict[str, str] = {}
    if any(is_compiled(module) for module in models.values()):
        found |= dict.fromkeys(ActivationProbe.signals, COMPILED)
    if count_sharded(models) and len(models) > 1:
        found |= dict.fromkeys(PathProbe.signals, SHARDED)
    if count_sharded(models) and not any(True for module in models.values() for _ in with_shape(module)):
        found |= dict.fromkeys((*GradientProbe.signals, *WeightProbe(models).requirements), SHARDED)
    return found


def is_compiled(module: nn.Module) -> bool:
    """Whether `torch.compile` or `module.compile()` runs it, or a part of it."""
    parts = list(module.modules())
    return any("_orig_mod" in part._modules or part._compiled_call_impl is not None for part in parts)


def count_sharded(models: Mapping[str, nn.Module]) -> int:
    """Parameters whose parts lie in several processes, as DTensors."""
    return sum(is_sharded(p) for module in models.values() for p in module.parameters())


def tell_sharded(models: Mapping[str, nn.Module]) -> None:
    """Say once that parameters in several parts are left out, or measured as far as they lie in this process."""
    if count := count_sharded(models):
        log.warning("gancheck: %d parameters are DTensors (FSDP2, tensor parallelism) and are not watched", count)
    kinds = {type(part).__name__ for module in models.values() for part in module.modules()}
    if "FullyShardedDataParallel" in kinds:
        log.warning("gancheck: of parameters under FSDP1 only the part that the first process holds is watched")
