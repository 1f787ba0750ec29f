"""What each test finds, and what it leaves to others."""

from __future__ import annotations

import math

import pytest
import torch
from scipy.stats import binom, chi2_contingency, chisquare, ncx2

from gancheck.plugins.registry import Registry
from gancheck.scoring.checks import collapsed, dropped_modes, imbalanced, low_fidelity, memorised, shrunken_modes
from gancheck.scoring.checks.imbalanced import from_statistic, goodness, homogeneity, noncentrality
from gancheck.scoring.evidence import LEVEL, TESTS
from gancheck.scoring.real_data import RealDataRequest
from gancheck.scoring.score import Scoring
from gancheck.scoring.verdict import run_checks


def test_real_data_raises_no_finding(ring):
    evidence = ring.evidence(ring.draw(2_500), train=ring.draw(1_000, seed=9))
    for finding in run_checks(evidence):
        assert not finding.found


def test_dropped_modes_are_named(ring):
    finding = dropped_modes.check_dropped_modes(ring.evidence(ring.only(1_000, [0, 2, 3, 5, 6, 7])))
    assert finding.found
    assert finding.modes == (1, 4)
    assert finding.value == pytest.approx(0.25)
    assert "2 of 8 modes are missing" in finding.text


def test_a_mode_that_keeps_a_fifth_of_its_share_is_not_dropped(ring):
    x = torch.cat([ring.only(3_500, list(range(7))), ring.only(100, [7], seed=1)])
    evidence = ring.evidence(x)
    assert not dropped_modes.check_dropped_modes(evidence).found
    assert imbalanced.check_imbalanced(evidence).found


def test_noise_off_the_modes_is_fidelity_and_not_a_dropped_mode(ring):
    x = ring.draw(2_000)
    x[:1_800] = 4 * torch.rand(1_800, 2, generator=torch.Generator().manual_seed(0)) - 2
    evidence = ring.evidence(x)
    assert low_fidelity.check_low_fidelity(evidence).found
    assert not dropped_modes.check_dropped_modes(evidence).found


def test_binomial_tests_are_exact(ring):
    evidence = ring.evidence(ring.only(500, [0, 1, 2, 3]))
    n, counts = int(evidence.captured), evidence.modes.counts.numpy()
    assert dropped_modes.short(evidence).numpy() == pytest.approx(binom.cdf(counts, n, 0.75 / 8), rel=1e-9)


def test_few_samples_cannot_show_a_dropped_mode_and_many_can(ring):
    assert dropped_modes.detectable(ring.evidence(ring.draw(50))) == 0
    assert dropped_modes.detectable(ring.evidence(ring.draw(200))) == pytest.approx(1)
    needed = dropped_modes.samples_needed(ring.evidence(ring.draw(50)))
    assert dropped_modes.detectable(ring.evidence(ring.draw(int(1.05 * needed)))) == pytest.approx(1)


@pytest.mark.parametrize("points", [1, 5, 15])
def test_collapse_is_a_few_points_over_and_over(ring, points):
    x = ring.draw(points)[torch.randint(points, (1_000,), generator=torch.Generator().manual_seed(0))]
    finding = collapsed.check_collapsed(ring.evidence(x))
    assert finding.found
    assert finding.value == pytest.approx(points, rel=0.15)


def test_many_points_over_and_over_are_collapse_too(ring):
    x = ring.draw(200)[torch.randint(200, (2_000,), generator=torch.Generator().manual_seed(0))]
    finding = collapsed.check_collapsed(ring.evidence(x))
    assert finding.found
    assert "repeat" in finding.text


def test_points_with_a_little_noise_are_collapsed_too(ring):
    x = ring.draw(1).repeat(1_000, 1) + 1e-4 * torch.randn(1_000, 2, generator=torch.Generator().manual_seed(0))
    assert collapsed.check_collapsed(ring.evidence(x)).found


def test_one_whole_mode_is_not_one_point(ring):
    assert not collapsed.check_collapsed(ring.evidence(ring.only(1_000, [3]))).found


@pytest.mark.parametrize(("width", "found"), [(1.0, False), (0.85, False), (0.55, True), (0.2, True)])
def test_shrinkage_is_measured_as_it_is(ring, width, found):
    finding = shrunken_modes.check_shrunken_modes(ring.evidence(ring.narrowed(2_500, width)))
    assert finding.found is found
    assert finding.low - 0.02 <= width <= finding.high + 0.02


def test_shrunken_modes_are_named_where_others_are_not(ring):
    x = ring.draw(4_000)
    narrow, few = ring.narrowed(4_000, 0.2), torch.isin(ring.label(ring.draw(4_000)), torch.tensor([2, 5]))
    x[few] = narrow[few]
    finding = shrunken_modes.check_shrunken_modes(ring.evidence(x))
    assert finding.found
    assert finding.modes == (2, 5)


def test_fewer_than_ten_samples_a_mode_leave_the_width_open(ring):
    finding = shrunken_modes.check_shrunken_modes(ring.evidence(ring.draw(20)))
    assert not finding.found
    assert math.isnan(finding.value)


def test_copies_need_training_data(ring):
    assert memorised.check_memorised(ring.evidence(ring.draw(500))) is None


@pytest.mark.parametrize(("share", "found"), [(0.0, False), (0.03, False), (0.2, True), (1.0, True)])
def test_the_share_of_copies_is_found(ring, share, found):
    train, x = ring.draw(1_000, seed=5), ring.draw(2_000, seed=6)
    copied = int(share * len(x))
    x[:copied] = train[torch.randint(1_000, (copied,), generator=torch.Generator().manual_seed(0))]
    finding = memorised.check_memorised(ring.evidence(x, train))
    assert finding.found is found
    assert finding.low - 0.01 <= share <= finding.high + 0.01


def test_chi_squares_are_scipys():
    first, second = torch.tensor([30.0, 50, 20]), torch.tensor([100.0, 90, 80])
    assert homogeneity(first, second) == pytest.approx(chi2_contingency(torch.stack([first, second]).numpy())[0])
    expected = torch.tensor([40.0, 40, 20])
    assert goodness(first, expected) == pytest.approx(chisquare(first.numpy(), expected.numpy()).statistic)


@pytest.mark.parametrize("statistic", [15.0, 60.0, 4_000.0, 90_000.0])
def test_noncentrality_has_the_probability_that_it_is_asked_for(statistic):
    for below in (0.001, 0.999):
        found = noncentrality(statistic, 7, below)
        if found > 0:
            assert ncx2.cdf(statistic, 7, found) == pytest.approx(below, rel=0.05, abs=5e-4)


def test_huge_samples_do_not_condemn_a_small_departure():
    n, w = 10_000_000, 0.05
    departure = from_statistic(7 + n * w**2, 7, n)
    assert departure.p < 1e-12
    assert departure.low < departure.value == pytest.approx(w)
    assert departure.high < imbalanced.MARGIN


def test_levels_share_one_chance_of_a_false_finding():
    x = torch.randn(800, 4, generator=torch.Generator().manual_seed(0))
    x[:, 3] = 1.0
    real = RealDataRequest(reference=x[:400], train=x[:100]).build(Registry.load(), torch.device("cpu"))
    made = run_checks(Scoring.of(x[400:], real).evidence)
    # "collapsed" is four tests: few points, equal rows, near ones, fewer rows; flat directions are told by no interval.
    assert len(made) + 3 - 1 == TESTS
    assert pytest.approx(0.005) == TESTS * LEVEL
