"""my-plugin keeps its contract, and its loss is the paper's: run `pytest` in this folder."""

from __future__ import annotations

from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import gancheck as gc

FILE = Path(__file__).with_name("my_plugin.py")


def test_the_contract_is_kept() -> None:
    assert gc.check(FILE)


def test_the_loss_is_cross_entropy_with_a_smaller_target() -> None:
    """One game with small networks: `real` and `fake` are the discriminator's logits, by a plain call."""
    opened = gc.testing.game("my-plugin(smoothing=0.2)", registry=gc.Registry.load([FILE]))
    real = binary_cross_entropy_with_logits(opened.real, torch.full_like(opened.real, 0.8))
    fake = binary_cross_entropy_with_logits(opened.fake, torch.zeros_like(opened.fake))
    torch.testing.assert_close(opened.loss(), real + fake)
