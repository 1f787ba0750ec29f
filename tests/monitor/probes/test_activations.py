from __future__ import annotations

import copy
import pickle
import weakref

import pytest
import torch
from torch import Tensor, nn

from gancheck.monitor.fetch import fetch
from gancheck.monitor.probes.activations import FIRST, ActivationProbe


def layers(probe: ActivationProbe, module: nn.Module, given: Tensor, checks: int = 3) -> dict[str, dict[str, float]]:
    for _ in range(checks):
        probe.arm()
        module(given)
        found = fetch({1: probe.measure()})[1][1]
    return found


def hooks(module: nn.Module) -> int:
    return sum(len(part._forward_hooks) for part in module.modules())


def test_dead_units_were_zero_for_every_row_of_the_last_checks() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))
    nn.init.eye_(net[0].weight)
    nn.init.zeros_(net[0].bias)
    rows = torch.tensor([[1.0, -1, -1, -1], [-1, 1, -1, -1]])
    assert layers(ActivationProbe({"model": net}), net, rows)["dead_units"] == {"1": 0.5}


def test_images_have_channels_for_units() -> None:
    net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.LazyLinear(2))
    images = torch.randn(6, 1, 8, 8)
    net(images)
    nn.init.constant_(net[0].bias[:1].data, -99.0)
    assert layers(ActivationProbe({"model": net}), net, images)["dead_units"] == {"1": 0.25}


def test_saturated_answers_count_except_in_the_last_layer() -> None:
    net = nn.Sequential(nn.Tanh(), nn.Sigmoid(), nn.Linear(2, 2), nn.Sigmoid())
    found = layers(ActivationProbe({"model": net}), net, torch.tensor([[99.0, 0.0], [-99.0, 0.0]]))
    assert found["saturated_units"] == {"0": 0.5, "1": 0.0}


def test_the_last_layer_is_the_one_that_is_called_last() -> None:
    class Reversed(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.end, self.start, self.between = nn.Sigmoid(), nn.Linear(2, 2), nn.Tanh()

        def forward(self, given: Tensor) -> Tensor:
            return self.end(self.between(self.start(given)))

    net = Reversed()
    assert set(layers(ActivationProbe({"model": net}), net, torch.randn(4, 2))["saturated_units"]) == {"between"}


class Branches(nn.Module):
    """A trunk with a curve, behind which are heads that answer one after the other."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(3, 4), nn.Sigmoid(), nn.Unflatten(1, (2, 2)), nn.AvgPool1d(2))
        self.first, self.second = (nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()) for _ in range(2))

    def forward(self, given: Tensor) -> Tensor:
        hidden = self.trunk(given)[:, :, 0].repeat(1, 2) * 2
        return torch.cat([self.first(hidden), self.second(hidden)], 1)


class Loop(nn.Module):
    """Its curve's answer comes back, and is what it gives in the end."""

    def __init__(self) -> None:
        super().__init__()
        self.weights, self.curve = nn.Linear(3, 3), nn.Tanh()

    def forward(self, given: Tensor) -> Tensor:
        for _ in range(3):
            given = self.curve(self.weights(given)) + given
        return given


def test_every_head_has_an_end() -> None:
    net = Branches()
    assert set(layers(ActivationProbe({"model": net}), net, torch.randn(5, 3))["saturated_units"]) == {"trunk.1"}


def test_a_curve_whose_answer_comes_back_is_no_end() -> None:
    net = Loop()
    assert set(layers(ActivationProbe({"model": net}), net, torch.randn(5, 3))["saturated_units"]) == {"curve"}


def test_what_goes_on_into_another_model_has_left_its_own() -> None:
    first, second = (nn.Sequential(nn.Linear(3, 3), nn.Tanh()) for _ in range(2))
    probe = ActivationProbe({"a": first, "b": second})
    assert "saturated_units" not in layers(probe, nn.Sequential(first, second, first), torch.randn(5, 3))


def test_of_a_frozen_model_the_end_is_what_answered_last() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.Tanh(), nn.Linear(3, 3), nn.Tanh()).requires_grad_(False)
    assert set(layers(ActivationProbe({"model": net}), net, torch.randn(5, 3))["saturated_units"]) == {"1"}


def test_no_answer_is_kept_alive() -> None:
    net = Loop()
    probe = ActivationProbe({"model": net})
    probe.arm()
    answer = weakref.ref(net(torch.randn(5, 3)))
    assert answer() is None


def test_spread_is_over_rows_at_first_and_then_at_every_tenth_check() -> None:
    net = nn.Sequential(nn.Linear(3, 3))
    nn.init.eye_(net[0].weight)
    given = torch.randn(50, 3)
    probe = ActivationProbe({"model": net})
    expected = float(given.var(0).mean().sqrt())
    assert layers(probe, net, given, FIRST)["activation_spread"]["0"] == pytest.approx(expected, rel=1e-4)
    assert "activation_spread" in layers(probe, net, given, 1)
    assert layers(probe, net, given, 1) == {}


def test_nothing_stays_attached_and_the_model_can_be_copied_meanwhile() -> None:
    net = nn.Sequential(nn.Linear(2, 2), nn.ReLU())
    probe = ActivationProbe({"model": net})
    probe.arm()
    assert hooks(net) == 2
    other = copy.deepcopy(net)
    saved = pickle.dumps(net)
    assert b"gancheck" not in saved
    pickle.loads(pickle.dumps(copy.deepcopy(pickle.loads(saved))))(torch.ones(2, 2))
    other(torch.ones(2, 2))
    assert fetch({1: probe.measure()})[1] == ({}, {})
    assert hooks(net) == 0


def test_odd_outputs_are_left_out() -> None:
    net = nn.Sequential(nn.LSTM(3, 4))
    assert "0" in layers(ActivationProbe({"model": net}), net, torch.randn(5, 2, 3))["activation_spread"]
    single = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    assert layers(ActivationProbe({"model": single}), single, torch.randn(1, 3)) == {}
    assert layers(ActivationProbe({"model": single}), single, torch.randn(3)) == {}


def test_validation_without_gradients_is_not_looked_at() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    with torch.no_grad():
        assert layers(ActivationProbe({"model": net}), net, torch.randn(4, 3)) == {}


def test_a_compiled_model_is_not_broken() -> None:
    net = nn.Sequential(nn.Linear(3, 3), nn.ReLU())
    compiled = torch.compile(net, backend="eager", fullgraph=True)
    probe = ActivationProbe({"model": net})
    probe.arm()
    compiled(torch.randn(4, 3))
    probe.measure()
    probe.arm()
    compiled(torch.randn(4, 3))
    assert fetch({1: probe.measure()})[1] == ({}, {})


def test_an_error_of_its_own_waits_for_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    net = nn.Sequential(nn.Linear(3, 3))
    probe = ActivationProbe({"model": net})
    probe.arm()
    monkeypatch.setattr("gancheck.monitor.probes.unit_counts.spread", lambda _: 1 / 0)
    net(torch.randn(4, 3))
    with pytest.raises(RuntimeError, match="division by zero"):
        probe.measure()


def test_modules_that_are_added_or_replaced_during_the_training_are_seen_at_once() -> None:
    net = nn.Sequential(nn.Linear(4, 4), nn.Tanh())
    probe = ActivationProbe({"model": net})
    layers(probe, net, torch.ones(2, 4), 1)
    net[1] = nn.ReLU()
    net.append(nn.Linear(4, 4))
    found = layers(probe, net, torch.ones(2, 4), 2)
    assert found["dead_units"].keys() == {"1"}
    assert list(found["activation_spread"]) == ["0", "2"]


def test_another_curve_in_the_last_place_is_the_last_layer_too() -> None:
    net = nn.Sequential(nn.Tanh(), nn.Linear(2, 2), nn.Tanh())
    probe = ActivationProbe({"model": net})
    layers(probe, net, torch.randn(4, 2), FIRST + 1)
    net[2] = nn.Sigmoid()
    assert set(layers(probe, net, torch.randn(4, 2), 1)["saturated_units"]) == {"0"}
