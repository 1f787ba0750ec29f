"""`gancheck.diagnose`: what went wrong in a training that is over?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from gancheck.detectors.selection import track
from gancheck.monitor.diagnosis import Diagnosis
from gancheck.monitor.readers.open import read_recording
from gancheck.plugins.registry import Registry


def diagnose(
    path: str | Path,
    *,
    detectors: str | Iterable[str] = "standard",
    initial_loss: float | None = None,
    plots: str | Path | None = None,
    plugins: Iterable[str | Path] = (),
) -> Diagnosis:
    """What detectors say of a recorded training: a trace of `gc.watch`, TensorBoard's event files, Hugging Face's
    trainer_state.json, a table of losses (CSV), or a log with lines such as `step 120 loss 0.53`.

    `detectors` is a preset ("cheap", "standard", "full"), or names with parameters, as in `gc.watch`. `initial_loss` is
    that of a constant guess: log(classes), or the variance of the target. `plots` is a folder for pictures and
    report.html, a page of it all. `plugins` are files or folders with detectors of your own.

    Raises BadData for what cannot be read, UnknownName and BadParameter for names.
    """
    tracker = track(detectors, Registry.load(plugins))
    found = Diagnosis.of(read_recording(Path(path)), tracker, initial_loss)
    if plots is None:
        return found
    from gancheck.report.html.diagnosis_page import FILE, write_diagnosis_page
    from gancheck.report.plots.training import draw  # matplotlib takes a second

    folder = Path(plots)
    drawn = replace(found, pictures=tuple(draw(found.recording.observations, found.alarms, folder)))
    return replace(drawn, pictures=(*drawn.pictures, write_diagnosis_page(folder / FILE, drawn)))
