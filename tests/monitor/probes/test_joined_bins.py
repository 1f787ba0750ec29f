from __future__ import annotations

import torch
from torch import Tensor

from gancheck.monitor.probes.joined_bins import join_bins
from gancheck.numerics.kmeans import kmeans
from tests.monitor.probes.ring_draws import RING, seeded


def joined(x: Tensor, bins: int) -> tuple[Tensor, Tensor]:
    """The mode of every row, and of every bin."""
    centres, label = kmeans(x, bins, seeded(0))
    modes = join_bins(x, label, centres)
    return modes[label], modes


def test_bins_inside_one_mode_are_joined_and_modes_stay_apart() -> None:
    batch = RING.draw(500, seeded(3))
    of_rows, _ = joined(batch.x, 20)
    pairs = {(int(mode), int(y)) for mode, y in zip(of_rows, batch.y, strict=True)}
    assert 8 <= len({mode for mode, _ in pairs}) <= 10
    assert len(pairs) == len({mode for mode, _ in pairs})  # no mode of bins holds rows of two of the ring's


def test_data_without_modes_keeps_its_bins() -> None:
    _, modes = joined(torch.rand(500, 2, generator=seeded(1)), 20)
    assert modes.tolist() == list(range(20))


def test_an_empty_bin_joins_nothing() -> None:
    x = torch.tensor([[0.0, 0.0], [1.0, 0.0], [5.0, 5.0]]).repeat_interleave(20, 0)
    centres = torch.tensor([[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [5.0, 5.0]], dtype=torch.float64)
    label = torch.tensor([0, 2, 3]).repeat_interleave(20)
    assert join_bins(x, label, centres).tolist() == [0, 1, 2, 3]
