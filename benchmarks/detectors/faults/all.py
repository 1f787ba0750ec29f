"""All scenarios by name, in the order of the tables."""

from __future__ import annotations

from benchmarks.detectors.faults import bookkeeping, data, harmless, initial, numbers, outputs, players, rates
from benchmarks.detectors.faults.base import HEALTHY, SCENARIOS

MODULES = rates, numbers, initial, data, bookkeeping, players, outputs, harmless  #: importing them fills the table
ALL = {HEALTHY.name: HEALTHY, **SCENARIOS}
