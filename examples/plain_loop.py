"""A classifier of digits in a plain loop. Planted fault: the learning rate is a hundred times too high.

python examples/plain_loop.py
"""

from __future__ import annotations

import math

import torch
from sklearn.datasets import load_digits
from torch import nn

import gancheck as gc

STEPS, RATE = 300, 10.0  # 0.1 works


def main() -> None:
    torch.manual_seed(0)
    digits = load_digits()
    x, y = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
    net = nn.Sequential(nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, 10))
    optimizer = torch.optim.SGD(net.parameters(), lr=RATE)

    monitor = gc.watch(net, optimizer, every=10, initial_loss=math.log(10))
    for step in range(STEPS):
        rows = torch.randint(0, 1500, (64,))
        loss = nn.functional.cross_entropy(net(x[rows]), y[rows])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        monitor.step(loss=loss)
        if step % 50 == 49:
            with torch.no_grad():
                answers = net(x[1500:])
            val_loss = nn.functional.cross_entropy(answers, y[1500:])
            monitor.log(val_loss=val_loss, accuracy=(answers.argmax(1) == y[1500:]).float().mean())
    monitor.close()
    print(monitor.report())


if __name__ == "__main__":
    main()
