"""What is measured of a loop's batches: the range of the first inputs, and the shares of the classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured

BATCHES = 20  #: inputs are looked at so often
CLASSES = 1_000  #: at most; labels beyond are not counted


class BatchReader:
    """Inputs of the first batches, and labels of all.

    Inputs of whole numbers are indices (tokens), which have no range to speak of. The shares of classes are given
    whenever twice as many labels have come as the last time, so that the device is waited for some twenty times at
    most; labels that are no vector of whole numbers (masks, one-hot rows) are not counted.
    """

    keywords: tuple[str, ...] = ("inputs", "labels")
    requirements: Mapping[str, str] = {
        **dict.fromkeys(("label_share", "label_count"), "monitor.log(labels=...), a vector of whole numbers"),
        **dict.fromkeys(
            ("input_mean", "input_deviation", "input_size"), "monitor.log(inputs=...), which are no indices"
        ),
    }

    def __init__(self) -> None:
        self.batches = 0
        self.counts: Tensor | None = None  #: (CLASSES + 1,), the last for labels out of range
        self.labels, self.said = 0, 0  #: how many labels came, and how many had come when shares were last given

    def read(self, values: Mapping[str, Any]) -> Measured:
        """What is new of both."""
        made = Measured()
        if "inputs" in values and self.batches < BATCHES:
            made.update(self.of_inputs(tensor(values["inputs"], "inputs")))
        if "labels" in values:
            made.update(self.of_labels(tensor(values["labels"], "labels")))
        return made

    def of_inputs(self, x: Tensor) -> Measured:
        """Mean, deviation and size of a batch; nothing of indices."""
        if not (x.is_floating_point() or x.is_complex()) or not x.numel():
            return Measured()
        self.batches += 1
        x = torch.view_as_real(x) if x.is_complex() else x
        x = x.float() if x.dtype in (torch.float16, torch.bfloat16) else x
        mean, deviation = x.mean(), x.std(unbiased=False)
        return Measured({"input_mean": mean, "input_deviation": deviation, "input_size": x.abs().amax()})

    def of_labels(self, y: Tensor) -> Measured:
        """Shares of the classes seen so far, where there are twice as many labels as the last time."""
        y = y[:, 0] if y.dim() == 2 and y.shape[1] == 1 else y
        if y.is_floating_point() or y.is_complex() or y.dim() != 1:
            return Measured()
        if self.counts is None or self.counts.device != y.device:
            before = torch.zeros(CLASSES + 1, device=y.device) if self.counts is None else self.counts.to(y.device)
            self.counts = before
        place = torch.where((y >= 0) & (y < CLASSES), y.long(), CLASSES)
        self.counts.index_add_(0, place, torch.ones_like(place, dtype=self.counts.dtype))
        self.labels += len(y)
        return self.shares(self.counts) if self.labels >= 2 * self.said else Measured()

    def shares(self, counts: Tensor) -> Measured:
        """Share of each class that was seen, and how many labels there were."""
        self.said = self.labels
        seen = {str(place): count for place, count in enumerate(counts[:CLASSES].tolist()) if count}
        total = sum(seen.values())
        layers = {"label_share": {name: count / total for name, count in seen.items()}} if seen else {}
        return Measured({"label_count": total}, layers)


def tensor(value: Any, name: str) -> Tensor:
    """A tensor without its graph; BadData where the value is none."""
    try:
        return torch.as_tensor(value).detach()
    except (TypeError, ValueError, RuntimeError) as error:
        raise BadData(f"{name}: expected a tensor or an array, got {type(value).__name__}") from error
