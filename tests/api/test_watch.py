from __future__ import annotations

import math
from pathlib import Path

import pytest
import torch
from torch import nn

import gancheck as gc

MINE = '''
from dataclasses import dataclass
import gancheck as gc

@gc.detector("above-nine", needs=("loss",))
@dataclass
class AboveNine(gc.Detector):
    """The loss is above nine."""
    patience = 1
    def start(self) -> None: ...
    def update(self, seen):
        return gc.Reading(seen.get("loss"), 9.0, "too high")
'''


def net_and_optimizer(lr: float = 0.05) -> tuple[nn.Module, torch.optim.Optimizer]:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    return net, torch.optim.SGD(net.parameters(), lr=lr)


def train(net: nn.Module, optimizer: torch.optim.Optimizer, *monitors: gc.Monitor, steps: int = 60) -> None:
    noise = torch.Generator().manual_seed(1)
    for _ in range(steps):
        x = torch.randn(32, 4, generator=noise)
        loss = (net(x) - x.sum(1, keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        for monitor in monitors:
            monitor.step(loss=loss)


def hooks(net: nn.Module) -> int:
    kinds = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, kind)) for module in net.modules() for kind in kinds)


@pytest.mark.parametrize("preset", ["cheap", "standard", "full"])
def test_a_healthy_training_is_watched_without_a_word(preset: str) -> None:
    net, optimizer = net_and_optimizer()
    monitor = gc.watch(net, optimizer, detectors=preset, every=5)
    train(net, optimizer, monitor)
    monitor.close()
    assert (monitor.stopped, monitor.failed) == ("", {})
    assert not [alarm for alarm in monitor.alarms if alarm.severity != "notice"], monitor.report()
    assert hooks(net) == 0


def test_watching_changes_no_number_of_the_training() -> None:
    net, optimizer = net_and_optimizer()
    train(net, optimizer)
    other, other_optimizer = net_and_optimizer()
    train(other, other_optimizer, gc.watch(other, other_optimizer, every=2))
    assert all(torch.equal(a, b) for a, b in zip(net.parameters(), other.parameters(), strict=True))


def test_a_rate_that_is_far_too_high_is_named() -> None:
    net, optimizer = net_and_optimizer(lr=1e4)
    monitor = gc.watch(net, optimizer, every=5)
    train(net, optimizer, monitor)
    assert "nonfinite" in {alarm.detector for alarm in monitor.alarms}


def test_two_monitors_beside_one_model_see_the_same() -> None:
    net, optimizer = net_and_optimizer()
    one, two = (gc.watch(net, optimizer, every=5) for _ in range(2))
    train(net, optimizer, one, two)
    assert one.tracker.seen == two.tracker.seen
    one.close()
    two.close()
    assert hooks(net) == 0


def test_wrapped_models_are_watched_through_their_wrapper() -> None:
    net, optimizer = net_and_optimizer()
    monitor = gc.watch(nn.DataParallel(net), optimizer, every=5)
    train(net, optimizer, monitor)
    plain_net, plain_optimizer = net_and_optimizer()
    plain = gc.watch(plain_net, plain_optimizer, every=5)
    train(plain_net, plain_optimizer, plain)
    assert monitor.tracker.seen == plain.tracker.seen
    assert (monitor.stopped, monitor.failed) == ("", {})


def test_several_optimisers_of_two_players() -> None:
    torch.manual_seed(0)
    g, d = nn.Linear(2, 2), nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(), nn.Linear(8, 1))
    optimizers = [torch.optim.Adam(net.parameters(), lr=1e-3) for net in (g, d)]
    monitor = gc.watch(generator=g, discriminator=d, optimizers=optimizers, every=5, reference=torch.randn(200, 2))
    for _ in range(20):
        real, fake = torch.randn(32, 2), g(torch.randn(32, 2))
        d_real, d_fake = d(real), d(fake)
        optimizers[1].zero_grad()
        d_loss = nn.functional.softplus(-d_real).mean() + nn.functional.softplus(d(fake.detach())).mean()
        d_loss.backward()
        optimizers[1].step()
        optimizers[0].zero_grad()
        g_loss = nn.functional.softplus(-d(fake)).mean()
        g_loss.backward()
        optimizers[0].step()
        monitor.log(d_real=d_real, d_fake=d_fake, samples=fake)
        monitor.step(generator_loss=g_loss, discriminator_loss=d_loss)
    assert (monitor.stopped, monitor.failed) == ("", {})
    assert {"generator_loss", "discriminator_loss", "real_logit", "diversity"} <= monitor.tracker.seen


def test_without_a_model_what_is_logged_is_enough(tmp_path: Path) -> None:
    monitor = gc.watch(every=1, detectors="standard", initial_loss=math.log(10), trace=tmp_path / "trace.jsonl")
    assert [alarm.detector for alarm in monitor.step(loss=math.nan)] == ["nonfinite"]
    assert monitor.history[0].numbers["initial_loss"] == math.log(10)
    assert (tmp_path / "trace.jsonl").is_file()


def test_a_detector_of_ones_own_with_others(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(MINE)
    monitor = gc.watch(every=1, detectors="nonfinite, above-nine", with_=[tmp_path / "mine.py"])
    assert [alarm.detector for alarm in monitor.step(loss=10.0)] == ["above-nine"]


def test_what_is_wrong_is_said_at_once() -> None:
    with pytest.raises(gc.BadParameter, match="at least 1"):
        gc.watch(every=0)
    with pytest.raises(gc.GancheckError, match="Did you mean 'nonfinite'"):
        gc.watch(detectors="nonfinit")
    with pytest.raises(gc.BadParameter, match="no detector is asked for"):
        gc.watch(detectors="")
    with pytest.raises(gc.BadParameter, match="choose log, warn, raise"):
        gc.watch(on_alarm="shout")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["no parameters", "frozen", "shared", "bf16", "lazy"])
def test_unusual_models_are_no_reason_to_stop(kind: str) -> None:
    net: nn.Module = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 4))
    if kind == "no parameters":
        net = nn.ReLU()
    if kind == "frozen":
        net.requires_grad_(False)
    if kind == "shared":
        net[2].weight = net[0].weight  # type: ignore[index]
    if kind == "bf16":
        net = net.bfloat16()
    if kind == "lazy":
        net = nn.Sequential(nn.LazyLinear(4), nn.ReLU(), nn.Linear(4, 4))
    monitor = gc.watch(net, every=1)
    for _ in range(3):
        answer = net(torch.randn(8, 4, dtype=torch.bfloat16 if kind == "bf16" else None))
        if answer.requires_grad:
            answer.square().mean().backward()
        monitor.step(loss=answer.detach().square().mean())
    assert (monitor.stopped, monitor.failed) == ("", {})
