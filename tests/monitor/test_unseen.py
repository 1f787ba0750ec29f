from __future__ import annotations

import logging
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

import gancheck as gc


def build_net() -> nn.Sequential:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 16), nn.Tanh(), nn.Linear(16, 1))


def compile_whole(net: nn.Sequential) -> nn.Module:
    return torch.compile(net, backend="eager")  # type: ignore[return-value]


def compile_in_place(net: nn.Sequential) -> nn.Module:
    net.compile(backend="eager")
    return net


def compile_part(net: nn.Sequential) -> nn.Module:
    net[1] = torch.compile(net[1], backend="eager")  # type: ignore[assignment]
    return net


@pytest.mark.parametrize("build", [compile_whole, compile_in_place, compile_part])
def test_of_a_compiled_model_the_monitor_says_so(build: Callable[[nn.Sequential], nn.Module]) -> None:
    monitor = train(build(build_net()), steps=4)
    assert "train some hundred steps without it" in monitor.idle["dead-units"]
    assert not [name for name, reason in monitor.idle.items() if "nn.ReLU" in reason]
    assert "layer_gradient" in monitor.history[-1].layers


def test_sharded_players_are_not_asked_for_again(caplog: pytest.LogCaptureFixture) -> None:
    generator, discriminator = build_net(), build_net()
    for parameter in [*generator.parameters(), *discriminator.parameters()]:
        parameter.placements = ()  # type: ignore[attr-defined]
    optimizer = torch.optim.SGD([*generator.parameters(), *discriminator.parameters()], 0.1)
    monitor = gc.watch(generator=generator, discriminator=discriminator, optimizers=[optimizer])
    for name in ("rotation", "spectral-collapse", "frozen-parameter"):
        assert "which DTensors are not" in monitor.idle[name]
    assert caplog.text.count("12 parameters are DTensors") == 1


def test_a_part_of_sharded_parameters_is_named(caplog: pytest.LogCaptureFixture) -> None:
    class FullyShardedDataParallel(nn.Sequential):  # the real one needs a GPU
        pass

    gc.watch(FullyShardedDataParallel(*build_net()))
    assert "only the part that the first process holds is watched" in caplog.text


def train(model: nn.Module, steps: int) -> gc.Monitor:
    """Watched, on the same batches each time; the last loss stands in the history."""
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    monitor = gc.watch(model, optimizer, every=2)
    draw = torch.Generator().manual_seed(1)
    for _ in range(steps):
        x = torch.randn(8, 4, generator=draw)
        loss = (model(x) - x.sum(1, keepdim=True)).square().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        monitor.step(loss=loss)
    return monitor


def train_sharded(rank: int, folder: Path) -> None:
    """One of two processes, each with half of the parameters; the first one writes what it saw."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    torch.set_num_threads(1)
    logging.basicConfig(filename=folder / f"log{rank}")
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=2)
    net = build_net()
    fully_shard(net, mesh=init_device_mesh("cpu", (2,)))
    monitor = train(net, steps=6)
    if rank == 0:
        loss = monitor.history[-1].get("loss")
        (folder / "seen").write_text(f"{loss:.5f} {monitor.failed} {monitor.idle}")
    dist.destroy_process_group()


@pytest.mark.timeout(90)
def test_a_sharded_training_goes_on_as_it_would_and_is_told_what_is_not_seen(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(gc.__file__).parents[1])}
    subprocess.run([sys.executable, __file__, str(tmp_path)], env=environment, timeout=80, check=True)
    text = (tmp_path / "seen").read_text()
    alone = train(build_net(), steps=6).history[-1].get("loss")
    assert text.startswith(f"{alone:.5f} {{}} ")
    assert "needs layer_gradient: parameters that the first process holds whole" in text
    assert [(tmp_path / f"log{rank}").read_text().count("are DTensors") for rank in (0, 1)] == [1, 0]


def main(folder: Path) -> int:
    """Two processes that part when PyTorch is imported, which takes longer than all they do; 1 where one fails."""
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=train_sharded, args=(rank, folder), daemon=True) for rank in (0, 1)]
    for process in running:
        process.start()
    for process in running:
        process.join(75)
    return int([process.exitcode for process in running] != [0, 0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
