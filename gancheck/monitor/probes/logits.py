"""What is measured of a discriminator's logits, where a loop logs them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from gancheck.detectors.signals import LOGITS
from gancheck.errors import BadData
from gancheck.monitor.probes.base import Measured, Number

MEANS = {"d_real": "real_logit", "d_fake": "fake_logit", "d_held_out": "held_out_logit"}


class LogitReader:
    """Means, signs and accuracy of logits; all stay on their device, and nothing waits for it.

    A critic has no zero between real and generated samples (WGAN), so the accuracy is that of the threshold half way
    between both means: it knows neither offset nor scale.
    """

    keywords: tuple[str, ...] = tuple(MEANS)
    requirements: Mapping[str, str] = {
        **dict.fromkeys(
            ("real_logit", "real_sign", "fake_logit", "discriminator_accuracy"), f"{LOGITS}, both in one call"
        ),
        "held_out_logit": "monitor.log(d_held_out=...)",
    }

    def read(self, values: Mapping[str, Any]) -> Measured:
        """Accuracy only where real and generated logits are logged in one call."""
        logits = {name: flat(value, name) for name, value in values.items()}
        numbers: dict[str, Number] = {MEANS[name]: x.mean() for name, x in logits.items()}
        if "d_real" in logits:
            numbers["real_sign"] = logits["d_real"].sign().mean()
        if {"d_real", "d_fake"} <= logits.keys():
            numbers["discriminator_accuracy"] = midpoint_accuracy(logits["d_real"], logits["d_fake"])
        return Measured(numbers)


def flat(value: Any, name: str) -> Tensor:
    """(n,) real numbers without their graph, in float32 at least; BadData where there are none."""
    try:
        x = torch.as_tensor(value).detach().flatten()
    except (TypeError, ValueError, RuntimeError) as error:
        raise BadData(f"{name}: expected a tensor of logits, got {type(value).__name__}") from error
    if not len(x):
        raise BadData(
            f"{name}: expected at least one logit, got a tensor of shape {tuple(torch.as_tensor(value).shape)}"
        )
    x = x.real if x.is_complex() else x
    return x if x.dtype in (torch.float32, torch.float64) else x.float()


def midpoint_accuracy(real: Tensor, fake: Tensor) -> Tensor:
    """Mean of the shares of real logits above, and of generated ones below, the middle of both means; a tie is half.

    Below 1/2 where the two means lie the wrong way round a skewed distribution; NaN where a logit is.
    """
    middle = (real.mean() + fake.mean()) / 2
    return ((real - middle).sign().mean() - (fake - middle).sign().mean()) / 4 + 0.5 + 0 * middle
