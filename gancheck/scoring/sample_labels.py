"""Labels that come with samples: the class that each was made for, as a number of the real data's classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from gancheck.errors import BadParameter
from gancheck.evaluation.real_data.base import RealData
from gancheck.loading.open import open_labels_of
from gancheck.loading.raw import join_names
from gancheck.loading.samples import Samples
from gancheck.system.counts import say_count

NONE = "none"  #: given as the labels: those that came with the samples are left out
GIVE = "give real labels too: a reference that holds them, or --labels PATH"
MANY = 0.5  #: different labels a sample, beyond which they are no classes


class Named(NamedTuple):
    """Labels as they came."""

    label: Tensor  #: (n,) int64, numbers into the names
    names: tuple[str, ...]


def label_samples(samples: Samples, given: Any, real_data: RealData) -> Samples:
    """Samples whose labels are numbers into `real_data.class_names`, -1 for a class that real data lacks.

    `given` are labels in any form that `open_labels` takes, or "none"; without them, those of the source serve. Without
    real labels they cannot be used: BadParameter where they were given, a note where they only came along. Notes also
    say how classes were matched, and which of them are on one side only.
    """
    if isinstance(given, str) and given == NONE:
        return replace(samples, labels=None, classes=())
    found = read_labels(samples, given)
    if found is None:
        return samples
    problem = unusable(found, real_data)
    if problem and given is not None:
        raise BadParameter(f"sample labels: {problem}")
    if problem:
        return without_labels(samples, problem)
    return match_labels(samples, found, real_data)


def read_labels(samples: Samples, given: Any) -> Named | None:
    """The labels that are given, else those that came with the samples."""
    if given is not None and samples.count is None:
        raise BadParameter(
            "sample labels go with samples, not with a generator: draw samples for labels of your choice, and give both"
        )
    if given is not None and samples.count is not None:
        return Named(*open_labels_of(samples, given))
    if samples.labels is None:
        return None
    if samples.classes:
        return Named(samples.labels, samples.classes)
    values, label = torch.unique(samples.labels, return_inverse=True)
    return Named(label, tuple(map(str, values.tolist())))


def unusable(found: Named, real_data: RealData) -> str:
    """Why labels cannot be used; empty where they can."""
    if len(found.names) > MANY * len(found.label):
        return f"{len(found.names):,} different ones for {len(found.label):,} samples are no classes"
    if not real_data.label_names:
        return f"real data has none to hold them against; {GIVE}"
    if not any(place >= 0 for place in match_names(found.names, real_data.label_names).places):
        own, theirs = join_names(found.names), join_names(real_data.label_names)
        return f"none of the classes ({own}) is one of real data's ({theirs})"
    return ""


def without_labels(samples: Samples, problem: str) -> Samples:
    """Samples alone, and a note."""
    note = f"the labels that came with them are not used: {problem}"
    return replace(samples, labels=None, classes=(), notes=(*samples.notes, note))


def match_labels(samples: Samples, found: Named, real_data: RealData) -> Samples:
    """The samples with labels in the numbers of real data's classes."""
    match = match_names(found.names, real_data.label_names)
    number = {name: k for k, name in enumerate(real_data.class_names)}
    places = [number[real_data.label_names[place]] if place >= 0 else -1 for place in match.places]
    label = torch.tensor(places)[found.label]
    notes = (*samples.notes, *describe_match(found, match, real_data.label_names))
    return replace(samples, labels=label, classes=real_data.class_names, notes=notes)


class Match(NamedTuple):
    """Which real class each class of the samples is."""

    places: tuple[int, ...]  #: of each in the real names; -1 where there is none
    by: Literal["name", "number"]


def match_names(own: Sequence[str], theirs: Sequence[str]) -> Match:
    """By name where any name is on both sides; else, where one side has numbers only, by number."""
    place = {plain_name(name): k for k, name in enumerate(theirs)}
    by_name = tuple(place.get(plain_name(name), -1) for name in own)
    if any(found >= 0 for found in by_name):
        return Match(by_name, "name")
    if all(map(is_number, own)):
        numbers = (int(plain_name(name)) for name in own)
        return Match(tuple(number if number < len(theirs) else -1 for number in numbers), "number")
    if all(map(is_number, theirs)):
        return Match(tuple(place.get(str(k), -1) for k in range(len(own))), "number")
    return Match(by_name, "name")


def is_number(name: str) -> bool:
    """Whether a name is a whole number, as in `3`, `03` and `3.0`."""
    return re.fullmatch(r"\d+(\.0+)?", name.strip(), re.ASCII) is not None


def plain_name(name: str) -> str:
    """A name without what does not tell classes apart: spaces around it, zeros before and after a number."""
    return str(int(name.strip().partition(".")[0])) if is_number(name) else name.strip()


def describe_match(found: Named, match: Match, theirs: Sequence[str]) -> list[str]:
    """How classes were matched, and what is on one side only."""
    pairs = [f"{found.names[k]} is {theirs[place]}" for k, place in enumerate(match.places) if place >= 0]
    known = sum(place >= 0 for place in match.places)
    how = f": {join_names(pairs)}" if match.by == "number" else ""
    said = [f"labels of {say_count(known, 'class')} matched with real ones by {match.by}{how}"]
    unknown = [name for name, place in zip(found.names, match.places, strict=True) if place < 0]
    if unknown:
        count = int((torch.tensor(match.places)[found.label] < 0).sum())
        said.append(f"{count:,} are of classes that real data lacks ({join_names(unknown)}): left out class by class")
    absent = [name for k, name in enumerate(theirs) if k not in match.places]
    if absent:
        said.append(f"none is labelled {join_names(absent)}")
    return said


def labels_at(samples: Samples, rows: Tensor | None) -> Tensor | None:
    """(n,) the labels of the samples at these places; None where they have none."""
    return None if samples.labels is None or rows is None else samples.labels[rows.cpu()]
