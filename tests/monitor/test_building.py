from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.monitor import building
from gancheck.monitor.building import refuse_unknown_options, unwrapped, unwrapped_optimizer


class HoldsModule(nn.Module):
    """A network with a part that happens to be called `module`, and more beside it."""

    def __init__(self) -> None:
        super().__init__()
        self.module, self.head = nn.Linear(2, 2), nn.Linear(2, 1)


class Wrapper(torch.optim.Optimizer):
    """As Accelerate's, which calls no constructor of the base."""

    def __init__(self, optimizer: torch.optim.Optimizer) -> None:
        self.optimizer = optimizer


def test_wrappers_are_taken_off_however_many_there_are() -> None:
    net = nn.Linear(2, 2)
    assert unwrapped(nn.DataParallel(net)) is net
    assert unwrapped(torch.compile(nn.DataParallel(net))) is net  # type: ignore[arg-type]
    assert unwrapped(net) is net


def test_a_part_that_is_called_module_is_no_wrapper() -> None:
    net = HoldsModule()
    assert unwrapped(net) is net


def test_the_optimiser_inside_a_wrapper() -> None:
    inner = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)
    assert unwrapped_optimizer(Wrapper(inner)) is inner
    assert unwrapped_optimizer(inner) is inner


def test_an_unknown_option_is_named_with_its_neighbour() -> None:
    refuse_unknown_options({"every": 3, "on_alarm": "log", "with_": ()})
    with pytest.raises(gc.BadParameter, match=r"'detector'.*Did you mean 'detectors'"):
        refuse_unknown_options({"detector": "cheap"})


@pytest.mark.parametrize(("name", "roles"), [("closure", ["model"]), ("losses", ["generator", "discriminator"])])
def test_what_one_process_alone_would_call_is_refused_where_there_are_more(
    name: str, roles: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "is_distributed", lambda: True)
    given: dict[str, Any] = {name: lambda: torch.zeros(()), **{role: nn.Linear(1, 1) for role in roles}}
    with pytest.raises(gc.Unsupported, match=f"^{name}=.*distributed"):
        gc.watch(**given)


def test_sharded_parameters_are_left_out_with_one_line(caplog: pytest.LogCaptureFixture) -> None:
    net = nn.Sequential(nn.Linear(8, 8), nn.Linear(8, 8))
    net[0].weight.placements = ()  # type: ignore[assignment]
    optimizer = torch.optim.SGD(net.parameters(), 0.1)
    made = gc.watch(net, optimizer, every=1)
    net(torch.ones(4, 8)).sum().backward()
    optimizer.step()
    made.step()
    assert caplog.text.count("1 parameters are DTensors") == 1
    (seen,) = made.history
    assert list(seen.layers["effective_rank"]) == ["1"]


def test_samples_are_read_for_a_detector_or_a_trace_only(tmp_path: Path) -> None:
    reference = torch.randn(100, 2)
    for options, is_read in (({}, False), ({"trace": tmp_path / "t.jsonl"}, True)):
        made = gc.watch(every=1, detectors="nonfinite", reference=reference, **options)  # type: ignore[arg-type]
        made.log(samples=reference)
        made.step(loss=1.0)
        assert ("diversity" in made.tracker.seen) == is_read
        made.close()


def trained(net: nn.Module, optimizer: torch.optim.Optimizer | None = None, **options: Any) -> dict[str, str]:
    """What a monitor asks for after two checks; gradients are cleared before each, as most loops do."""
    made = gc.watch(net, optimizer, every=1, **options)
    for _ in range(2):
        loss = net(torch.randn(8, 4)).square().mean()
        loss.backward()
        if optimizer is not None:
            optimizer.step()
        net.zero_grad()
        made.step(loss=loss)
    return made.idle


def test_what_is_given_is_not_asked_for_again() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    idle = trained(net, torch.optim.SGD(net.parameters(), 0.1))
    assert not [name for name, reason in idle.items() if "gc.watch(model, optimizer)" in reason]
    assert "F.relu is not seen" in idle["dead-units"]
    assert "8 rows and columns" in idle["poor-initialisation"]
    assert "generator=..." in idle["spectral-collapse"]
    assert "vanishing-gradients" not in idle


def test_a_model_whose_gradients_are_cleared_is_told_to_give_its_optimiser() -> None:
    idle = trained(nn.Linear(4, 1))
    for name in ("frozen-parameter", "vanishing-gradients", "gradient-noise"):
        assert "gc.watch(model, optimizer)" in idle[name]


def test_an_optimiser_that_never_steps_is_missed() -> None:
    net = nn.Linear(4, 1)
    made = gc.watch(net, torch.optim.SGD(net.parameters(), 0.1), every=1)
    made.step(loss=1.0)
    assert "a step of the optimiser" in made.idle["frozen-parameter"]
    assert "two steps of the optimiser" in made.idle["gradient-noise"]


def loss_of(net: nn.Module) -> Callable[[], Tensor]:
    return lambda: net(torch.ones(2, 4)).square().mean()


def test_functions_of_the_other_kind_of_training_are_refused_with_what_to_give() -> None:
    net = nn.Linear(4, 1)
    with pytest.raises(BadParameter, match=r"closure=\.\.\. is the loss of one model.*losses="):
        gc.watch(generator=nn.Linear(2, 4), discriminator=net, closure=loss_of(net))
    with pytest.raises(BadParameter, match=r"losses=\.\.\. is of a GAN.*closure="):
        gc.watch(net, losses=lambda: (loss_of(net)(), loss_of(net)()))


@pytest.mark.parametrize(("detectors", "said"), [("standard", 1), ("full", 0), ("sharpness", 0)])
def test_a_function_that_no_detector_calls_is_said(detectors: str, said: int, caplog: pytest.LogCaptureFixture) -> None:
    net = nn.Linear(4, 1)
    gc.watch(net, closure=loss_of(net), detectors=detectors)
    assert caplog.text.count("no detector here calls closure=") == said


@pytest.mark.parametrize(("detectors", "said"), [("standard", 1), ("full", 0), ("duality-gap", 0)])
def test_losses_that_no_detector_calls_are_said(detectors: str, said: int, caplog: pytest.LogCaptureFixture) -> None:
    net = nn.Linear(4, 1)

    def both() -> tuple[Tensor, Tensor]:
        return loss_of(net)(), loss_of(net)()

    gc.watch(generator=nn.Linear(2, 4), discriminator=net, losses=both, detectors=detectors)
    assert caplog.text.count("no detector here calls losses=") == said


def test_a_probe_that_an_error_ended_asks_for_nothing_else() -> None:
    idle = trained(nn.Linear(4, 1), closure=lambda: 1 / 0, detectors="saddle")  # type: ignore[arg-type, return-value]
    assert idle == {
        "saddle": "needs negative_curvature: what CurvatureProbe measures, which ZeroDivisionError has ended"
    }


class Once(torch.autograd.Function):
    """Has a first derivative only."""

    @staticmethod
    def forward(ctx: Any, x: torch.Tensor) -> torch.Tensor:
        return x.clone()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: torch.Tensor) -> torch.Tensor:
        return gradient.clone()


def test_a_loss_without_a_second_derivative_is_told_to_have_none() -> None:
    net = nn.Linear(4, 1)
    idle = trained(net, closure=lambda: Once.apply(net(torch.ones(2, 4))).square().mean(), detectors="saddle")
    assert "differentiated twice" in idle["saddle"]


def test_players_are_told_what_their_detectors_wait_for() -> None:
    generator, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
    moving = [torch.optim.SGD(player.parameters(), 0.1) for player in (generator, discriminator)]
    idle = gc.watch(generator=generator, discriminator=discriminator, optimizers=moving).idle
    assert "20 checks" in idle["rotation"]
    assert "where there is one loss" in idle["plateau"]
    assert "a training of one model" in idle["missing-zero-grad"]
    assert not [name for name, reason in idle.items() if "gc.watch(model, optimizer)" in reason]


def test_players_without_optimisers_are_told_to_give_these() -> None:
    idle = gc.watch(generator=nn.Linear(2, 2), discriminator=nn.Linear(2, 1)).idle
    assert "optimizers=[...]" in idle["vanishing-gradients"]
    assert not [name for name, reason in idle.items() if "gc.watch(model, optimizer)" in reason]


def test_samples_that_are_too_few_are_told_how_many_it_takes() -> None:
    made = gc.watch(every=1, reference=torch.randn(300, 2))
    made.log(samples=torch.randn(32, 2))
    made.step(loss=1.0)
    assert "64 rows or more" in made.idle["score-drop"]
    assert "128 rows or more, and a reference of 256" in made.idle["intra-mode-collapse"]
    assert not [name for name, reason in made.idle.items() if name != "memorisation" and "reference=..." in reason]
    assert "training=..." in made.idle["memorisation"]


def test_samples_need_no_reference_to_repeat_themselves() -> None:
    assert "reference" not in gc.watch().idle["duplicates"]


def test_a_reader_that_an_error_ended_asks_for_nothing_else() -> None:
    made = gc.watch(every=1)
    made.log(d_real="high", d_fake="low")
    made.step(loss=1.0)
    assert "what LogitReader measures, which BadData has ended" in made.idle["discriminator-wins"]


def test_a_monitor_that_an_error_ended_asks_for_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancheck.monitor.monitor.fetch", lambda _: 1 / 0)
    idle = trained(nn.Linear(4, 1), detectors="plateau")
    assert idle == {"plateau": "needs loss: a monitor that goes on, which ZeroDivisionError has ended"}
