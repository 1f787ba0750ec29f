from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.numerics.seeding import disjoint_pairs, global_seed, key

CPU = torch.device("cpu")


def test_keys_depend_on_every_part_and_fit_a_generator() -> None:
    keys = {key(a, b, c) for a in range(5) for b in ("data", "latent") for c in range(5)}
    assert len(keys) == 50
    assert all(0 <= k < 2**63 for k in keys)
    assert key(1, "x") != key("x", 1)


def test_keys_are_the_same_on_every_machine() -> None:
    assert (key(0, "weights"), key((0, 1), "global")) == (4283426181684004966, 7237415399406877530)


def test_a_global_seed_is_that_of_torch_and_ends_with_its_block() -> None:
    torch.manual_seed(key(3, "weights"))
    expected = torch.rand(4)
    before = torch.random.get_rng_state()
    with global_seed(3, "weights"):
        assert torch.equal(torch.rand(4), expected)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_global_seed_leaves_no_notes_to_devices_that_were_never_started() -> None:
    before = len(torch.cuda._queued_calls)
    with global_seed(3, "weights"):
        torch.rand(4)
    assert len(torch.cuda._queued_calls) == before


@pytest.mark.parametrize(("count", "most", "pairs"), [(2, 10, 1), (7, 10, 3), (100, 10, 10)])
def test_no_sample_is_in_two_pairs_and_the_pairs_stay_the_same(count: int, most: int, pairs: int):
    rows = disjoint_pairs(count, most, "some", CPU)
    assert rows.shape == (pairs, 2)
    assert len(rows.unique()) == 2 * pairs
    assert rows.max() < count
    assert torch.equal(rows, disjoint_pairs(count, most, "some", CPU))


def test_one_sample_makes_no_pair():
    with pytest.raises(BadData, match="some compares pairs and needs at least 2 samples, got 1"):
        disjoint_pairs(1, 10, "some", CPU)
