from __future__ import annotations

import gc as memory

import torch
from torch import nn

from gancheck.detectors.alarms import AlarmTracker
from gancheck.monitor.monitor import Monitor
from gancheck.monitor.probes.activations import ActivationProbe
from gancheck.monitor.probes.gradients import GradientProbe
from gancheck.monitor.probes.weights import WeightProbe


def test_two_thousand_steps_leave_no_hooks_no_tensors_and_nothing_waiting() -> None:
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = torch.optim.SGD(net.parameters(), 1e-3)
    models = {"model": net}
    probes = [GradientProbe(models, [optimizer]), ActivationProbe(models), WeightProbe(models)]
    monitor = Monitor(AlarmTracker({}), probes, every=10)
    counts = []
    for step in range(1, 2001):
        optimizer.zero_grad()
        loss = net(torch.ones(4, 4)).square().mean()
        loss.backward()
        optimizer.step()
        monitor.step(loss=loss)
        if step in (1000, 2000):
            memory.collect()
            counts.append(sum(isinstance(thing, torch.Tensor) for thing in memory.get_objects()))
    assert not monitor.stopped
    assert len(monitor.history) == 200
    assert not monitor.waiting
    assert counts[0] == counts[1]
    assert not any(part._forward_hooks for part in net.modules())
    monitor.close()
    assert not optimizer._optimizer_step_pre_hooks  # type: ignore[attr-defined]
    assert not optimizer._optimizer_step_post_hooks  # type: ignore[attr-defined]
