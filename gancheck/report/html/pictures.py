"""Pictures of a folder inside a page."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from gancheck.report.html.page import picture_uri

TITLES = {
    "samples": "Samples beside data",
    "modes": "Shares of the modes",
    "classes": "The classes",
    "missing": "What is missing",
    "copies": "Suspected copies of training data",
    "losses": "Losses and alarms",
    "gradients": "Gradients by layer",
    "updates": "Updates by layer",
    "learning_curves": "Learning curves",
    "collapse": "Diversity, modes and coverage",
}


class Picture(NamedTuple):
    """A picture with its title, inside a page."""

    title: str
    uri: str


def pictures_of(paths: Iterable[Path]) -> list[Picture]:
    """The PNG files among these."""
    return [Picture(TITLES.get(path.stem, path.stem), picture_uri(path)) for path in paths if path.suffix == ".png"]
