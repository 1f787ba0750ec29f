"""Real data of which mean and covariance alone are known, as other projects publish them: the Frechet distance only."""

from __future__ import annotations

import zipfile
from collections.abc import Collection
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import polars
import torch
from torch import Tensor

from gancheck.errors import BadData, BadParameter
from gancheck.evaluation.panel import GROUPS
from gancheck.extractors.cache import FeatureCache
from gancheck.extractors.loaded import LoadedExtractor, load_extractor
from gancheck.loading.arrays import members_of
from gancheck.loading.content import open_zip
from gancheck.loading.failures import one_line_errors
from gancheck.loading.open import open_samples
from gancheck.loading.samples import Samples
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.gaussian_distance import distance_to_gaussian
from gancheck.plugins.registry import Registry
from gancheck.scoring.reading import MAX_SAMPLES, limit_samples
from gancheck.scoring.real_data import RealDataRequest, advising_other_features, features_for
from gancheck.scoring.scores import Scores
from gancheck.version import version

ARRAYS = {"mu", "sigma"}  #: of a file of statistics
SAVE = "save mu (d,) and sigma (d, d) with numpy.savez"
LOPSIDED = 1e-6  #: of its largest entry: less asymmetry is rounding
NEGATIVE = 1e-3  #: of its largest entry: a variance not further below zero is rounding, of float32 at that
REASON = "mean and covariance of real data give the Frechet distance alone; a verdict needs real samples (--reference)"


@dataclass(frozen=True, eq=False)
class RealStatistics:
    """Mean and covariance of real data's features; which network made them the file does not say."""

    name: str
    mean: Tensor  #: (d,) float64
    sigma: Tensor  #: (d, d) float64


def read_statistics(source: Any) -> RealStatistics | None:
    """The statistics in a .npz file with arrays `mu` (d,) and `sigma` (d, d); None where it is anything else.

    Nothing is unpickled. BadData where these arrays are no mean and covariance.
    """
    if not isinstance(source, str | PathLike) or not holds_statistics(path := Path(source)):
        return None
    with one_line_errors(path.name, SAVE):
        open_zip(path)  # refuses what would flood the memory
        with zipfile.ZipFile(path) as archive:
            arrays = members_of(archive)
            kept = {key: np.asarray(arrays[key]).astype(np.float64, casting="same_kind") for key in ARRAYS}
        mean, sigma = torch.from_numpy(kept["mu"]), torch.from_numpy(kept["sigma"])
        return validate_statistics(RealStatistics(path.name, mean.flatten(), sigma))


def holds_statistics(path: Path) -> bool:
    """Whether a file is a .npz with these arrays."""
    if path.suffix != ".npz" or not zipfile.is_zipfile(path):
        return False
    with one_line_errors(path.name, SAVE), zipfile.ZipFile(path) as archive:
        return {name.removesuffix(".npy") for name in archive.namelist()} >= ARRAYS


def validate_statistics(found: RealStatistics) -> RealStatistics:
    """The same; BadData where they are no mean and covariance."""
    d = len(found.mean)
    if not d or found.sigma.shape != (d, d):
        raise BadData(
            f"{found.name}: mu has {d} numbers and sigma is {tuple(found.sigma.shape)}; it must be ({d}, {d})"
        )
    if not (found.mean.isfinite().all() and found.sigma.isfinite().all()):
        raise BadData(f"{found.name}: mu and sigma must be finite")
    largest = found.sigma.abs().max()
    if (found.sigma - found.sigma.T).abs().max() > LOPSIDED * largest or found.sigma.diag().min() < 0:
        raise BadData(f"{found.name}: sigma is no covariance: it must be symmetric, with no negative variance")
    if (lowest := float(torch.linalg.eigvalsh(found.sigma)[0])) < -NEGATIVE * largest:
        raise BadData(f"{found.name}: sigma is no covariance: in one direction the variance is {lowest:.3g}")
    return found


def score_against_statistics(
    source: Any,
    statistics: RealStatistics,
    request: RealDataRequest,
    metrics: Collection[str],
    registry: Registry,
    device: torch.device,
    *,
    count: int | None = None,
    latent: int | None = None,
) -> Scores:
    """The Frechet distance of samples to statistics, without a verdict.

    `metrics` are those asked for by name; BadParameter where `fid` is not among them, or where something else was
    given that has no effect here. BadData where the features are not as many as the statistics'.
    """
    metrics = [name for name in metrics if name not in GROUPS]
    refuse_what_needs_samples(request, metrics)
    samples = limit_samples(open_samples(source, latent=latent, options=request.options), count, latent)
    with advising_other_features(samples):
        name = features_for(samples, request.features)
        network = load_extractor(name, registry, weights=request.weights, device=device)
    features = FeatureSet(FeatureCache(request.cache).features(samples, network, MAX_SAMPLES).to(device))
    if features.dimension != len(statistics.mean):
        raise BadData(
            f"{statistics.name} holds the statistics of {len(statistics.mean)} features, and {name} gives "
            f"{features.dimension}: name the features that they were made of (--features)"
        )
    value = float(distance_to_gaussian(features, statistics.mean.to(device), statistics.sigma.to(device)))
    return answer(value, samples, len(features), network, statistics, metrics)


def refuse_what_needs_samples(request: RealDataRequest, metrics: Collection[str]) -> None:
    """BadParameter for what has no effect without real samples."""
    for what, given in (("training data", request.train), ("labels", request.labels), ("a dataset", request.dataset)):
        if given is not None:
            raise BadParameter(f"mean and covariance alone are real here, and {what} has no effect: leave it out")
    if metrics and "fid" not in metrics:
        raise BadParameter(f"mean and covariance give fid alone: {', '.join(metrics)} need real samples (--reference)")


def refuse_scales(scale: str | None, sample_labels: Any) -> None:
    """BadParameter for options that have no effect without real samples."""
    for what, given in (("a scale", scale), ("labels of samples", sample_labels)):
        if given is not None:
            raise BadParameter(f"mean and covariance alone are real here, and {what} has no effect: leave it out")


def answer(
    value: float, samples: Samples, n: int, network: LoadedExtractor, real: RealStatistics, metrics: Collection[str]
) -> Scores:
    """The number, with what it was made of."""
    column = "fid" if network.name == "points" else f"fid@{network.name}"
    others = [name for name in metrics if name != "fid"]
    return Scores(
        verdict="undecided",
        reason=REASON,
        checks=(),
        values={column: value},
        floor={column: None},
        intervals={},
        per_mode=polars.DataFrame(),
        facts={
            "samples": samples.name,
            "n": n,
            "features": network.name,
            "statistics": real.name,
            "extractor": {"name": network.name, **network.facts},
            "gancheck": version(),
            "torch": torch.__version__,
        },
        notes=(
            *(f"{name} needs real samples" for name in others),
            f"{real.name} does not say which network, images and resizing it was made with: compare like with like",
            *(f"samples: {note}" for note in samples.notes),
            *network.describe_rules(),
        ),
    )
