"""`gancheck score`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from cyclopts import Parameter
from rich.console import RenderableType

from gancheck.cli.console import Output
from gancheck.cli.reading import ArrayName, Kind, ModesColumn, Side
from gancheck.cli.threads import Threads, threads_used
from gancheck.cli.words import Quiet, choose_words
from gancheck.errors import BadParameter
from gancheck.evaluation.measure import RegisteredMetric
from gancheck.evaluation.panel import list_other_metrics, read_metric_names, select_metrics
from gancheck.loading.options import ReadOptions
from gancheck.plugins.registry import Registry
from gancheck.report.score_folder import tables, write_answer
from gancheck.report.text.progress import StepBar
from gancheck.report.text.verdict import judgement_text, numbers_text, verdict_text
from gancheck.scoring.real_data import AUTO, RealDataRequest
from gancheck.scoring.real_statistics import read_statistics, refuse_scales, score_against_statistics
from gancheck.scoring.score import Scoring
from gancheck.scoring.scores import Scores
from gancheck.system.data_folder import data_from
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
    sample_labels: str | None = None,
    features: str = AUTO,
    weights: Path | None = None,
    count: int | None = None,
    latent: int | None = None,
    metrics: str = "",
    scale: Literal["standard", "robust"] | None = None,
    quick: Mark = False,
    every: Annotated[bool, Parameter(name="--all", negative="")] = False,
    with_: Files = None,
    kind: Kind = "auto",
    array: ArrayName = None,
    resize: Side = None,
    modes: ModesColumn = None,
    torchscript: Mark = False,
    device: str = "auto",
    threads: Threads = None,
    data_root: Path | None = None,
    out: Path | None = None,
    json: Mark = False,
    fail_on_collapse: Mark = False,
    quiet: Quiet = False,
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
        the real draw that every number stands beside. A .npz of mu and sigma, as other projects publish them, gives
        fid alone.
    train
        What the generator was trained on, to find copies.
    labels
        The mode of each reference sample (.npy, .csv, .txt); its clusters serve where there are none.
    sample_labels
        The class that each sample was made for (.npy, .csv, .txt), where it does not come with the samples: each class
        is then looked at alone. none leaves out labels that come with them.
    features
        What images are compared by: classifier (8 x 8 digits, ships with gancheck), points (pixels), inception, vgg16,
        clip-vit-b-32 ..., dinov2-vit-s-14 ...; auto is the dataset's own, inception for images,
        and points, series, cloud or video for those.
    weights
        The network's weights, where they cannot be downloaded.
    count
        Samples used at most; 10,000 are asked of a generator unless given.
    latent
        Size of a TorchScript generator's latent, where it cannot be told.
    metrics
        Names, as in fid,coverage (gancheck list metrics); all but the slow ones unless given.
    scale
        Metrics of features on one scale: standard takes the reference's mean and deviation of each column, robust its
        median and interquartile range; names say so, as in fid@standard.
    quick
        The verdict and the core metrics only: seconds.
    every
        The slow metrics too.
    with_
        A plug-in file or folder, for metrics, datasets and features of your own; can be given several times.
    torchscript
        Run SAMPLES that are a generator saved with torch.jit: it is code, so give this for files that you trust.
    device
        auto takes the GPU where there is one; cpu, cuda or cuda:1.
    data_root
        Folder of downloaded data sets, such as cifar10; GANCHECK_DATA or gancheck's cache unless given.
    out
        Folder for scores.json, tables and pictures: samples beside data, what is missing, suspected copies; and for
        report.html, a page of it all.
    json
        For programs: everything, on standard output.
    fail_on_collapse
        Exit with status 1 on collapsed, dropped-modes, imbalanced and shrunken-modes.
    """
    words, options = choose_words(quiet), ReadOptions(kind, array, resize, modes, torchscript)
    registry = Registry.load([str(p) for p in with_ or ()])
    chosen = select_metrics(registry, read_metric_names(metrics, quick=quick, every=every))
    with threads_used(threads), data_from(data_root):
        if out:
            writable(out)
        if statistics := read_statistics(reference):
            refuse_scales(scale, sample_labels)
            refuse_verdict(fail_on_collapse, quick, every)
            request = RealDataRequest(dataset, None, train, labels, features, weights, options=options)
            named, place = read_metric_names(metrics), torch.device(device_named(device))
            bare = score_against_statistics(
                samples, statistics, request, named, registry, place, count=count, latent=latent
            )
            return print_number(bare, chosen, out, json)
        with StepBar(words=words) as stage:
            stage("reading real data", 0, 0)
            real = RealDataRequest(dataset, reference, train, labels, features, weights, options=options)
            real_data = real.build(registry, torch.device(device_named(device)), stage)
            stage("reading samples", 0, 0)
            scoring = Scoring.of(
                samples, real_data, count=count, latent=latent, options=options, sample_labels=sample_labels
            )
            scoring.computable(chosen)
            stage("testing", 0, 0)
            judged = scoring.judgement
        if not (json or quiet):  # before the metrics, which take longer
            say(judgement_text(judged))
        with StepBar(words=words) as stage:
            answer = scoring.scores(chosen, stage, scale, left=list_other_metrics(registry, chosen))
            written = write_answer(out, answer, scoring.examples()) if out else []
    if json:
        print(answer.to_json())
    elif not quiet:
        say(numbers_text(answer, facts_of(answer, chosen)))
    if not json and (written or quiet):
        print(" -> ".join([answer.verdict, *filter(None, [", ".join(map(str, written))])]))
    return 1 if fail_on_collapse and answer.collapsed else 0


def print_number(answer: Scores, chosen: Mapping[str, RegisteredMetric], out: Path | None, json: bool) -> int:
    """An answer without samples of real data: for people or programs, and as tables in a folder."""
    if out:
        tables(out, answer)
    if json:
        print(answer.to_json())
    else:
        say(verdict_text(answer, facts_of(answer, chosen)))
    return 0


def refuse_verdict(fail_on_collapse: bool, quick: bool, every: bool) -> None:
    """BadParameter for options that have no effect where there is but one number, and no verdict."""
    for option, given in (("--fail-on-collapse", fail_on_collapse), ("--quick", quick), ("--all", every)):
        if given:
            raise BadParameter(
                f"mean and covariance give fid alone and no verdict: {option} has no effect; leave it out"
            )


def facts_of(answer: Scores, chosen: Mapping[str, RegisteredMetric]) -> Mapping[str, Mapping[str, Any]]:
    """What every metric of an answer declares of itself, by its column."""
    return {column: chosen[column.partition("@")[0]].info.properties for column in answer.values}


def say(text: RenderableType) -> None:
    """For people, at once."""
    Output().print(text)
    sys.stdout.flush()
