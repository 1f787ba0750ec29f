"""`gancheck.cross_validate`, as a Python user calls it."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

import gancheck as gc


def train(fold: gc.Fold) -> dict[str, float]:
    """Logistic regression."""
    (x, y), (x_out, y_out) = fold.train, fold.validation
    model = nn.Linear(2, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    monitor = fold.watch(model, optimizer, every=2, detectors="nonfinite")
    for _ in range(40):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        monitor.step(loss=loss)
        monitor.log(val_loss=nn.functional.cross_entropy(model(x_out), y_out))
    return {"error": float((model(x_out).argmax(1) != y_out).float().mean()), "loss": loss.item()}


def test_classes_are_told_apart_and_the_curves_drawn(tmp_path: Path) -> None:
    y = torch.arange(60) % 2
    x = torch.randn(60, 2, generator=torch.Generator().manual_seed(0)) + 4 * y[:, None]
    found = gc.cross_validate(train, (x, y), folds=3)
    assert isinstance(found, gc.CrossValidation)
    assert found.mean < 0.1
    assert found.word in ("fine", "underfitting")
    assert "error" in str(found)
    (picture,) = found.plot(tmp_path / "pictures")
    assert picture.stat().st_size > 5_000
