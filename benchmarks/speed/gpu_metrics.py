"""Metrics and feature extraction on a GPU, against the packages that compute them on a CPU, and the bare network."""

from __future__ import annotations

import contextlib
import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.speed.frechet import features
from benchmarks.speed.gpu_place import Figures, Place
from gancheck.evaluation.view import View
from gancheck.extractors.loaded import LoadedExtractor, load_extractor
from gancheck.extractors.pixels import photographs
from gancheck.metrics.manifold import coverage, density, precision, recall
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import cross_trace, frechet
from gancheck.plugins.registry import Registry
from gancheck.system.arithmetic import arithmetic
from gancheck.system.torchvision_compat import torchvision_operators

K = 5


def frechet_distance(place: Place) -> Figures:
    """From the same statistics, and from the features; torch-fidelity's solver runs on the CPU."""
    torchvision_operators()
    from torch_fidelity import metric_fid

    n, d = (300, 64) if place.tiny else (10_000, 2_048)
    given = features(n, d, 1, 1.1), features(n, d, 2, 1.0)
    stats = [metric_fid.fid_features_to_statistics(x.double()) for x in given]
    apart = float(((stats[0]["mu"] - stats[1]["mu"]) ** 2).sum() + np.trace(stats[0]["sigma"] + stats[1]["sigma"]))
    sigmas = [torch.from_numpy(s["sigma"]).to(place.device) for s in stats]
    there = [x.to(place.device) for x in given]
    ours = place.time(lambda: cross_trace(sigmas[1], sigmas[0]).item())
    yield f"d = {d}: seconds of gancheck on the device", ours
    whole = place.time(lambda: frechet(*map(FeatureSet, there)).item())
    yield f"d = {d}, n = {n}: seconds of gancheck on the device, from the features", whole
    start = time.perf_counter()
    theirs = float(metric_fid.fid_statistics_to_metric(*stats, False)[metric_fid.KEY_METRIC_FID])
    seconds = time.perf_counter() - start
    yield f"d = {d}: seconds of torch-fidelity on the CPU, times gancheck", (round(seconds, 2), ratio(seconds, ours))
    value = apart - 2 * cross_trace(sigmas[1], sigmas[0]).item()
    yield f"d = {d}: relative difference of the two values", abs(value - theirs) / theirs


def neighbour_balls(place: Place) -> Figures:
    """Precision, recall, density and coverage together, k = 5."""
    from prdc import compute_prdc

    for d in (64, 2_048):
        for n in (500,) if place.tiny else (20_000, 50_000):
            fake, real = (clouds(n, d, seed).to(place.device) for seed in (1, 2))
            seconds = place.time(lambda: balls(fake, real), 1)  # noqa: B023
            yield f"d = {d}, n = {n}: seconds of gancheck on the device", seconds
            if n > 20_000:
                continue
            start = time.perf_counter()
            with contextlib.redirect_stdout(io.StringIO()):
                theirs = compute_prdc(real.cpu().numpy(), fake.cpu().numpy(), K)
            spent = time.perf_counter() - start
            yield (
                f"d = {d}, n = {n}: seconds of prdc on the CPU, times gancheck",
                (round(spent, 2), ratio(spent, seconds)),
            )
            apart = max(abs(theirs[name] - value) for name, value in balls(fake, real).items())
            yield f"d = {d}, n = {n}: largest difference of a value", apart


def balls(fake: Tensor, real: Tensor) -> dict[str, float]:
    """All four from one pass."""
    view = View(fake, real)
    measures = {"precision": precision, "recall": recall, "density": density, "coverage": coverage}
    return {name: float(measure(view, K)) for name, measure in measures.items()}


def clouds(n: int, d: int, seed: int) -> Tensor:
    """(n, d) float32 with a few wide directions, as features have; the two sides differ a little."""
    source = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=source) * torch.arange(1, d + 1) ** -0.5 * (1 + 0.05 * seed)


def feature_extraction(place: Place) -> Figures:
    """Images a second: gancheck's whole path from images on the CPU, and the bare network on bytes on the device."""
    count, side = (4, 32) if place.tiny else (2_048, 32)
    images = torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(0)) * 2 - 1
    with tempfile.TemporaryDirectory() as folder:
        loaded = inception(Path(folder) / "inception.pth", place.device)
    if place.tiny:
        loaded.extractor.batch = 2
    bare = bare_network(loaded, photographs(images.to(place.device)))
    with arithmetic():
        alone = count / place.time(bare)
    rate = count / place.time(lambda: loaded.features(images))
    yield "inception: images a second of the bare network in float32", round(alone, 1)
    yield "inception: images a second of gancheck, share of the bare network", (round(rate, 1), round(rate / alone, 3))
    yield "inception: images a second of the bare network in TF32", round(count / place.time(bare), 1)


def bare_network(loaded: LoadedExtractor, images: Tensor) -> Callable[[], Any]:
    """The network on bytes that lie on the device."""
    network: Any = loaded.extractor.network  # type: ignore[attr-defined]

    def call() -> None:
        with torch.no_grad():
            for part in torch.split(images, loaded.batch):
                network(part)

    return call


def inception(path: Path, device: torch.device) -> LoadedExtractor:
    """torch-fidelity's Inception with random weights from a file."""
    torchvision_operators()
    from torch_fidelity import feature_extractor_inceptionv3 as library

    factory = library.FeatureExtractorInceptionV3
    nothing = mock.patch.object(library, "load_state_dict_from_url", return_value={})
    with nothing, mock.patch.object(factory, "load_state_dict", return_value=None):
        network = factory("inception-v3-compat", ["2048"])
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
    torch.save(network.state_dict(), path)
    return load_extractor("inception", Registry.load(), weights=path, device=device)


def ratio(theirs: float, ours: float) -> float:
    """How many times faster."""
    return round(theirs / ours, 1)
