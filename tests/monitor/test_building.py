from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

import gancheck as gc
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


@pytest.mark.parametrize("name", ["closure", "losses"])
def test_what_one_process_alone_would_call_is_refused_where_there_are_more(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "is_distributed", lambda: True)
    with pytest.raises(gc.Unsupported, match=f"^{name}=.*distributed"):
        gc.watch(nn.Linear(1, 1), **{name: lambda: torch.zeros(())})  # type: ignore[arg-type]


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


def test_what_is_given_is_not_asked_for_again() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.Linear(4, 1))
    idle = gc.watch(net, torch.optim.SGD(net.parameters(), 0.1)).idle
    assert not [name for name, reason in idle.items() if "gc.watch(model, optimizer)" in reason]
    assert "F.relu is not seen" in idle["dead-units"]
    assert "8 rows and columns" in idle["poor-initialisation"]
    assert "generator=..." in idle["spectral-collapse"]


def test_a_model_without_its_optimiser_is_told_to_give_it() -> None:
    idle = gc.watch(nn.Linear(9, 9)).idle
    assert "gc.watch(model, optimizer)" in idle["frozen-parameter"]
    assert "gc.watch(model, optimizer)" not in idle["vanishing-gradients"]


def test_players_are_told_what_their_detectors_wait_for() -> None:
    generator, discriminator = nn.Linear(2, 2), nn.Linear(2, 1)
    moving = [torch.optim.SGD(player.parameters(), 0.1) for player in (generator, discriminator)]
    idle = gc.watch(generator=generator, discriminator=discriminator, optimizers=moving).idle
    assert "20 checks" in idle["rotation"]
    assert "a training with one loss" in idle["plateau"]
