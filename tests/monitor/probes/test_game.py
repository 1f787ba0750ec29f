from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gancheck.detectors.adversarial.duality_gap import DualityGap
from gancheck.detectors.adversarial.game_eigenvalues import GameEigenvalues
from gancheck.detectors.alarms import AlarmTracker
from gancheck.errors import BadData
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.probes.game import GameProbe, main_eigenvalues

Losses = Callable[[], tuple[Tensor, Tensor]]


class Player(nn.Module):
    def __init__(self, *start: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(start))


def bilinear(penalty: float, start: float = 1.0) -> tuple[Player, Player, Losses]:
    """Wasserstein's Dirac GAN, whose Jacobian is [[0, -1], [1, penalty]] everywhere."""
    g, d = Player(start), Player(0.2)
    return g, d, lambda: ((-d.weight * g.weight).sum(), (d.weight * g.weight + penalty / 2 * d.weight**2).sum())


def trained(penalty: float, rate: float = 0.05, checks: int = 30) -> Monitor:
    g, d, losses = bilinear(penalty)
    tracker = AlarmTracker({"game-eigenvalues": GameEigenvalues(), "duality-gap": DualityGap()})
    monitor = Monitor(tracker, [GameProbe(g, d, losses, every_checks=5)], every=1)
    for _ in range(checks):
        own, other = losses()
        slopes = torch.autograd.grad(own, g.weight, retain_graph=True) + torch.autograd.grad(other, d.weight)
        with torch.no_grad():
            g.weight -= rate * slopes[0]
            d.weight -= rate * slopes[1]
        monitor.step(generator_loss=own, discriminator_loss=other)
    assert not monitor.stopped
    return monitor


def test_eigenvalues_of_a_known_game() -> None:
    numbers = GameProbe(*bilinear(0.0)).measure().numbers
    assert numbers["game_rotation"] > 100
    assert numbers["game_growth"] == pytest.approx(0, abs=1e-5)
    numbers = GameProbe(*bilinear(1.0)).measure().numbers
    assert numbers["game_rotation"] == pytest.approx(3**0.5, rel=1e-3)
    assert numbers["game_growth"] == pytest.approx(-0.5, rel=1e-3)
    numbers = GameProbe(*bilinear(3.0)).measure().numbers
    assert numbers["game_rotation"] == 0
    assert numbers["game_growth"] < 0


def test_the_largest_eigenvalues_of_a_large_field() -> None:
    drawn = torch.Generator().manual_seed(0)
    matrix = torch.randn(200, 200, generator=drawn, dtype=torch.float64) * 0.01
    matrix[0, 1], matrix[1, 0], matrix[2, 2] = -5, 5, 4
    x = nn.Parameter(torch.randn(200, generator=drawn, dtype=torch.float64))
    found = main_eigenvalues(matrix @ x, [x])
    true = torch.linalg.eigvals(matrix)
    largest = true[true.abs() > 1].numpy()
    assert sorted(found, key=lambda v: v.imag) == pytest.approx(sorted(largest, key=lambda v: v.imag), abs=1e-4)


def test_the_gap_is_zero_at_an_equilibrium_and_not_beside_it() -> None:
    near, far = (GameProbe(*bilinear(1.0, start)).measure().numbers["duality_gap"] for start in (0.0, 1.0))
    g, d, losses = bilinear(1.0, 0.0)
    with torch.no_grad():
        d.weight.zero_()
    assert GameProbe(g, d, losses).measure().numbers["duality_gap"] == pytest.approx(0, abs=1e-3)
    assert min(near, far) > 0.1


def test_a_game_without_damping_is_named_and_a_damped_one_not() -> None:
    assert [alarm.detector for alarm in trained(0.0).alarms] == ["game-eigenvalues"]
    assert trained(0.3).alarms == []
    assert trained(3.0).alarms == []


def gan(drop: bool = True) -> tuple[nn.Module, nn.Module, Losses]:
    generator = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 2))
    discriminator = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(), nn.Dropout(0.3), nn.Linear(8, 1))
    real = torch.randn(32, 2)

    def losses() -> tuple[Tensor, Tensor]:
        fake = generator(torch.randn(32, 4))
        logit, other = discriminator(fake), discriminator(real)
        return F.softplus(-logit).mean(), F.softplus(logit).mean() + F.softplus(-other).mean()

    return generator, discriminator, losses


def test_both_players_and_all_random_numbers_are_left_as_they_were() -> None:
    torch.manual_seed(0)
    generator, discriminator, losses = gan()
    losses()[0].backward()
    discriminator.requires_grad_(False)
    generator[1].eval()
    parameters = [*generator.parameters(), *discriminator.parameters()]
    before = [t.clone() for m in (generator, discriminator) for t in m.state_dict().values()]
    gradients, random = [p.grad for p in parameters], torch.get_rng_state()
    values = [g.clone() for g in gradients if g is not None]
    numbers = GameProbe(generator, discriminator, losses).measure().numbers
    assert set(numbers) == {"duality_gap", "game_rotation", "game_growth"}
    after = [t for m in (generator, discriminator) for t in m.state_dict().values()]
    torch.testing.assert_close(after, before, rtol=0, atol=0)
    assert all(p.grad is g for p, g in zip(parameters, gradients, strict=True))
    torch.testing.assert_close([g for g in gradients if g is not None], values, rtol=0, atol=0)
    assert torch.equal(random, torch.get_rng_state())
    assert not any(p.requires_grad for p in discriminator.parameters())
    assert [generator.training, generator[1].training, discriminator.training] == [True, False, True]


def test_the_same_numbers_again_and_only_at_every_tenth_check() -> None:
    torch.manual_seed(0)
    generator, discriminator, losses = gan()
    probe = GameProbe(generator, discriminator, losses)
    random = torch.get_rng_state()
    found = [probe.measure().numbers for _ in range(11)]
    torch.set_rng_state(random)
    assert [bool(numbers) for numbers in found] == [i % 10 == 0 for i in range(11)]
    assert found[0] == found[10]


def test_a_detached_fake_leaves_the_gap_and_says_why_once(caplog: pytest.LogCaptureFixture) -> None:
    g, d, _ = bilinear(1.0)
    probe = GameProbe(g, d, lambda: ((-d.weight * g.weight).sum(), (d.weight * g.weight.detach()).sum()), 1)
    with caplog.at_level(logging.WARNING, "gancheck"):
        assert [set(probe.measure().numbers) for _ in range(2)] == [{"duality_gap"}] * 2
    assert len(caplog.records) == 1
    assert "does not depend on the generator: detach nothing" in caplog.records[0].message


def test_losses_without_graph_are_refused_and_those_that_are_nan_give_nothing() -> None:
    g, d, _ = bilinear(1.0)
    with pytest.raises(BadData, match=r"losses=.*graph"):
        GameProbe(g, d, lambda: (g.weight.sum().detach(), d.weight.sum())).measure()
    numbers = GameProbe(g, d, lambda: ((g.weight * d.weight).sum() * torch.nan,) * 2).measure().numbers
    assert numbers == {}
    assert g.weight.item() == 1
    assert GameProbe(nn.ReLU(), d, lambda: (d.weight.sum(),) * 2).measure().numbers == {}
