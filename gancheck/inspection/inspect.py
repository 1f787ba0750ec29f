"""From samples to findings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from gancheck.inspection import balance, duplicates, outliers, ranges
from gancheck.inspection import modes as groups
from gancheck.inspection.inspection import Inspection
from gancheck.inspection.neighbourhood import Neighbourhood, neighbourhood
from gancheck.inspection.problem import SEVERITIES, Problem
from gancheck.inspection.readable import read_what_is_readable
from gancheck.inspection.summary import DataSummary, summarise
from gancheck.loading.labels import open_labels
from gancheck.loading.options import Kind, KindOfSamples, ReadOptions
from gancheck.loading.samples import Samples
from gancheck.system.progress import TrackIterable, no_tracking

Labels = tuple[Tensor, tuple[str, ...]]  #: one a sample, and the classes' names where they have some
LOOK: dict[Kind, Callable[[DataSummary], list[Problem]]] = {
    "points": ranges.of_points,
    "images": ranges.of_images,
    "series": ranges.of_sequences,
    "cloud": ranges.of_sequences,
    "video": ranges.of_images,
}  #: at the numbers themselves
NO_MODES = "modes: no labels, and no clusters that stand clearly apart; labels tell imbalance"
LISTED = 32  #: features whose moments are facts one by one


def inspect_data(
    source: Any,
    labels: Any = None,
    watch: TrackIterable = no_tracking,
    *,
    kind: KindOfSamples = "auto",
    array: str | None = None,
    resize: int | None = None,
    modes: str | None = None,
) -> Inspection:
    """Look at training data before any training.

    `source`: a path, array, tensor or batches; `labels`: a path or integers, one a sample, where the source holds none.
    `kind`, `array`, `resize` and `modes` are `ReadOptions`, as in `gancheck.score`.
    BadData where nothing can be read; parts that cannot are problems of severity "error", and the rest is looked at.
    Thresholds and their reasons stand in the modules of `gancheck.inspection`.
    """
    part = read_what_is_readable(source, watch, ReadOptions(kind, array, resize, modes))
    if labels is None:
        return inspect(part.samples, None, part.problems)
    label, names = open_labels(labels, len(part.kept))
    return inspect(part.samples, (label[part.kept], names), part.problems)


def inspect(samples: Samples, labels: Labels | None = None, known: tuple[Problem, ...] = ()) -> Inspection:
    """Everything about samples that can be read; `known` are problems found on the way to them.

    Given labels, (n,) int64 and the names of classes, override those that came with the samples.
    """
    counted = summarise(samples)
    if labels is None and samples.labels is not None:
        labels = samples.labels, samples.classes
    near = neighbourhood(counted)
    strays = outliers.outlier_rows(near) if near else np.empty(0, np.int64)
    pairs = duplicates.close_pairs(near) if near else np.empty((0, 2), np.int64)
    modes = groups.group_by_label(samples, *labels) if labels else groups.find_clusters(samples, counted)
    unknown = "" if modes else groups.describe_limits(counted) or NO_MODES
    scale = counted.count / sum(modes.counts) if modes else 1.0
    found = [
        *known,
        *balance.find_shortage(counted.count, counted.kept.shape[1], images=samples.is_image),
        *(balance.find_imbalance(modes, scale) if modes else []),
        *duplicates.find_exact_repeats(counted),
        *(duplicates.find_near_repeats(counted, near, pairs) if near else []),
        *(outliers.find_outliers(counted, near, strays) if near else []),
        *LOOK[samples.kind](counted),
    ]
    return Inspection(
        samples,
        tuple(sorted(found, key=lambda p: SEVERITIES.index(p.severity))),
        {
            **facts(samples, counted),
            **neighbour_facts(counted, near),
            **mode_facts(modes, scale),
            "notes": [*samples.notes, *filter(None, [unknown])],
        },
        tuple(near.rows[strays].tolist()) if near else (),
        tuple(outliers.remoteness(near)[strays].tolist()) if near else (),
        tuple((int(a), int(b)) for a, b in near.rows[pairs]) if near else (),
    )


def facts(samples: Samples, counted: DataSummary) -> dict[str, Any]:
    """What the data is: moments over all values, and by channel or feature."""
    parts = samples.shape[0] if samples.is_image else len(counted.mean)
    mean, square = (t.view(parts, -1).mean(1) for t in (counted.mean, counted.sd.square() + counted.mean.square()))
    sd = (square - mean.square()).clamp_min(0).sqrt()
    each = "channels" if samples.is_image else "features"
    names = [{"name": name} for name in counted.columns] or [{}] * parts
    moments = [{"mean": float(m), "sd": float(s)} for m, s in zip(mean, sd, strict=True)]
    listed = [{**name, **moment} for name, moment in zip(names, moments, strict=True)] if parts <= LISTED else None
    low, high = float(counted.low.min()), float(counted.high.max())
    return {
        "source": samples.name,
        "n": counted.count,
        "kind": samples.kind,
        "shape": list(samples.shape),
        "range": [low, high],
        "in_unit_range": low >= -1 and high <= 1,
        "mean": float(mean.mean()),
        "sd": float((square.mean() - mean.mean().square()).clamp_min(0).sqrt()),
        **({each: listed} if listed else {}),
    }


def neighbour_facts(counted: DataSummary, near: Neighbourhood | None) -> dict[str, Any]:
    """On what the work on neighbours rests."""
    if near is None:
        return {"neighbours_of": 0, "intrinsic_dimension": None}
    return {"neighbours_of": len(counted.rows), "intrinsic_dimension": round(near.dimension, 2)}


def mode_facts(modes: groups.ModeGroups | None, scale: float) -> dict[str, Any]:
    """What modes there are, if any are known."""
    if modes is None:
        return {"modes_by": None, "modes": []}
    rows = balance.list_modes(modes, scale)
    least = max((r["testable_from"] for r in rows if r["testable_from"]), default=None)
    return {"modes_by": modes.sort, "modes": rows, "every_mode_testable_from": least}
