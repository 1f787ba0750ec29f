from __future__ import annotations

import torch

import gancheck as gc
from gancheck.strategies.sampling._columns import each


def sample(code: torch.Tensor | None = None) -> gc.Sample:
    return gc.Sample(torch.arange(6.0).view(3, 2), torch.arange(3.0)[:, None], code, real=False)


def test_rows_stay_with_what_they_were_made_from() -> None:
    x, z, code, real = each(lambda column: column[[2, 0]], sample(torch.tensor([7, 8, 9])))
    assert x.tolist() == [[4, 5], [0, 1]]
    assert z is not None
    assert z.tolist() == [[2], [0]]
    assert code is not None
    assert code.tolist() == [9, 7]
    assert not real


def test_samples_without_codes_have_none_together() -> None:
    both = each(lambda *columns: torch.cat(columns), sample(), sample())
    assert len(both.x) == 6
    assert both.code is None
