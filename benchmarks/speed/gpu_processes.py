"""Many hand-written loops on one GPU, each in a process of its own, as people train many seeds.

    python -m benchmarks.speed.gpu_processes 64 3    # processes, seconds; prints seed-steps per second as JSON

Processes are forked before CUDA is begun, so that PyTorch is imported once. Without a GPU they run on the CPU.
"""

from __future__ import annotations

import json
import multiprocessing
import sys
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

import torch

from benchmarks.speed.by_hand import points_loop
from benchmarks.usage import answer_help

WIDTH, BATCH = 64, 128
WARM_UP = 50  #: steps
PATIENCE = 90.0  #: seconds that all are waited for


def work(ready: Barrier, seconds: float, answer: Connection) -> None:
    """Step until the time is over, together with the others; sends the steps of a second."""
    torch.set_num_threads(1)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loop = points_loop("none", WIDTH, BATCH, careful=True, device=device)
    for _ in range(WARM_UP):
        loop.step()
    ready.wait(PATIENCE)
    steps, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        loop.step()
        steps += 1
    if device.type == "cuda":
        torch.cuda.synchronize()
    answer.send(steps / (time.perf_counter() - start))


def rate(count: int, seconds: float) -> float:
    """Seed-steps per second of so many processes together."""
    context = multiprocessing.get_context("fork")
    ready, ends = context.Barrier(count), [context.Pipe(duplex=False) for _ in range(count)]
    processes = [context.Process(target=work, args=(ready, seconds, end)) for _, end in ends]
    for process in processes:
        process.start()
    try:
        rates = [receive(end) for end, _ in ends]
    finally:
        for process in processes:
            process.terminate()
            process.join()
    return sum(rates)


def receive(end: Connection) -> float:
    """One process's rate; TimeoutError where it does not answer."""
    if not end.poll(2 * PATIENCE):
        raise TimeoutError("a process did not answer: too little memory for so many?")
    found: float = end.recv()
    return found


if __name__ == "__main__":
    answer_help(__doc__)
    print(json.dumps(round(rate(int(sys.argv[1]), float(sys.argv[2])), 1)))
