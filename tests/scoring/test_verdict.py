"""One label, by a precedence that does not change."""

from __future__ import annotations

from typing import get_args

import pytest
import torch

from gancheck.scoring.scores import Verdict
from gancheck.scoring.verdict import PRECEDENCE, decide, run_checks


def told(ring, x, train=None):
    evidence = ring.evidence(x, train)
    return decide(evidence, run_checks(evidence))


def test_every_label_but_the_two_without_findings_has_a_place():
    assert set(PRECEDENCE) == set(get_args(Verdict)) - {"healthy", "undecided"}


def test_the_order_is_the_documented_one():
    first = ("collapsed", "dropped-modes", "memorised", "low-fidelity")
    assert (*first, "mislabelled", "imbalanced", "shrunken-modes") == PRECEDENCE


def test_one_point_is_collapsed_although_modes_are_dropped_too(ring):
    evidence = ring.evidence(ring.draw(1).repeat(1_000, 1))
    found = [check.kind for check in run_checks(evidence) if check.found]
    assert found[0] == "collapsed"
    assert "dropped-modes" in found
    assert decide(evidence, run_checks(evidence))[0] == "collapsed"


@pytest.mark.parametrize("n", [200, 2_500, 20_000])
def test_real_data_is_healthy(ring, n):
    assert told(ring, ring.draw(n, seed=3))[0] == "healthy"


def test_each_damage_gets_its_label(ring):
    g = torch.Generator().manual_seed(0)
    uneven = torch.cat([ring.only(1_500, [0, 1, 2, 3]), ring.only(500, [4, 5, 6, 7])])
    bad = ring.draw(2_000)
    bad[:600] = 4 * torch.rand(600, 2, generator=g) - 2
    train = ring.draw(1_000, seed=8)
    assert told(ring, ring.only(1_000, [0, 1, 2]))[0] == "dropped-modes"
    assert told(ring, uneven)[0] == "imbalanced"
    assert told(ring, ring.narrowed(1_000, 0.4))[0] == "shrunken-modes"
    assert told(ring, bad)[0] == "low-fidelity"
    assert told(ring, train, train)[0] == "memorised"


def test_too_few_samples_are_undecided_and_say_how_many_would_do(ring):
    label, reason = told(ring, ring.draw(40))
    assert label == "undecided"
    assert "too few" in reason
    assert "give about" in reason


def test_what_is_found_in_few_samples_outranks_undecided(ring):
    assert told(ring, ring.draw(1).repeat(40, 1))[0] == "collapsed"
