"""A registered metric, ready to be called."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gancheck.errors import BadData, BadParameter, BadPlugin, GancheckError
from gancheck.evaluation.backup import Backup
from gancheck.evaluation.view import View
from gancheck.plugins.info import PluginInfo
from gancheck.statistics.estimate import Estimate


@dataclass(frozen=True, eq=False)
class RegisteredMetric:
    """A registered metric, ready to be called."""

    info: PluginInfo
    function: Callable[[View], Tensor | Estimate]  #: with its parameters set
    label: str = ""  #: as in columns: `precision`, or `precision(k=5)`
    named: bool = False  #: whether somebody asked for it by name
    trusted: bool = False  #: whether it is known to leave a view as it is, as gancheck's own do

    @property
    def max_samples(self) -> int | None:
        """Most samples that it compares; None: all."""
        limit: int | None = self.info.properties["max_samples"]
        return limit

    @property
    def within_classes(self) -> bool:
        """Whether it compares the samples of each class with the real ones of it."""
        return self.info.properties["needs"] == "labels" and not self.info.properties.get("yardstick")

    def __call__(self, view: View) -> float | None:
        """The value, or None where it is not defined for these samples; a metric that raises is named."""
        return self.estimate(view)[0]

    def estimate(self, view: View) -> tuple[float | None, tuple[float, float] | None]:
        """The value, and its interval where the metric gives one; (None, None) where it is not defined."""
        try:
            return self.measure(view)
        except BadData:
            return None, None

    def fitting_answer(self, view: View) -> Tensor | Estimate:
        """What the function gives, in smaller and smaller blocks where the device has no room for them."""
        while True:
            try:
                return self.function(view)
            except torch.OutOfMemoryError:
                if not view.use_less_memory():
                    raise
                torch.cuda.empty_cache()

    def harmless_answer(self, view: View) -> Tensor | Estimate:
        """The same of a metric that may write to the view: BadPlugin where it did, with the view as it was before."""
        backup = Backup(view)
        try:
            answer = self.fitting_answer(view)
        finally:
            changed = backup.restore()
        if changed:
            name, what = self.label or self.info.name, ", ".join(f"view.{name}" for name in changed)
            raise BadPlugin(
                f"metric '{name}' changes {what}, which other metrics read: work on a copy, such as .clone()"
            )
        return answer

    def measure(self, view: View) -> tuple[float | None, tuple[float, float] | None]:
        """The same; BadData, which says why, where the samples do not allow it."""
        try:
            answer = self.fitting_answer(view) if self.trusted else self.harmless_answer(view)
            value = float(answer)
        except (BadData, BadParameter, BadPlugin):
            raise
        except Exception as error:
            name = self.label or self.info.name
            raise GancheckError(f"metric '{name}' raises {type(error).__name__}: {error}") from error
        if not math.isfinite(value):
            return None, None
        ends = (float(answer.low), float(answer.high)) if isinstance(answer, Estimate) else None
        return value, ends if ends and all(map(math.isfinite, ends)) else None
