"""Many metrics at once: every value beside the real draw's at the same n, each on views of the size it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from gancheck.catalogue import Catalogue
from gancheck.errors import GancheckError
from gancheck.evaluation import Measure
from gancheck.ground.base import Ground, Side
from gancheck.scores import Values
from gancheck.stage import Step, silent
from gancheck.view import View

COMPARED = 50_000  #: samples at most that metrics compare with as many real ones
FEATURES = ("samples", "reference", "train", "classes")  #: needs that are met in the features in use


class Panel(NamedTuple):
    """Numbers by column, which is the metric's name and, for features other than the points themselves, theirs."""

    values: Mapping[str, float | None]
    floor: Mapping[str, float | None]
    intervals: Mapping[str, tuple[float, float]]
    failures: tuple[str, ...] = ()  #: what metrics raised instead of a value


def measures(catalogue: Catalogue, names: tuple[str, ...] = ()) -> dict[str, Measure]:
    """Metrics by name; all of them unless named."""
    entries = {name: catalogue.entry("metric", name) for name in names or catalogue.names("metric")}
    return {name: Measure(entry.card, entry.thing) for name, entry in entries.items()}


def panel(ground: Ground, side: Side, chosen: Mapping[str, Measure], step: Step) -> Panel:
    """The values that the ground allows; metrics whose needs it does not meet are left out."""
    values, floor, intervals, failures = Values(), Values(), Values(), []
    for sight in sights(ground, side, chosen, step):
        try:
            values[sight.column], ends = sight.measure.estimate(sight.view)
            floor[sight.column] = sight.measure(sight.real)
        except GancheckError as error:  # one metric of somebody's own must not cost the answer
            values[sight.column], floor[sight.column], ends = None, None, None
            failures.append(str(error))
        if ends:
            intervals[sight.column] = ends
    return Panel(values, floor, intervals, tuple(failures))


class Sight(NamedTuple):
    """What one metric is to look at."""

    column: str
    measure: Measure
    view: View
    real: View  #: the real row of the same n


def sights(ground: Ground, side: Side, chosen: Mapping[str, Measure], step: Step = silent) -> Iterator[Sight]:
    """Every metric whose needs are met, with the views that it asks for; views are made once."""
    size = min(len(side), ground.held_out or len(side), COMPARED)
    pairs: dict[int | None, tuple[View, View]] = {}
    for done, (name, measure) in enumerate(chosen.items()):
        step(name, done, len(chosen))
        if measure.at_most not in pairs:
            pairs[measure.at_most] = views(ground, side, size, measure.at_most)
        view, real = pairs[measure.at_most]
        if measure.card.facts["needs"] in view.offers:
            yield Sight(column(name, measure, ground), measure, view, real)


def views(ground: Ground, side: Side, size: int, limit: int | None) -> tuple[View, View]:
    """Samples and the real row, of one size; without repeats where there is a limit."""
    real = ground.real_row(size) if limit is None else ground.distinct_row(min(limit, size))
    return ground.view(side.head(len(real.samples)), real), real


def column(name: str, measure: Measure, ground: Ground) -> str:
    """`fid@judge`: numbers in different features are different numbers."""
    plain = ground.extractor == "points" or measure.card.facts["needs"] not in FEATURES
    return name if plain else f"{name}@{ground.extractor}"
