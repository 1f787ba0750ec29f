from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

import gancheck as gc
from gancheck.monitor.fetch import Plain, fetch
from gancheck.monitor.probes.gradients import GradientProbe

Update = Callable[[], object]


def model(dtype: torch.dtype = torch.float32) -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2)).to(dtype)


def update(module: nn.Module, *optimizers: Optimizer, dtype: torch.dtype = torch.float32) -> None:
    for optimizer in optimizers:
        optimizer.zero_grad()
    module(torch.randn(8, 3, dtype=dtype)).abs().square().mean().backward()
    for optimizer in optimizers:
        optimizer.step()


def checks(probe: GradientProbe, step: Update, count: int = 2) -> list[Plain]:
    """A check at every second step."""
    found = []
    for _ in range(count):
        probe.arm()
        step()
        found.append(fetch({1: probe.measure()})[1])
        step()
    return found


def hooks(optimizer: Optimizer) -> int:
    return len(optimizer._optimizer_step_pre_hooks) + len(optimizer._optimizer_step_post_hooks)  # type: ignore[attr-defined]


def whole(gradients: list[Tensor]) -> float:
    return float(torch.cat([g.flatten() for g in gradients]).norm())


def test_the_gradient_is_the_one_that_moves_the_weights() -> None:
    net, kept = model(), []
    optimizer = SGD(net.parameters(), 0.5)
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    for _ in range(2):
        before = [p.detach().clone() for p in net.parameters()]
        net(torch.randn(8, 3)).square().mean().backward()
        nn.utils.clip_grad_norm_(net.parameters(), 0.01)
        optimizer.step()
        kept.append([(old - p.detach()) / 0.5 for old, p in zip(before, net.parameters(), strict=True)])
        optimizer.zero_grad()
    numbers, layers = fetch({1: probe.measure()})[1]
    assert numbers["gradient_norm"] == pytest.approx(0.01, rel=1e-3)
    first, second = (torch.cat([g.flatten() for g in gradients]) for gradients in kept)
    cosine = float(torch.cosine_similarity(first, second, 0))
    assert numbers["gradient_cosine"] == pytest.approx(cosine, abs=1e-3)
    noise = float((first - second).square().sum() / 2 / (first @ second))
    assert numbers["gradient_noise"] == pytest.approx(noise if noise > 0 else 1e6, rel=1e-2)
    assert list(layers["layer_gradient"]) == ["0", "2"]
    assert layers["layer_gradient"]["0"] == pytest.approx(whole(kept[0][:2]) / math.sqrt(20), rel=1e-2)
    assert layers["unmoved"] == layers["no_gradient"] == {"0": 0.0, "2": 0.0}
    assert numbers["learning_rate"] == 0.5


def test_each_player_has_its_norm_and_its_layers() -> None:
    players = {"generator": model(), "discriminator": model()}
    optimizers = [Adam(player.parameters()) for player in players.values()]
    probe = GradientProbe(players, optimizers)
    numbers, layers = checks(probe, lambda: [update(m, o) for m, o in zip(players.values(), optimizers, strict=True)])[
        1
    ]
    assert {"generator_gradient", "discriminator_gradient"} <= set(numbers)
    assert list(layers["update_ratio"]) == ["generator.0", "generator.2", "discriminator.0", "discriminator.2"]


def test_what_no_optimiser_holds_does_not_move() -> None:
    net = model()
    optimizer = SGD([*net[0].parameters()], 0.1)
    _, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: update(net, optimizer))[0]
    assert layers["unmoved"] == {"0": 0.0, "2": 1.0}


def test_layers_with_a_learning_rate_of_zero_are_meant_to_stay() -> None:
    net = model()
    optimizer = SGD([{"params": net[0].parameters(), "lr": 0.0}, {"params": net[2].parameters()}], 0.1)
    _, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: update(net, optimizer))[0]
    assert layers["unmoved"] == {"0": 0.0, "2": 0.0}


def test_what_the_loss_does_not_reach_has_no_gradient() -> None:
    net = model()
    net.add_module("aside", nn.ModuleList([nn.Linear(2, 2)]))
    optimizer = Adam(net.parameters())
    step = lambda: update(net[:3], optimizer)  # noqa: E731
    _, layers = checks(GradientProbe({"model": net}, [optimizer]), step)[0]
    assert layers["no_gradient"] == {"0": 0.0, "2": 0.0, "aside.0": 1.0}


def test_an_optimiser_of_another_model_or_of_copies_is_named_once(caplog: pytest.LogCaptureFixture) -> None:
    net = model()
    optimizer = SGD(copy.deepcopy(net).parameters(), 0.1)
    numbers, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: update(net, optimizer))[1]
    assert caplog.text.count("the optimiser holds none of the model's parameters") == 1
    assert numbers["gradient_norm"] > 0
    assert "unmoved" not in layers  # the copies may be written back after the step
    checks(GradientProbe({"model": net}, [SGD(net[:1].parameters(), 0.1)]), lambda: update(net, optimizer))
    assert caplog.text.count("the optimiser holds none") == 1


def test_heads_that_are_trained_in_turn_are_reached() -> None:
    heads = nn.ModuleList([nn.Linear(3, 1) for _ in range(5)])
    optimizer, steps = SGD(heads.parameters(), 0.1), iter(range(10**6))
    probe = GradientProbe({"model": heads}, [optimizer])

    def step() -> None:
        optimizer.zero_grad()
        heads[next(steps) % 4](torch.randn(8, 3)).square().mean().backward()
        optimizer.step()

    found = []
    for _ in range(3):
        probe.arm()
        step()
        found.append(fetch({1: probe.measure()})[1][1]["no_gradient"])
        for _ in range(7):
            step()
    assert found[1] == found[2] == {"0": 0.0, "1": 0.0, "2": 0.0, "3": 0.0, "4": 1.0}


def test_an_optimiser_that_is_left_aside_is_named_once_and_its_rate_is_not_that_of_the_training(
    caplog: pytest.LogCaptureFixture,
) -> None:
    net = model()
    former, now = SGD(net.parameters(), 0.1), SGD(net.parameters(), 0.5)
    probe = GradientProbe({"model": net}, [former])
    before = checks(probe, lambda: update(net, former))
    after = checks(probe, lambda: update(net, now), 15)
    assert before[-1][0]["learning_rate"] == 0.1
    assert "learning_rate" not in after[-1][0]
    assert caplog.text.count("an optimiser has not stepped at 10 checks in a row") == 1
    assert checks(probe, lambda: update(net, former))[-1][0]["learning_rate"] == 0.1


def test_an_optimiser_that_never_steps_at_a_check_is_in_use(caplog: pytest.LogCaptureFixture) -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    for _ in range(15):
        probe.arm()
        numbers = fetch({1: probe.measure()})[1][0]
        update(net, optimizer)
        assert numbers["learning_rate"] == 0.1
    assert not caplog.text


def test_a_skipped_step_is_waited_for() -> None:
    net = model()
    optimizer = Adam(net.parameters())
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    assert fetch({1: probe.measure()})[1] == ({"learning_rate": 0.001}, {})
    update(net, optimizer)
    assert "gradient_norm" in fetch({1: probe.measure()})[1][0]


def test_a_closure_computes_the_gradient_inside_the_step() -> None:
    net = model()
    optimizer = torch.optim.LBFGS(net.parameters(), max_iter=1)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = net(torch.ones(4, 3)).square().mean()
        loss.backward()
        return loss

    numbers, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: optimizer.step(closure))[1]  # type: ignore[arg-type, return-value]
    assert numbers["gradient_norm"] > 0
    assert layers["no_gradient"] == {"0": 0.0, "2": 0.0}


def test_a_scaled_gradient_is_told_unscaled() -> None:
    net, scaler = model(), torch.amp.GradScaler("cpu", init_scale=1024.0)
    optimizer = Adam(net.parameters(), fused=True)
    plain = []

    def step() -> None:
        optimizer.zero_grad()
        scaler.scale(net(torch.ones(4, 3)).square().mean()).backward()
        plain.append(whole([p.grad for p in net.parameters() if p.grad is not None]) / 1024)
        scaler.step(optimizer)
        scaler.update()

    found = checks(GradientProbe({"model": net}, [optimizer]), step)
    assert found[0][0]["gradient_norm"] == pytest.approx(plain[0], rel=1e-3)
    assert found[1][0]["gradient_norm"] == pytest.approx(plain[2], rel=1e-3)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float64, torch.complex64])
def test_other_types_of_numbers(dtype: torch.dtype) -> None:
    net = model(dtype)
    optimizer = SGD(net.parameters(), 0.1)
    numbers, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: update(net, optimizer, dtype=dtype))[1]
    assert math.isfinite(numbers["gradient_norm"] + numbers["gradient_cosine"])
    assert layers["unmoved"] == {"0": 0.0, "2": 0.0}


def test_sparse_lazy_frozen_and_shared_parameters() -> None:
    table = nn.Embedding(50, 3, sparse=True)
    net = nn.Sequential(table, nn.LazyLinear(3), nn.Linear(3, 3), nn.Linear(3, 3))
    net[2].weight.requires_grad_(False)
    net[3].bias = net[2].bias
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    net(torch.zeros(1, 2, dtype=torch.long))

    def step() -> None:
        optimizer.zero_grad()
        net(torch.randint(0, 50, (4, 2))).square().mean().backward()
        optimizer.step()

    for _ in range(12):
        numbers, layers = checks(probe, step)[1]
    assert list(layers["layer_gradient"]) == ["0", "1", "2", "3"]
    assert math.isfinite(numbers["gradient_cosine"])


def test_a_layer_that_is_replaced_during_the_training_is_measured_at_the_next_check() -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    checks(probe, lambda: update(net, optimizer), 1)
    net[2] = nn.Linear(5, 2)
    optimizer.param_groups[0]["params"] = [*net.parameters()]
    _, layers = checks(probe, lambda: update(net, optimizer), 1)[0]
    assert layers["unmoved"] == {"0": 0.0, "2": 0.0}


def test_models_with_nothing_to_train_or_no_optimiser() -> None:
    frozen = nn.Sequential(nn.Flatten())
    assert checks(GradientProbe({"model": frozen}, []), lambda: None)[1] == ({}, {})
    net = model()
    numbers, layers = checks(GradientProbe({"model": net}, []), lambda: update(net))[1]
    assert set(layers) == {"layer_gradient", "layer_weight"}
    assert numbers["gradient_norm"] > 0


def test_every_step_checked_compares_neighbours() -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    found = []
    for _ in range(4):
        probe.arm()
        update(net, optimizer)
        found.append(fetch({1: probe.measure()})[1][0])
    assert ["gradient_cosine" in numbers for numbers in found] == [False, True, True, True]


def test_nothing_is_left_behind() -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    checks(probe, lambda: update(net, optimizer), 20)
    assert hooks(optimizer) <= 2
    copy.deepcopy(optimizer)
    probe.close()
    assert hooks(optimizer) == 0


def test_hooks_are_on_the_optimiser_at_a_check_and_the_step_after_it_only() -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    monitor = gc.watch(net, optimizer, every=5, on_alarm=lambda _: None)
    seen = []
    for step in range(1, 21):
        seen += [step] if hooks(optimizer) else []
        update(net, optimizer)
        monitor.step(loss=1.0)
    assert seen == [5, 6, 10, 11, 15, 16, 20]
    assert "gradient_cosine" in monitor.tracker.seen


def test_two_optimisers_of_one_model_make_one_gradient() -> None:
    net = model()
    weights = [p for p in net.parameters() if p.ndim == 2]
    optimizers = [SGD(weights, 0.1), Adam([p for p in net.parameters() if p.ndim == 1])]
    numbers, layers = checks(GradientProbe({"model": net}, optimizers), lambda: update(net, *optimizers))[1]
    assert list(layers["layer_gradient"]) == ["0", "2"]
    assert "gradient_cosine" in numbers


def test_an_error_of_its_own_waits_for_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    net = model()
    optimizer = SGD(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    monkeypatch.setattr("gancheck.monitor.probes.around_step.norms", lambda *_: 1 / 0)
    update(net, optimizer)
    with pytest.raises(RuntimeError, match="inside the optimiser's step: division by zero"):
        probe.measure()


def test_a_step_that_the_optimiser_breaks_off_is_compared_with_no_other() -> None:
    net = model()
    optimizer = Unsteady(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    with pytest.raises(MemoryError):
        update(net, optimizer)
    optimizer.is_short_of_memory = False
    numbers, _ = checks(probe, lambda: update(net, optimizer))[0]
    assert "gradient_norm" in numbers
    assert "gradient_cosine" not in numbers


def test_a_step_that_is_tried_again_is_measured_from_its_new_beginning() -> None:
    net = model()
    optimizer = Unsteady(net.parameters(), 0.1)
    probe = GradientProbe({"model": net}, [optimizer])
    probe.arm()
    with pytest.raises(MemoryError):
        update(net, optimizer)
    optimizer.is_short_of_memory = False
    update(net, optimizer)
    numbers, _ = fetch({1: probe.measure()})[1]
    assert numbers["gradient_norm"] == pytest.approx(whole([p.grad for p in net.parameters() if p.grad is not None]))
    assert "gradient_cosine" not in numbers
    update(net, optimizer)
    assert "gradient_cosine" in fetch({2: probe.measure()})[2][0]


class Unsteady(SGD):
    """Its steps fail as long as there is too little memory."""

    is_short_of_memory = True

    def step(self, closure: Any = None) -> Any:
        if self.is_short_of_memory:
            raise MemoryError
        return super().step(closure)


def test_a_player_that_is_frozen_outside_its_own_step_is_watched() -> None:
    players = {"generator": model(), "discriminator": model()}
    optimizers = [Adam(player.parameters()) for player in players.values()]
    players["discriminator"].requires_grad_(False)

    def step() -> None:
        for player, optimizer in zip(players.values(), optimizers, strict=True):
            player.requires_grad_(True)
            update(player, optimizer)
            player.requires_grad_(False)

    numbers, layers = checks(GradientProbe(players, optimizers), step)[0]
    assert {"generator_gradient", "discriminator_gradient"} <= set(numbers)
    assert set(layers["unmoved"].values()) == set(layers["no_gradient"].values()) == {0.0}


def test_a_layer_that_stays_frozen_is_asked_for_nothing() -> None:
    net = model()
    optimizer = Adam(net.parameters())
    net[0].requires_grad_(False)
    _, layers = checks(GradientProbe({"model": net}, [optimizer]), lambda: update(net, optimizer))[0]
    assert layers["unmoved"] == layers["no_gradient"] == {"2": 0.0}


def test_a_step_that_a_scaler_lets_go_by_says_nothing() -> None:
    net, scaler = model(), torch.amp.GradScaler("cpu", init_scale=1024.0)
    optimizer = Adam(net.parameters(), fused=True)
    sizes = iter([math.inf, 1.0, 1.0, 1.0])

    def step() -> None:
        optimizer.zero_grad()
        scaler.scale(net(torch.ones(4, 3)).square().mean() * next(sizes)).backward()
        scaler.step(optimizer)
        scaler.update()

    (skipped, _), (numbers, _) = checks(GradientProbe({"model": net}, [optimizer]), step)
    assert skipped == {"learning_rate": 0.001}
    assert math.isfinite(numbers["gradient_norm"])
