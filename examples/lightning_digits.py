"""A classifier of digits in Lightning. Planted fault: the first layer was left out of the optimiser.

pip install lightning
python examples/lightning_digits.py
"""

from __future__ import annotations

from typing import Any

import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from gancheck.monitor.adapters.lightning import GancheckCallback, lightning


class Classifier(lightning.LightningModule):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(64, 64), nn.ReLU())
        self.head = nn.Linear(64, 10)

    def training_step(self, batch: Any, batch_idx: int) -> Tensor:
        x, y = batch
        return nn.functional.cross_entropy(self.head(self.body(x)), y)

    def validation_step(self, batch: Any, batch_idx: int) -> None:
        x, y = batch
        answers = self.head(self.body(x))
        self.log("val_loss", nn.functional.cross_entropy(answers, y))
        self.log("val_accuracy", (answers.argmax(1) == y).float().mean())

    def configure_optimizers(self) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.head.parameters(), lr=1e-3)  # self.parameters() was meant


def main() -> None:
    torch.manual_seed(0)
    digits = load_digits()
    x, y = torch.tensor(digits.data / 16, dtype=torch.float32), torch.tensor(digits.target)
    training = DataLoader(TensorDataset(x[:1500], y[:1500]), batch_size=64, shuffle=True)
    held_out = DataLoader(TensorDataset(x[1500:], y[1500:]), batch_size=297)
    callback = GancheckCallback(every=10)
    quiet = {
        "logger": False,
        "enable_checkpointing": False,
        "enable_progress_bar": False,
        "enable_model_summary": False,
    }
    lightning.Trainer(max_epochs=4, accelerator="cpu", callbacks=callback, **quiet).fit(
        Classifier(), training, held_out
    )
    if callback.monitor is not None:
        print(callback.monitor.report())


if __name__ == "__main__":
    main()
