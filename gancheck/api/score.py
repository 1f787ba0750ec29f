"""`gancheck.score`: did these samples collapse, and how?"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch

from gancheck.evaluation.feature_scale import read_scale
from gancheck.evaluation.panel import list_other_metrics, read_metric_names, select_metrics
from gancheck.loading.options import KindOfSamples, ReadOptions
from gancheck.plugins.registry import Registry
from gancheck.report.text.progress import StepBar
from gancheck.scoring.real_data import AUTO, RealDataRequest
from gancheck.scoring.real_statistics import read_statistics, refuse_scales, score_against_statistics
from gancheck.scoring.score import Scoring
from gancheck.scoring.scores import Scores
from gancheck.system.data_folder import data_from
from gancheck.system.device import device_named

LONG = 2.0  #: seconds of work, beyond which people like to see how far it is


def score(
    samples: Any,
    *,
    reference: Any = None,
    dataset: str | None = None,
    train: Any = None,
    labels: Any = None,
    sample_labels: Any = None,
    features: str = AUTO,
    weights: str | Path | None = None,
    metrics: str | Iterable[str] = (),
    quick: bool = False,
    scale: str | None = None,
    count: int | None = None,
    latent: int | None = None,
    device: str = "auto",
    plugins: Iterable[str | Path] = (),
    kind: KindOfSamples = "auto",
    array: str | None = None,
    resize: int | None = None,
    modes: str | None = None,
    torchscript: bool = False,
    data_root: str | Path | None = None,
) -> Scores:
    """Did these samples collapse, and how?

    `samples`, `reference` and `train` are paths (.npy, .npz, .pt, .csv, .parquet, a folder of images, a TorchScript
    generator), arrays, tensors, iterables of batches, or callables `f(n)` and modules that make samples: points (n,
    d), images (n, c, h, w), series (n, t, c), point clouds (n, p, 3) or videos (n, f, c, h, w). `reference` is real
    data; or `dataset` names data that gancheck knows, such as "ring8". `labels` (n,) are the modes of the reference;
    without them its clusters serve. `sample_labels` (n,) are the classes that samples were made for, where they do
    not come with them; "none" leaves out those that do. `train`, what the generator was trained on, lets copies be
    found: the reference must then be held out. `features` is "points", "classifier", "inception" and others
    (`gancheck list extractors`), with their `weights`. `metrics` are names, "core" (what `quick` stands for) or
    "all"; unless told, those that do not take more than about a second for 10,000 samples. `scale` is "standard" or
    "robust": metrics of features are computed on columns brought to one scale by the reference, and named so, as in
    `fid@standard`. At most `count` samples are used. Nothing is unpickled, and a generator as TorchScript, which is
    code, is run with `torchscript=True` alone. `kind`, `array`, `resize` and `modes` are `ReadOptions`, for all
    sources alike. `data_root` is the folder of downloaded data sets (GANCHECK_DATA, else the cache).

    Raises BadData for what cannot be read or does not fit, BadParameter and UnknownName for names, MissingWeights.
    """
    registry = Registry.load(plugins)
    chosen = select_metrics(registry, read_metric_names(metrics, quick=quick))
    paths = None if weights is None else Path(weights)
    options = ReadOptions(kind, array, resize, modes, torchscript)
    real = RealDataRequest(dataset, reference, train, labels, features, paths, options=options)
    space = read_scale(scale)
    if statistics := read_statistics(reference):
        named, place = read_metric_names(metrics), torch.device(device_named(device))
        refuse_scales(space, sample_labels)
        return score_against_statistics(samples, statistics, real, named, registry, place, count=count, latent=latent)
    with data_from(data_root), StepBar(after=LONG) as step:
        step("reading real data", 0, 0)
        real_data = real.build(registry, torch.device(device_named(device)), step)
        step("reading samples", 0, 0)
        scoring = Scoring.of(
            samples, real_data, count=count, latent=latent, options=options, sample_labels=sample_labels
        )
        step("testing", 0, 0)
        return scoring.scores(chosen, step, space, left=list_other_metrics(registry, chosen))
