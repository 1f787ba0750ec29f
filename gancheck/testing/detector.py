"""The contract of a detector."""

from __future__ import annotations

import math

import torch

from gancheck.detectors.base import Detector
from gancheck.detectors.replay import replay
from gancheck.errors import did_you_mean
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require
from gancheck.training.signals import SIGNALS


def check_detector(entry: PluginEntry, registry: Registry) -> list[str]:
    """It is silent on steady, noisy signals, survives NaN, and starts afresh."""
    made = entry.build()
    require(isinstance(made, Detector), "must derive from gancheck.Detector")
    source = torch.Generator().manual_seed(0)
    needs = tuple(entry.info.properties["needs"])
    known = (*SIGNALS, "diversity")
    for name in needs:
        hint = did_you_mean(name, known)
        require(name in known, f"needs the signal '{name}', which no training has.{hint} There are: {', '.join(known)}")
    trace = {name: (1 + 0.2 * torch.randn(400, generator=source)).tolist() for name in needs}
    alarms = [replay({entry.info.name: made}, trace) for _ in range(2)]
    require(not alarms[0], f"raises on steady noise at step {alarms[0][0].step if alarms[0] else 0}")
    require(alarms[0] == alarms[1], "remembers an earlier run: forget everything in start()")
    for bad in (math.nan, math.inf):
        replay({entry.info.name: made}, {name: [bad] * 20 for name in needs})
    return ["silent on steady noise"]
