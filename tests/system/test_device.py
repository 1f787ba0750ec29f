"""Which device a command runs on."""

from __future__ import annotations

import pytest

from gancheck.errors import Unsupported
from gancheck.system.device import device_named, device_type, gpus_of


def give_gpus(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Let PyTorch see so many GPUs."""
    monkeypatch.setattr("torch.cuda.is_available", lambda: count > 0)
    monkeypatch.setattr("torch.cuda.device_count", lambda: count)


@pytest.mark.parametrize(("gpu", "device"), [(True, "cuda"), (False, "cpu")])
def test_auto_takes_the_gpu_where_there_is_one(gpu: bool, device: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give_gpus(monkeypatch, int(gpu))
    assert device_named("auto") == device
    assert device_named("cpu") == "cpu"


def test_a_gpu_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    give_gpus(monkeypatch, 0)
    with pytest.raises(Unsupported, match="sees no GPU; use --device cpu"):
        device_named("cuda")


def test_a_device_that_does_not_exist_is_one_line() -> None:
    with pytest.raises(Unsupported, match="--device tpu: choose auto, cpu, cuda or cuda:N"):
        device_named("tpu")


def test_one_of_several_gpus_can_be_named_and_is_of_their_type(monkeypatch: pytest.MonkeyPatch) -> None:
    give_gpus(monkeypatch, 2)
    assert device_named("cuda:1") == "cuda:1"
    assert [device_type(name) for name in ("cpu", "cuda", "cuda:1")] == ["cpu", "cuda", "cuda"]
    assert [gpus_of(name) for name in ("cpu", "cuda", "cuda:1")] == [(), (0, 1), (1,)]


@pytest.mark.parametrize(("count", "there"), [(1, "sees 1 of them, cuda:0"), (4, "sees 4 of them, cuda:0 to cuda:3")])
def test_a_gpu_too_many_is_one_line_with_what_is_there(count: int, there: str, monkeypatch: pytest.MonkeyPatch) -> None:
    give_gpus(monkeypatch, count)
    with pytest.raises(Unsupported, match=f"--device cuda:4: this PyTorch {there}"):
        device_named("cuda:4")
