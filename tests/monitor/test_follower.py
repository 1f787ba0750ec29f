from __future__ import annotations

import pytest
import torch

from gancheck.monitor import building
from gancheck.monitor.building import build_monitor
from gancheck.monitor.follower import FollowingMonitor


def test_what_is_logged_in_a_process_that_does_not_decide_is_not_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "decides_here", lambda: False)
    monitor = build_monitor({}, [], {"every": 2})
    assert isinstance(monitor, FollowingMonitor)
    monitor.log(d_real=torch.ones(4), samples=torch.ones(4, 2), inputs="anything")
    assert [monitor.step(loss=torch.ones(3)), monitor.step()] == [[], []]
    assert (monitor.steps, monitor.waiting) == (2, {})
