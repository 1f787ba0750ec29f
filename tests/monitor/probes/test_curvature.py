from __future__ import annotations

import copy
import logging
import random
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.general.saddle import Saddle
from gancheck.detectors.general.sharpness import Sharpness
from gancheck.detectors.general.wrong_gradient import WrongGradient
from gancheck.errors import BadData
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.probes.curvature import CurvatureProbe, slope_error


def data(seed: int = 0) -> tuple[Tensor, Tensor]:
    drawn = torch.Generator().manual_seed(seed)
    x = torch.randn(64, 10, generator=drawn)
    return x, (x[:, :3] + 0.5 * torch.randn(64, 3, generator=drawn)).argmax(1)


def watched(model: nn.Module, closure: Callable[[], Tensor], rate: float, steps: int = 400) -> Monitor:
    tracker = AlarmTracker({"saddle": Saddle(), "sharpness": Sharpness(), "wrong-gradient": WrongGradient()})
    monitor = Monitor(tracker, [CurvatureProbe(model, closure)], given={"learning_rate": rate})
    optimizer = torch.optim.SGD(model.parameters(), rate)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = closure()
        loss.backward()
        optimizer.step()
        monitor.step(loss=loss)
    assert not monitor.stopped
    return monitor


def names(monitor: Monitor) -> list[str]:
    return sorted({alarm.detector for alarm in monitor.alarms})


def test_a_quadratic_has_its_known_curvature_and_no_gradient_error() -> None:
    torch.manual_seed(0)
    model = nn.ParameterList([nn.Parameter(torch.randn(12)), nn.Parameter(torch.randn(3, 2))])
    scales = torch.linspace(0.1, 7, 12)
    probe = CurvatureProbe(model, lambda: (scales * model[0] ** 2).sum() / 2 - (model[1] ** 2).sum())
    numbers = probe.measure().numbers
    size = float(torch.cat([(scales * model[0]).detach(), -2 * model[1].detach().reshape(-1)]).norm())
    assert numbers["sharpness"] == pytest.approx(7, rel=1e-4)
    assert numbers["negative_curvature"] == pytest.approx(2 / size, rel=1e-4)
    assert numbers["gradient_error"] < 1e-3


def test_a_linear_and_a_constant_direction_are_no_trouble() -> None:
    model = nn.ParameterList([nn.Parameter(torch.ones(3)), nn.Parameter(torch.ones(2))])
    numbers = CurvatureProbe(model, lambda: model[0].sum()).measure().numbers
    assert numbers == pytest.approx({"sharpness": 0.0, "negative_curvature": 0.0, "gradient_error": 0.0}, abs=1e-3)


def test_only_every_tenth_check_is_measured_and_always_alike() -> None:
    model = nn.Linear(10, 3)
    x, y = data()
    probe = CurvatureProbe(model, lambda: F.cross_entropy(model(x), y))
    found = [probe.measure().numbers for _ in range(21)]
    assert [bool(numbers) for numbers in found] == [i % 10 == 0 for i in range(21)]
    assert found[0]["sharpness"] == found[10]["sharpness"]


def net_with_memory() -> nn.Module:
    return nn.Sequential(nn.Linear(10, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.4), nn.Linear(8, 3))


def everything(model: nn.Module) -> tuple[object, ...]:
    tensors = [t.clone() for t in model.state_dict().values()]
    gradients = [None if p.grad is None else p.grad.clone() for p in model.parameters()]
    asks = [p.requires_grad for p in model.parameters()]
    modes = [m.training for m in model.modules()]
    return tensors, gradients, asks, modes, torch.get_rng_state(), np.random.get_state()[1].tolist(), random.getstate()


def test_a_compiled_model_has_the_curvature_of_the_one_that_was_written() -> None:
    torch.manual_seed(0)
    net, (x, y) = nn.Sequential(nn.Linear(10, 4), nn.Tanh(), nn.Linear(4, 3)), data()
    compiled = torch.compile(net, backend="aot_eager")
    F.cross_entropy(compiled(x), y).backward()
    written = CurvatureProbe(net, lambda: F.cross_entropy(net(x), y)).measure().numbers
    found = CurvatureProbe(net, lambda: F.cross_entropy(compiled(x), y)).measure().numbers
    assert found["sharpness"] == pytest.approx(written["sharpness"])


def test_the_model_and_all_random_numbers_are_left_as_they_were() -> None:
    model = net_with_memory()
    model[4].bias.requires_grad_(False)
    x, y = data()
    F.cross_entropy(model(x), y).backward()
    model[3].eval()

    def closure() -> Tensor:
        model.train()
        model.zero_grad(set_to_none=False)
        np.random.rand(), random.random()
        return F.cross_entropy(model(x + torch.randn(64, 10)), y)

    before, gradients = everything(model), [p.grad for p in model.parameters()]
    numbers = CurvatureProbe(model, closure).measure().numbers
    assert numbers["gradient_error"] < 0.05, "dropout and noise are drawn anew: they must be the same in every call"
    torch.testing.assert_close(everything(model), before, rtol=0, atol=0)
    assert all(p.grad is g for p, g in zip(model.parameters(), gradients, strict=True))


def test_a_graph_that_waits_for_its_backward_survives() -> None:
    model = nn.Sequential(nn.Linear(10, 8), nn.Tanh(), nn.Linear(8, 3))
    x, y = data()
    waiting = F.cross_entropy(model(x), y)
    with torch.no_grad():
        CurvatureProbe(model, lambda: F.cross_entropy(model(x), y)).measure()
    waiting.backward()


@pytest.mark.parametrize("kind", [torch.float32, torch.float64])
@pytest.mark.parametrize("net", [net_with_memory, lambda: nn.utils.parametrizations.spectral_norm(nn.Linear(10, 3))])
def test_healthy_training_is_silent(net: Callable[[], nn.Module], kind: torch.dtype) -> None:
    torch.manual_seed(1)
    model = net().to(kind)
    x, y = data()
    monitor = watched(model, lambda: F.cross_entropy(model(x.to(kind)), y), 0.2)
    assert names(monitor) == []
    assert sum("sharpness" in seen.numbers for seen in monitor.history) >= 4


def test_a_deep_linear_net_near_zero_sits_on_a_saddle() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(*(nn.Linear(10, 10, bias=False) for _ in range(3)))
    x, _ = data()
    with torch.no_grad():
        for p in model.parameters():
            p.normal_(std=0.003)
    monitor = watched(model, lambda: ((model(x) - x) ** 2).mean(), 0.05, steps=200)
    assert names(monitor) == ["saddle"]
    assert monitor.alarms[0].step == 110


def test_a_flat_minimum_is_no_saddle_and_a_converged_one_neither() -> None:
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(10, 10), nn.Tanh(), nn.Linear(10, 3))
    x, _ = data()
    target = copy.deepcopy(model)(x).detach()
    monitor = watched(model, lambda: ((model(x) - target) ** 2).mean() * 1e-3, 0.1, steps=300)
    assert names(monitor) == []


class WrongTanh(torch.autograd.Function):
    @staticmethod
    def forward(ctx: object, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x.tanh()

    @staticmethod
    def backward(ctx: object, slope: Tensor) -> Tensor:
        return 2 * slope * (1 - ctx.saved_tensors[0].tanh() ** 2)


@pytest.mark.parametrize("seed", range(3))
def test_a_wrong_custom_function_is_found(seed: int) -> None:
    torch.manual_seed(seed)
    model = nn.Sequential(nn.Linear(10, 16), nn.Linear(16, 3))
    x, y = data(seed)
    monitor = watched(model, lambda: F.cross_entropy(model[1](WrongTanh.apply(model[0](x))), y), 0.1, steps=120)
    assert names(monitor) == ["wrong-gradient"]


def test_noise_and_curvature_are_no_errors() -> None:
    assert slope_error(1.0, [1.5, 0.4, 3.0, 0.9, 1.4, 2.8]) == 0
    assert slope_error(1.0, [1.3, 0.99, 1.01, 1.0, 1.2, 1.8]) == 0
    assert slope_error(2.0, [1.3, 0.99, 1.01, 1.0, 1.2, 1.8]) == pytest.approx(0.48)


def test_what_cannot_be_derived_twice_still_has_its_gradient_checked(caplog: pytest.LogCaptureFixture) -> None:
    class Once(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: Tensor) -> Tensor:
            return 2 * x

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx: object, slope: Tensor) -> Tensor:
            return 2 * slope

    model = nn.Linear(10, 3)
    x, y = data()
    probe = CurvatureProbe(model, lambda: F.cross_entropy(Once.apply(model(x)), y), every_checks=1)
    with caplog.at_level(logging.WARNING, "gancheck"):
        found = [probe.measure().numbers for _ in range(3)]
    assert all(list(numbers) == ["gradient_error"] and numbers["gradient_error"] < 0.01 for numbers in found)
    assert len(caplog.records) == 1


def test_nothing_is_claimed_of_losses_that_are_not_finite_nor_of_half_precision_nor_without_parameters() -> None:
    model = nn.Linear(10, 3)
    assert CurvatureProbe(model, lambda: model.weight.sum() * torch.nan).measure().numbers == {}
    half = nn.Linear(10, 3).bfloat16()
    assert "gradient_error" not in CurvatureProbe(half, lambda: half.weight.square().sum()).measure().numbers
    assert CurvatureProbe(nn.ReLU(), lambda: torch.ones((), requires_grad=True)).measure().numbers == {}


def test_a_closure_without_graph_is_refused_in_words() -> None:
    model = nn.Linear(10, 3)
    for bad in (lambda: model.weight.sum().detach(), lambda: 3.0, lambda: model.weight):
        with pytest.raises(BadData, match=r"closure=.*graph"):
            CurvatureProbe(model, bad).measure()
