"""gancheck tells people the truth about mode collapse.

    import gancheck as gc

Names are loaded when they are first used, so that importing the package (and `gancheck --help`) does not import torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

#: Public name -> module that defines it.
PUBLIC = {
    **dict.fromkeys(("gan", "Gan", "Players", "Latent", "Helper"), "gancheck.gans"),
    **dict.fromkeys(("strategy", "Strategy"), "gancheck.strategies.base"),
    **dict.fromkeys(("dataset", "Dataset", "DataSpec", "Batch", "Assignment", "Facet"), "gancheck.datasets.base"),
    **dict.fromkeys(("metric",), "gancheck.metrics.base"),
    **dict.fromkeys(("detector", "Detector", "Alarm"), "gancheck.detectors.base"),
    **dict.fromkeys(("Game",), "gancheck.game"),
    **dict.fromkeys(("State",), "gancheck.state"),
    **dict.fromkeys(("Session",), "gancheck.session"),
    **dict.fromkeys(("Settings", "Optimiser", "Budget"), "gancheck.settings"),
    **dict.fromkeys(("View",), "gancheck.view"),
    **dict.fromkeys(("Catalogue",), "gancheck.catalogue"),
    **dict.fromkeys(("Suite",), "gancheck.suite"),
    **dict.fromkeys(("run",), "gancheck.running"),
    **dict.fromkeys(("score",), "gancheck.scoring"),
    **dict.fromkeys(("Scores", "Finding"), "gancheck.scores"),
    **dict.fromkeys(("inspect_data",), "gancheck.inspection.look"),
    **dict.fromkeys(("Estimate",), "gancheck.estimate"),
    **dict.fromkeys(("GancheckError",), "gancheck.errors"),
}
__all__ = [*PUBLIC, "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from gancheck.catalogue import Catalogue as Catalogue
    from gancheck.datasets.base import Assignment as Assignment
    from gancheck.datasets.base import Batch as Batch
    from gancheck.datasets.base import Dataset as Dataset
    from gancheck.datasets.base import DataSpec as DataSpec
    from gancheck.datasets.base import Facet as Facet
    from gancheck.datasets.base import dataset as dataset
    from gancheck.detectors.base import Alarm as Alarm
    from gancheck.detectors.base import Detector as Detector
    from gancheck.detectors.base import detector as detector
    from gancheck.errors import GancheckError as GancheckError
    from gancheck.estimate import Estimate as Estimate
    from gancheck.game import Game as Game
    from gancheck.gans import Gan as Gan
    from gancheck.gans import Helper as Helper
    from gancheck.gans import Latent as Latent
    from gancheck.gans import Players as Players
    from gancheck.gans import gan as gan
    from gancheck.inspection.look import inspect_data as inspect_data
    from gancheck.metrics.base import metric as metric
    from gancheck.running import run as run
    from gancheck.scores import Finding as Finding
    from gancheck.scores import Scores as Scores
    from gancheck.scoring import score as score
    from gancheck.session import Session as Session
    from gancheck.settings import Budget as Budget
    from gancheck.settings import Optimiser as Optimiser
    from gancheck.settings import Settings as Settings
    from gancheck.state import State as State
    from gancheck.strategies.base import Strategy as Strategy
    from gancheck.strategies.base import strategy as strategy
    from gancheck.suite import Suite as Suite
    from gancheck.view import View as View


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("gancheck.version").version()
    if name not in PUBLIC:
        raise AttributeError(f"module 'gancheck' has no attribute {name!r}")
    return getattr(importlib.import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
