from __future__ import annotations

import math
import multiprocessing
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import torch
import torch.distributed as dist
from torch import nn

import gancheck as gc
from gancheck.monitor.decide import agree


def train(rank: int, folder: Path) -> None:
    """One of two processes; only the first one's loss becomes NaN, at step 5. Both write where they stopped."""
    torch.set_num_threads(1)
    wait = timedelta(seconds=40)
    dist.init_process_group("gloo", init_method=f"file://{folder}/store", rank=rank, world_size=2, timeout=wait)
    net = nn.parallel.DistributedDataParallel(nn.Linear(2, 1))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    trace = folder / f"trace{rank}.jsonl"
    monitor = gc.watch(net, optimizer, every=3, detectors="nonfinite", on_alarm="raise", trace=trace)
    stopped, text = 0, ""
    try:
        for step in range(1, 13):
            optimizer.zero_grad()
            loss = net(torch.ones(4, 2)).square().mean()
            loss.backward()
            optimizer.step()
            stopped = step
            monitor.log(d_real=torch.ones(4), samples=torch.ones(4, 2))
            monitor.step(loss=math.nan if rank == 0 and step >= 5 else loss)
    except gc.TrainingAlarm as alarm:
        text = str(alarm)
    (folder / f"rank{rank}").write_text(f"{stopped} {text}")
    dist.destroy_process_group()


@pytest.mark.timeout(60)
def test_the_first_process_decides_and_all_stop_at_the_same_step(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(Path(gc.__file__).parents[1])}
    subprocess.run([sys.executable, __file__, str(tmp_path)], env=environment, timeout=50, check=True)
    texts = [(tmp_path / f"rank{rank}").read_text() for rank in (0, 1)]
    assert texts[0] == texts[1]
    assert texts[0].startswith("6 step 5: nonfinite")
    assert [(tmp_path / f"trace{rank}.jsonl").exists() for rank in (0, 1)] == [True, False]


def test_without_other_processes_alarms_stay_as_they_are() -> None:
    fresh = [gc.Alarm("mine", 3, "warning", 2.0, 1.0, "why")]
    assert agree(fresh) is fresh


def main(folder: Path) -> int:
    """Two processes that part when PyTorch is imported, which takes longer than all they do; 1 where one fails."""
    fork = multiprocessing.get_context("fork")
    running = [fork.Process(target=train, args=(rank, folder), daemon=True) for rank in (0, 1)]
    for process in running:
        process.start()
    for process in running:
        process.join(45)
    return int([process.exitcode for process in running] != [0, 0])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
