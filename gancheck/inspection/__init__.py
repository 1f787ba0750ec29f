"""A look at training data before any training: what would harm a GAN, or make its metrics mean nothing."""

from __future__ import annotations

from gancheck.inspection.inspect import inspect_data
from gancheck.inspection.inspection import Inspection
from gancheck.inspection.problem import Problem

__all__ = ["Inspection", "Problem", "inspect_data"]
