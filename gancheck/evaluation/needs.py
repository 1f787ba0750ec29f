"""What a metric may need beside the samples; a module of its own, so that reading it loads nothing heavy."""

from __future__ import annotations

from typing import Literal

Needs = Literal["samples", "reference", "modes", "train", "images", "classes", "labels"]
