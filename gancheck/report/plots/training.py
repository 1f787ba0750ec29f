"""The pictures of a training: losses with alarms, gradients and updates by layer, learning curves, and collapse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from gancheck.detectors.base import Alarm
from gancheck.detectors.observation import Observation
from gancheck.report.plots.training_curves import draw_collapse, draw_learning_curves
from gancheck.report.plots.training_layers import draw_gradients, draw_updates
from gancheck.report.plots.training_losses import draw_losses
from gancheck.report.plots.training_series import Series, layers_of, series_of

COLLAPSE = ("diversity", "modes_held", "coverage")


def draw(history: Sequence[Observation], alarms: Sequence[Alarm], folder: Path) -> list[Path]:
    """Write every picture that there are numbers for; gives their paths."""
    series = series_of(history)
    losses = {n: s for n, s in series.items() if n.endswith("loss") and not n.startswith(("val_", "initial_"))}
    curves = {n: s for n, s in series.items() if is_learning_curve(n)}
    collapse = {n: series[n] for n in COLLAPSE if n in series}
    gradients, updates = layers_of(history, "layer_gradient"), layers_of(history, "update_ratio")
    made = [draw_losses(folder / "losses.png", losses, alarms)] if losses else []
    made += [draw_gradients(folder / "gradients.png", gradients)] if len(gradients.steps) > 1 else []
    made += [draw_updates(folder / "updates.png", updates)] if len(updates.steps) > 1 else []
    made += [draw_learning_curves(folder / "learning_curves.png", curves | trained(losses, curves))] if curves else []
    made += [draw_collapse(folder / "collapse.png", collapse)] if collapse else []
    remove_stale(folder, made)
    return made


def is_learning_curve(name: str) -> bool:
    """Whether a signal tells how well it does: held-out losses and metrics."""
    return name == "accuracy" or name.startswith("metric_") or (name.startswith("val_") and name.endswith("loss"))


def trained(losses: dict[str, Series], curves: dict[str, Series]) -> dict[str, Series]:
    """The training losses that stand beside one of held-out data."""
    return {name: series for name, series in losses.items() if f"val_{name}" in curves}


def remove_stale(folder: Path, made: Iterable[Path]) -> None:
    """Take away pictures of an earlier training in the same folder."""
    for name in ("losses", "gradients", "updates", "learning_curves", "collapse"):
        if (path := folder / f"{name}.png") not in made:
            path.unlink(missing_ok=True)
