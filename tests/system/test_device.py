"""Which device a command runs on."""

from __future__ import annotations

import pytest

from gancheck.errors import Unsupported
from gancheck.system.device import device_named


@pytest.mark.parametrize(("gpu", "device"), [(True, "cuda"), (False, "cpu")])
def test_auto_takes_the_gpu_where_there_is_one(gpu: bool, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: gpu)
    assert device_named("auto") == device
    assert device_named("cpu") == "cpu"


def test_a_gpu_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.cuda.is_available", lambda: False)
    with pytest.raises(Unsupported, match="sees no GPU; use --device cpu"):
        device_named("cuda")


def test_a_device_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(Unsupported, match="--device tpu: choose auto, cpu or cuda"):
        device_named("tpu")
