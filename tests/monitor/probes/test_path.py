from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gancheck.detectors.adversarial.rotation import Rotation
from gancheck.detectors.alarms import AlarmTracker
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.probes.path import FEWEST, PathProbe, turns_and_radius


class Player(nn.Module):
    def __init__(self, size: int, start: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((size,), start))


def duel(penalty: float = 0.0, size: int = 1, rate: float = 0.2, steps: int = 1000, noise: float = 0.0) -> Monitor:
    """The Dirac GAN with simultaneous gradient descent; `penalty` is R1's."""
    torch.manual_seed(0)
    generator, discriminator = Player(size, 1.0), Player(size, 0.2)
    monitor = Monitor(AlarmTracker({"rotation": Rotation()}), [PathProbe(generator, discriminator)])
    for _ in range(steps):
        with torch.no_grad():
            theta, psi = generator.weight, discriminator.weight
            own, other = -psi * torch.sigmoid(-psi * theta), theta * torch.sigmoid(psi * theta) + penalty * psi
            theta -= rate * (own + noise * torch.randn(size))
            psi -= rate * (other + noise * torch.randn(size))
        monitor.step()
    assert not monitor.stopped
    return monitor


def turning(growth: float, turns: float, checks: int = 60) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi * turns, checks)
    return 3 - 2j + growth ** (angle / (2 * np.pi)) * np.exp(1j * angle)


@pytest.mark.parametrize(("growth", "turns"), [(1.0, 3.0), (1.2, 4.0), (0.8, 4.0)])
def test_turns_and_radius_of_a_spiral(growth: float, turns: float) -> None:
    found = turns_and_radius(turning(growth, turns))
    assert found == pytest.approx((turns, growth), rel=0.1)
    stretched = turning(growth, turns)
    assert turns_and_radius(stretched.real * 1e3 + 1j * stretched.imag) == pytest.approx(found, rel=1e-6)


@pytest.mark.parametrize("lag", [5, 30, 90])
@pytest.mark.parametrize("turns", [1.4, 1.9, 2.4, 5.3])
def test_a_closed_orbit_is_a_circle_however_askew_it_is_seen(lag: int, turns: float) -> None:
    """Of many weights that circle at one pace, two sums are two cosines that lag behind each other."""
    for start in np.linspace(0, np.pi, 7):
        angle = start + np.linspace(0, 2 * np.pi * turns, 60)
        found = turns_and_radius(np.cos(angle) + 1j * np.cos(angle - np.radians(lag)))
        assert found[0] == pytest.approx(turns, rel=0.2)
        assert found[1] == pytest.approx(1, abs=0.06)


def test_noise_lines_and_rest_do_not_turn() -> None:
    drawn = np.random.default_rng(0)
    noise = [turns_and_radius(drawn.normal(size=60) + 1j * drawn.normal(size=60))[0] for _ in range(300)]
    assert np.median(noise) < 0.3
    line = np.linspace(0, 1, 60)
    for path in (line * (1 + 2j), np.full(60, 2 + 1j), np.full(60, 2.0) + 1j * line):
        assert turns_and_radius(path)[0] == 0
    assert turns_and_radius(line**2 + 1j * line)[0] <= 0.8  # a bow goes around three quarters of its mean, and no more


@pytest.mark.parametrize("size", [1, 40])
def test_a_duel_without_damping_rotates(size: int) -> None:
    monitor = duel(size=size)
    assert [alarm.detector for alarm in monitor.alarms] == ["rotation"]
    assert monitor.alarms[0].step <= 10 * (FEWEST + 75)


@pytest.mark.parametrize("penalty", [0.05, 0.1, 0.3, 1.0])
@pytest.mark.parametrize("size", [1, 40])
def test_an_inward_spiral_is_silent(penalty: float, size: int) -> None:
    assert duel(penalty, size).alarms == []


def test_a_noisy_equilibrium_is_silent() -> None:
    assert duel(0.3, size=5, noise=0.3).alarms == []


def test_players_are_only_looked_at() -> None:
    generator, discriminator = nn.Linear(80, 90), nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    before: list[Tensor] = [t.clone() for m in (generator, discriminator) for t in m.state_dict().values()]
    random = torch.get_rng_state()
    probe = PathProbe(generator, discriminator)
    found = [probe.measure().numbers for _ in range(FEWEST)]
    assert found[-2:] == [{}, {"path_turns": 0.0, "path_radius": 0.0}]
    after = [t for m in (generator, discriminator) for t in m.state_dict().values()]
    torch.testing.assert_close(after, before, rtol=0, atol=0)
    assert torch.equal(random, torch.get_rng_state())


def test_odd_players_are_no_trouble() -> None:
    probe = PathProbe(nn.ReLU(), nn.Linear(2, 2))
    assert [probe.measure().numbers for _ in range(30)] == [{}] * 30
    lazy, complex_ = nn.LazyLinear(3), nn.Linear(2, 2, dtype=torch.complex64)
    assert PathProbe(lazy, complex_).measure().numbers == {}
    probe = PathProbe(nn.Linear(2, 2).bfloat16(), complex_)
    assert len([probe.measure() for _ in range(30)]) == 30
    with torch.no_grad():
        complex_.weight[0, 0] = torch.nan
    assert probe.measure().numbers == {}
