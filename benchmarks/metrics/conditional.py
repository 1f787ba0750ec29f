"""Are the tests of labelled samples right? Real data with its labels, and conditional generators damaged by known ways.

    python -m benchmarks.metrics.conditional         # writes benchmarks/metrics/conditional.json and .md

Margins and levels in `gancheck/scoring/checks` were set by reasoning, before this was first run. Seeds here start at
500,000; those tried while building were below 100.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from benchmarks.machine import machine
from benchmarks.metrics.trials import Effort, notes_of, run_trials, spread_evenly
from gancheck.datasets.base import Dataset
from gancheck.evaluation.real_data.base import RealData
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.evaluation.real_data.reference import Extract, ReferenceRealData
from gancheck.extractors.loaded import LoadedExtractor, load_extractor
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.parameters import parse_call
from gancheck.plugins.registry import Registry
from gancheck.scoring.score import Scoring
from gancheck.statistics.intervals import wilson
from gancheck.system.files import write_text

HERE = Path(__file__).parent
FIRST = 500_000  #: seed
DRAWS = 5  #: of each damage
TWENTY, HUNDRED = "random-mixture(dims=20, modes=12)", "random-mixture(dims=20, modes=100)"
NOISE = 0.2  #: of the labels are random, in samples and reference alike
WIDE = 0.4  #: deviation of the modes of a ring of radius 1 that overlap

Row = dict[str, object]


class Labelled(NamedTuple):
    """Samples and the class that each was made for."""

    x: Tensor
    y: Tensor


@dataclass(frozen=True)
class Trial:
    """One draw: real data, n samples of it with labels, one damage, and the verdict that must come out."""

    data: str
    real_data: str  #: "known" modes, a "labelled" reference of twice as many samples, or one that is "noisy" or "wide"
    n: int
    damage: str
    expected: str
    seed: int


def nothing(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """As they are."""
    return real


def slips(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """Five in a hundred labels are random."""
    return Labelled(real.x, relabel(real.y, 0.05, classes, g))


def point(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """One class is one sample over and over."""
    return repeat(real, classes, 1, g)


def few(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """One class is three samples over and over."""
    return repeat(real, classes, 3, g)


def repeat(real: Labelled, classes: int, count: int, g: torch.Generator) -> Labelled:
    """One class has so many different samples."""
    rows = torch.nonzero(real.y == frequent(real.y, classes, g)[0]).flatten()
    x = real.x.clone()
    x[rows] = real.x[rows[:count]][torch.randint(min(count, len(rows)), (len(rows),), generator=g)]
    return Labelled(x, real.y)


def swap(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """Two classes are swapped."""
    a, b = frequent(real.y, classes, g)[:2]
    y = torch.where(real.y == a, b, torch.where(real.y == b, a, real.y))
    return Labelled(real.x, y)


def ignore(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """The label is without effect."""
    return Labelled(real.x, real.y[torch.randperm(len(real.y), generator=g)])


def omit(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """One class is not asked for."""
    kept = real.y != frequent(real.y, classes, g)[0]
    return Labelled(real.x[kept], real.y[kept])


def uneven(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """Half of the classes are asked for a quarter as often."""
    rare = torch.randperm(classes, generator=g)[: classes // 2]
    kept = ~torch.isin(real.y, rare) | (torch.rand(len(real.y), generator=g) < 0.25)
    return Labelled(real.x[kept], real.y[kept])


def narrow(real: Labelled, classes: int, g: torch.Generator) -> Labelled:
    """A quarter of the classes are drawn to their centres, to three tenths of their width."""
    x = real.x.clone()
    for k in torch.randperm(classes, generator=g)[: max(1, classes // 4)].tolist():
        inside = x[real.y == k]
        x[real.y == k] = inside.mean(0) + 0.3 * (inside - inside.mean(0))
    return Labelled(x, real.y)


def frequent(y: Tensor, classes: int, g: torch.Generator) -> Tensor:
    """Classes in random order, those with an ordinary number of samples."""
    count = torch.bincount(y, minlength=classes)
    order = torch.randperm(classes, generator=g)
    return order[count[order] >= count.double().mean() / 2]


def relabel(y: Tensor, share: float, classes: int, g: torch.Generator) -> Tensor:
    """Labels of which a share is random."""
    return torch.where(torch.rand(len(y), generator=g) < share, torch.randint(classes, (len(y),), generator=g), y)


Damage = Callable[[Labelled, int, torch.Generator], Labelled]
#: Damage and the verdict that it must get; "" where it is below the margin.
DAMAGES: dict[Damage, str] = {
    **{slips: "healthy", point: "collapsed", few: "collapsed", swap: "mislabelled", ignore: "mislabelled"},
    **{omit: "dropped-modes", uneven: "healthy", narrow: "shrunken-modes"},
}
#: Data, real data, n, and draws of undamaged samples.
SETTINGS = (
    ("ring8", "known", 1_000, 200),
    ("ring8", "labelled", 2_000, 200),
    ("grid25", "known", 2_500, 200),
    ("digits", "known", 300, 200),
    (TWENTY, "labelled", 3_000, 100),
    (HUNDRED, "labelled", 8_000, 30),
    ("ring8", "noisy", 2_000, 200),
    ("ring8", "wide", 2_000, 200),
)
#: Where classes overlap or labels are wrong, a class that is gone hides behind others; images are not drawn inwards,
#: and a quarter of a class of digits is too few to tell.
UNFIT = {("noisy", omit), ("noisy", narrow), ("wide", omit), ("wide", narrow), ("digits", narrow), ("digits", uneven)}


def trials() -> Iterator[Trial]:
    """Every draw, each with a seed of its own."""
    for data, real_data, n, draws in SETTINGS:
        for draw in range(draws):
            yield Trial(data, real_data, n, nothing.__name__, "healthy", FIRST + draw)
        for damage, expected in DAMAGES.items():
            for draw in range(DRAWS):
                if not {(data, damage), (real_data, damage)} & UNFIT:
                    yield Trial(data, real_data, n, damage.__name__, expected, FIRST + draw)


def run(trial: Trial) -> Row:
    """The verdict on one draw, and what the tests of labels found; of real data the latter alone."""
    torch.set_num_threads(1)
    dataset = dataset_named(trial.data)
    g = generator("cpu", "conditional", trial.seed, trial.damage)
    classes = len(dataset.weights)
    made: Labelled = globals()[trial.damage](draw(dataset, trial, trial.n, "samples"), classes, g)
    scoring = Scoring.of({"samples": made.x, "labels": made.y}, real_data(dataset, trial))
    assert scoring.classes is not None
    found = [check.kind for check in scoring.classes.checks(False) if check is not None and check.found]
    verdict = "" if trial.damage == nothing.__name__ else scoring.verdict[0]
    return {**asdict(trial), "verdict": verdict or (found or ["healthy"])[0], "found": found}


def draw(dataset: Dataset, trial: Trial, n: int, purpose: str) -> Labelled:
    """Real samples with their labels, some of them wrong or their modes wide."""
    g = generator("cpu", "conditional", trial.seed, purpose)
    if trial.data == "digits":  # so few that samples of the reference's pools would be its own
        x = dataset.distinct("calibration", n, g)
        x = x[torch.randperm(len(x), generator=g)[: n * 4 // 5 if trial.damage == nothing.__name__ else n]]
        return Labelled(x, dataset.assign(dataset.features(x)).label)
    batch = dataset.draw(n, g)
    if trial.real_data == "noisy":
        return Labelled(batch.x, relabel(batch.y, NOISE, len(dataset.weights), g))
    if trial.real_data == "wide":
        return Labelled(batch.x + WIDE * torch.randn(batch.x.shape, generator=g), batch.y)
    return Labelled(batch.x, batch.y)


def real_data(dataset: Dataset, trial: Trial) -> RealData:
    """The dataset itself, or twice as many real samples with their labels."""
    if trial.real_data == "known":
        return known(trial.data)
    real = draw(dataset, trial, 2 * trial.n, "reference")
    names = tuple(map(str, range(len(dataset.weights))))
    extract: Extract = lambda s, most: s.take(most)  # noqa: E731
    return ReferenceRealData(open_samples(real.x), points(), extract, labels=real.y, names=names)


@cache
def dataset_named(text: str) -> Dataset:
    """A dataset, built once."""
    name, values = parse_call(text)
    dataset: Dataset = Registry.load().build("dataset", name, **values)
    return dataset


@cache
def known(text: str) -> RealData:
    """A dataset as real data, built once."""
    return DatasetRealData(text, dataset_named(text))


@cache
def points() -> LoadedExtractor:
    """Features that are the points themselves."""
    return load_extractor("points", Registry.load())


def main() -> None:
    """Run every trial, then count."""
    todo = spread_evenly(list(trials()), lambda trial: (trial.data, trial.real_data, trial.damage))
    answers = run_trials(run, todo, Effort.read(__doc__))
    found = {"command": "python -m benchmarks.metrics.conditional", "first seed": FIRST, **machine()}
    found["rows"] = rows_of(answers)
    write_text(HERE / "conditional.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "conditional.md", page(found))


def rows_of(answers: list[Row]) -> list[Row]:
    """Counts of verdicts for every setting and damage."""
    keys = ("data", "real_data", "n", "damage", "expected")
    groups: dict[tuple[object, ...], list[Row]] = {}
    for answer in answers:
        groups.setdefault(tuple(answer[key] for key in keys), []).append(answer)
    return [
        {
            **dict(zip(keys, group, strict=True)),
            "draws": len(members),
            "verdicts": dict(Counter(str(m["verdict"]) for m in members).most_common()),
        }
        for group, members in groups.items()
    ]


def page(found: Row) -> str:
    """The table for people."""
    rows = found["rows"]
    assert isinstance(rows, list)
    real, hurt = ([r for r in rows if (r["damage"] == nothing.__name__) is kind] for kind in (True, False))
    (quiet, draws), (right, tried) = (count_right(part) for part in (real, hurt))
    interval = wilson(quiet, draws)
    return "\n".join(
        [
            "# Are the tests of labelled samples right?",
            "",
            f"On real samples with real labels they found nothing in **{quiet:,} of {draws:,}** draws (95 % interval "
            f"{interval.low:.2%} to {interval.high:.2%}). Conditional generators damaged in a known way got the "
            f"verdict that they must in **{right} of {tried}**.",
            "",
            f"Made by `{found['command']}`, seeds from {found['first seed']}, on {found['cores']} cores "
            f"({found['cpu']}), torch {found['torch']}.",
            "",
            *notes_of(found),
            "Undamaged draws were held against the three tests of labels alone, damaged ones against all. There are "
            "300 digits to draw from: undamaged draws are four fifths of these, and overlap.",
            "",
            "| data | real data | n | damage | expected | verdicts |",
            "| --- | --- | --- | --- | --- | --- |",
            *map(line, rows),
            "",
            "Real data is a dataset's modes (known), a reference of twice as many labelled samples, the same with a "
            "fifth of the labels at random on both sides (noisy), or with modes so wide that they overlap (wide).",
            "",
            *(f"- **{damage.__name__}**: {(damage.__doc__ or '').rstrip('.')}." for damage in (nothing, *DAMAGES)),
            "",
        ]
    )


def count_right(rows: list[Row]) -> tuple[int, int]:
    """Draws with the verdict that they must get, and all of them."""
    hits = (int(row["verdicts"].get(str(row["expected"]), 0)) for row in rows)  # type: ignore[attr-defined]
    return sum(hits), sum(int(str(row["draws"])) for row in rows)


def line(row: Row) -> str:
    """One setting."""
    verdicts = ", ".join(f"{name} {count}" for name, count in row["verdicts"].items())  # type: ignore[attr-defined]
    cells = (row["data"], row["real_data"], f"{row['n']:,}", row["damage"], row["expected"], verdicts)
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
