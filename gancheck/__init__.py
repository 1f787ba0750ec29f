"""gancheck tells people the truth about mode collapse.

    import gancheck as gc

Names are loaded when they are first used, so that importing the package (and `gancheck --help`) does not import torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

#: Public name -> module that defines it.
PUBLIC = {
    **dict.fromkeys(("gan", "Gan", "Model"), "gancheck.gans.base"),
    **dict.fromkeys(("Players", "Networks", "Player"), "gancheck.gans.players"),
    **dict.fromkeys(("Latent", "one_hot", "join"), "gancheck.gans.latent"),
    **dict.fromkeys(("strategy", "Strategy", "BuildInfo"), "gancheck.strategies.base"),
    **dict.fromkeys(("Log", "Linear", "Choice"), "gancheck.strategies.search_space"),
    **dict.fromkeys(("dataset", "Dataset", "DataSpec", "Batch", "Assignment", "Facet"), "gancheck.datasets.base"),
    **dict.fromkeys(("Mixture",), "gancheck.datasets.mixtures.base"),
    **dict.fromkeys(("metric",), "gancheck.metrics.base"),
    **dict.fromkeys(("detector", "Detector", "Alarm", "Reading"), "gancheck.detectors.base"),
    "Observation": "gancheck.detectors.observation",
    "watch": "gancheck.api.watch",
    "cross_validate": "gancheck.api.cross_validate",
    "CrossValidation": "gancheck.monitor.cross_validation.result",
    "Fold": "gancheck.monitor.cross_validation.fold",
    "diagnose": "gancheck.api.diagnose",
    "Diagnosis": "gancheck.monitor.diagnosis",
    "draw_landscape": "gancheck.report.plots.landscape",
    "Monitor": "gancheck.monitor.monitor",
    **dict.fromkeys(("extractor", "Extractor"), "gancheck.extractors.base"),
    **dict.fromkeys(("Game", "Sample"), "gancheck.gans.game"),
    **dict.fromkeys(("State", "Params", "Kept"), "gancheck.gans.state"),
    **dict.fromkeys(("Look",), "gancheck.gans.look"),
    **dict.fromkeys(("Sampler",), "gancheck.gans.sampler"),
    "Dropout": "gancheck.gans.dropout",
    "noise": "gancheck.gans.noise",
    **dict.fromkeys(("Session",), "gancheck.gans.session"),
    **dict.fromkeys(("Settings", "Optimiser", "Budget"), "gancheck.gans.settings"),
    **dict.fromkeys(("View",), "gancheck.evaluation.view"),
    **dict.fromkeys(("Registry",), "gancheck.plugins.registry"),
    **dict.fromkeys(("Suite",), "gancheck.bench.suite"),
    **dict.fromkeys(("load_suite",), "gancheck.bench.suite_file"),
    **dict.fromkeys(("run", "check"), "gancheck.api.run"),
    **dict.fromkeys(("tune", "compare_tracks"), "gancheck.api.tune"),
    **dict.fromkeys(("score",), "gancheck.api.score"),
    **dict.fromkeys(("inspect_data",), "gancheck.inspection.inspect"),
    **dict.fromkeys(("RunOutcome",), "gancheck.bench.run"),
    **dict.fromkeys(("Leaderboard",), "gancheck.bench.leaderboard"),
    **dict.fromkeys(("Scores", "Finding"), "gancheck.scoring.scores"),
    **dict.fromkeys(("Estimate",), "gancheck.statistics.estimate"),
    **dict.fromkeys(("has_head", "split_head", "insert_before_head"), "gancheck.gans.heads"),
    **dict.fromkeys(("adam",), "gancheck.gans.lookahead"),
    **dict.fromkeys(
        ("GancheckError", "BadParameter", "BadData", "Unsupported", "TrainingAlarm", "FailedFold"), "gancheck.errors"
    ),
}
__all__ = [*PUBLIC, "testing", "__version__"]  # noqa: PLE0604

if TYPE_CHECKING:
    from gancheck.api.cross_validate import cross_validate as cross_validate
    from gancheck.api.diagnose import diagnose as diagnose
    from gancheck.api.run import check as check
    from gancheck.api.run import run as run
    from gancheck.api.score import score as score
    from gancheck.api.tune import compare_tracks as compare_tracks
    from gancheck.api.tune import tune as tune
    from gancheck.api.watch import watch as watch
    from gancheck.bench.leaderboard import Leaderboard as Leaderboard
    from gancheck.bench.run import RunOutcome as RunOutcome
    from gancheck.bench.suite import Suite as Suite
    from gancheck.bench.suite_file import load_suite as load_suite
    from gancheck.datasets.base import Assignment as Assignment
    from gancheck.datasets.base import Batch as Batch
    from gancheck.datasets.base import Dataset as Dataset
    from gancheck.datasets.base import DataSpec as DataSpec
    from gancheck.datasets.base import Facet as Facet
    from gancheck.datasets.base import dataset as dataset
    from gancheck.datasets.mixtures.base import Mixture as Mixture
    from gancheck.detectors.base import Alarm as Alarm
    from gancheck.detectors.base import Detector as Detector
    from gancheck.detectors.base import Reading as Reading
    from gancheck.detectors.base import detector as detector
    from gancheck.detectors.observation import Observation as Observation
    from gancheck.errors import BadData as BadData
    from gancheck.errors import BadParameter as BadParameter
    from gancheck.errors import FailedFold as FailedFold
    from gancheck.errors import GancheckError as GancheckError
    from gancheck.errors import TrainingAlarm as TrainingAlarm
    from gancheck.errors import Unsupported as Unsupported
    from gancheck.evaluation.view import View as View
    from gancheck.extractors.base import Extractor as Extractor
    from gancheck.extractors.base import extractor as extractor
    from gancheck.gans.base import Gan as Gan
    from gancheck.gans.base import Model as Model
    from gancheck.gans.base import gan as gan
    from gancheck.gans.dropout import Dropout as Dropout
    from gancheck.gans.game import Game as Game
    from gancheck.gans.game import Sample as Sample
    from gancheck.gans.heads import has_head as has_head
    from gancheck.gans.heads import insert_before_head as insert_before_head
    from gancheck.gans.heads import split_head as split_head
    from gancheck.gans.latent import Latent as Latent
    from gancheck.gans.latent import join as join
    from gancheck.gans.latent import one_hot as one_hot
    from gancheck.gans.look import Look as Look
    from gancheck.gans.lookahead import adam as adam
    from gancheck.gans.noise import noise as noise
    from gancheck.gans.players import Networks as Networks
    from gancheck.gans.players import Player as Player
    from gancheck.gans.players import Players as Players
    from gancheck.gans.sampler import Sampler as Sampler
    from gancheck.gans.session import Session as Session
    from gancheck.gans.settings import Budget as Budget
    from gancheck.gans.settings import Optimiser as Optimiser
    from gancheck.gans.settings import Settings as Settings
    from gancheck.gans.state import Kept as Kept
    from gancheck.gans.state import Params as Params
    from gancheck.gans.state import State as State
    from gancheck.inspection.inspect import inspect_data as inspect_data
    from gancheck.metrics.base import metric as metric
    from gancheck.monitor.cross_validation.fold import Fold as Fold
    from gancheck.monitor.cross_validation.result import CrossValidation as CrossValidation
    from gancheck.monitor.diagnosis import Diagnosis as Diagnosis
    from gancheck.monitor.monitor import Monitor as Monitor
    from gancheck.plugins.registry import Registry as Registry
    from gancheck.report.plots.landscape import draw_landscape as draw_landscape
    from gancheck.scoring.scores import Finding as Finding
    from gancheck.scoring.scores import Scores as Scores
    from gancheck.statistics.estimate import Estimate as Estimate
    from gancheck.strategies.base import BuildInfo as BuildInfo
    from gancheck.strategies.base import Strategy as Strategy
    from gancheck.strategies.base import strategy as strategy


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("gancheck.version").version()
    if name == "testing":
        return importlib.import_module("gancheck.testing")
    if name not in PUBLIC:
        raise AttributeError(f"module 'gancheck' has no attribute {name!r}")
    return getattr(importlib.import_module(PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
