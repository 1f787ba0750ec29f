"""`gancheck score`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import torch
from cyclopts import Parameter

from gancheck.cli.console import Output
from gancheck.cli.threads import threads_used
from gancheck.evaluation.panel import select_metrics
from gancheck.loading.options import KindOfSamples, ReadOptions
from gancheck.plugins.parameters import split_names
from gancheck.plugins.registry import Registry
from gancheck.report.score_folder import write_answer
from gancheck.report.text.progress import StepBar
from gancheck.report.text.verdict import verdict_text
from gancheck.scoring.real_data import AUTO, RealDataRequest
from gancheck.scoring.score import Scoring
from gancheck.scoring.scores import Scores
from gancheck.system.device import device_named
from gancheck.system.files import writable

Files = Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")]
Mark = Annotated[bool, Parameter(negative="")]


def score_command(
    samples: Path,
    *,
    dataset: str | None = None,
    reference: Path | None = None,
    train: Path | None = None,
    labels: Path | None = None,
    features: str = AUTO,
    weights: Path | None = None,
    count: int | None = None,
    latent: int | None = None,
    metrics: str = "",
    with_: Files = None,
    kind: KindOfSamples = "auto",
    array: str | None = None,
    resize: int | None = None,
    modes: str | None = None,
    device: Literal["auto", "cpu", "cuda"] = "auto",
    threads: int | None = None,
    out: Path | None = None,
    json: Mark = False,
    fail_on_collapse: Mark = False,
) -> int:
    """Did these samples, or this generator, collapse, and how?

    Parameters
    ----------
    samples
        What the generator made, or the generator itself.
    dataset
        Data whose modes gancheck knows: ring8, grid25, digits, "ring(modes=12, sigma=0.05)" ... (gancheck list
        datasets).
    reference
        Or real samples, in any of these forms, that the generator was not trained on. Half of them are held out as
        the real draw that every number stands beside.
    train
        What the generator was trained on, to find copies.
    labels
        The mode of each reference sample (.npy, .csv, .txt); its clusters serve where there are none.
    features
        What images are compared by: classifier (8 x 8 digits, ships with gancheck), points (pixels), inception, vgg16,
        clip-vit-b-32 ..., dinov2-vit-s-14 ...; auto is the dataset's own, points for points and inception for images.
    weights
        The network's weights, where they cannot be downloaded.
    count
        Samples used at most; 10,000 are asked of a generator unless given.
    latent
        Size of a TorchScript generator's latent, where it cannot be told.
    metrics
        Names, as in fid,coverage; all unless given (gancheck list metrics).
    with_
        A plug-in file or folder, for metrics, datasets and features of your own; can be given several times.
    kind
        What one sample is, where its shape does not say it: points (n, d), images, series (n, t, c), cloud (n, p, 3)
        or video.
    array
        Name of the array to read, where a file holds several.
    resize
        Side in pixels that every image is brought to.
    modes
        Column of a table whose categories are the modes.
    device
        auto takes the GPU where there is one.
    threads
        Threads to work with; all cores unless given, or what OMP_NUM_THREADS says.
    out
        Folder for scores.json, tables and pictures: samples beside data, what is missing, suspected copies.
    json
        For programs: everything, on standard output.
    fail_on_collapse
        Exit with status 1 on collapsed, dropped-modes, imbalanced and shrunken-modes.
    """
    registry = Registry.load([str(p) for p in with_ or ()])
    chosen = select_metrics(registry, split_names(metrics))
    with threads_used(threads), StepBar() as stage:
        if out:
            writable(out)
        stage("reading real data", 0, 0)
        options = ReadOptions(kind, array, resize, modes)
        real = RealDataRequest(dataset, reference, train, labels, features, weights, options=options)
        real_data = real.build(registry, torch.device(device_named(device)), stage)
        stage("reading samples", 0, 0)
        scoring = Scoring.of(samples, real_data, count=count, latent=latent, options=options)
        answer = scoring.scores(chosen, stage)
        written = write_answer(out, answer, scoring.examples()) if out else []
    show(answer, {column: chosen[column.partition("@")[0]].info.properties for column in answer.values}, json)
    if written and not json:
        print(f"{answer.verdict} -> {', '.join(str(path) for path in written)}")
    return 1 if fail_on_collapse and answer.collapsed else 0


def show(answer: Scores, properties: dict[str, dict[str, object]], as_json: bool) -> None:
    """For programs, or for people."""
    if as_json:
        print(answer.to_json())
    else:
        Output().print(verdict_text(answer, properties))
