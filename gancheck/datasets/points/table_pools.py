"""The rows of a table, split into pools that share no row, and brought to one scale by the training pool."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.loading.labels import open_labels, open_labels_of
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions
from gancheck.loading.raw import join_names
from gancheck.loading.samples import Samples
from gancheck.loading.table import column_key
from gancheck.numerics.seeding import permutation
from gancheck.system.counts import say_count

#: Of the rows of every label, in a fixed random order: half are trained on, a sixth goes to each of the others.
POOLS = {"train": (0.0, 1 / 2), "calibration": (1 / 2, 2 / 3), "reference": (2 / 3, 5 / 6), "real": (5 / 6, 1.0)}
LEAST = 60  #: rows of a mode: 30 are trained on, 10 show how far it reaches


@dataclass(frozen=True, eq=False)
class TablePools:
    """Rows of every pool; each column has zero mean and unit deviation over the training pool."""

    x: dict[str, Tensor]  #: pool -> (n, d) float32
    y: dict[str, Tensor]  #: pool -> (n,) int64 label, 0 where there are none
    names: tuple[str, ...]  #: of the labels; () where there are none
    columns: tuple[str, ...]  #: names of the d coordinates; () where the file has none
    content: str  #: hash of rows, labels and names
    notes: tuple[str, ...]  #: what was left out, and how columns were read

    @property
    def rows(self) -> int:
        """Rows of all pools."""
        return sum(map(len, self.x.values()))


def read_pools(path: str, labels: str, labelled: bool) -> TablePools:
    """The pools of a file, read again where it has changed; BadData where it cannot be split.

    `labels` names their column, or their file beside a file without columns; where it is empty, the file's own are
    taken. Those are left alone where the rows are not to be `labelled`.
    """
    place = Path(path).expanduser()
    state = place.stat() if place.exists() else None
    return read_state(path, labels, labelled, (state.st_mtime_ns, state.st_size) if state else None)


@lru_cache(maxsize=4)
def read_state(path: str, labels: str, labelled: bool, state: tuple[int, int] | None) -> TablePools:
    """The same; `state` is the file's time of change and size."""
    opened = open_samples(path, what="table", options=ReadOptions("points"))
    if labels and opened.schema is not None:
        opened = open_samples(path, what="table", options=ReadOptions("points", modes=labels))
    x, columns = without_labels(opened, labels)
    y, names = find_labels(opened, path, labels) if labelled else (None, ())
    y = torch.zeros(len(x), dtype=torch.int64) if y is None else y
    refuse_few(y, names, opened.name)
    rows = split_rows(y)
    scaled = scale_columns(x, rows["train"], columns, opened.name)
    text = "/".join((*names, *columns)).encode()
    content = hashlib.sha256(x.numpy().tobytes() + y.numpy().tobytes() + text).hexdigest()[:16]
    parts = {pool: scaled[place] for pool, place in rows.items()}
    return TablePools(parts, {pool: y[place] for pool, place in rows.items()}, names, columns, content, opened.notes)


def without_labels(opened: Samples, labels: str) -> tuple[Tensor, tuple[str, ...]]:
    """(n, d) float64 coordinates and their names, without those that the column of labels gave."""
    x = opened.take(opened.count or 0).double()
    if not labels or opened.schema is None:
        return x, opened.columns
    key = column_key(labels)
    widths = [(column_key(column.name) != key, max(1, len(column.categories))) for column in opened.schema.used]
    kept = torch.tensor([own for own, width in widths for _ in range(width)])
    if not kept.any():
        raise BadData(f"{opened.name} has no column beside its labels, '{labels}'; give one column a feature")
    return x[:, kept], tuple(name for name, own in zip(opened.columns, kept.tolist(), strict=False) if own)


def find_labels(opened: Samples, path: str, labels: str) -> tuple[Tensor | None, tuple[str, ...]]:
    """(n,) labels and their names: of the column or the file that is named, else what the file itself holds."""
    if labels and opened.schema is None:
        return open_labels_of(opened, Path(path).expanduser().parent / labels)
    if opened.labels is None:
        return None, ()
    return (opened.labels, opened.classes) if opened.classes else open_labels(opened.labels, len(opened.labels))


def refuse_few(y: Tensor, names: tuple[str, ...], table: str) -> None:
    """BadData where a label, or the whole table, has too few rows for four pools."""
    counts = torch.bincount(y, minlength=max(1, len(names)))
    if names and (few := [name for name, n in zip(names, counts.tolist(), strict=True) if n < LEAST]):
        raise BadData(
            f"{table}: {say_count(len(few), 'label')} with fewer than {LEAST} rows: {join_names(few)}; every mode "
            "needs so many, half of them to train on: leave them out, or join them"
        )
    if len(y) < LEAST:
        raise BadData(f"{table} holds {say_count(len(y), 'row')}; data to train on needs at least {LEAST}")


def split_rows(y: Tensor) -> dict[str, Tensor]:
    """Pool -> its rows, with the same share of every label in each."""
    order = permutation(len(y), torch.device("cpu"), "table", "pools")
    groups = [order[y[order] == label] for label in torch.bincount(y).nonzero().flatten()]
    return {
        pool: torch.cat([rows[round(start * len(rows)) : round(stop * len(rows))] for rows in groups])
        for pool, (start, stop) in POOLS.items()
    }


def scale_columns(x: Tensor, train: Tensor, columns: tuple[str, ...], table: str) -> Tensor:
    """(n, d) float32 in the training rows' deviations about their means; BadData where a column is constant there."""
    mean, deviation = x[train].mean(0), x[train].std(0, correction=0)
    constant = (deviation <= 1e-12 * x[train].abs().amax(0)).nonzero().flatten().tolist()
    if constant:
        said = [f"'{columns[at]}'" if columns else str(at) for at in constant]
        raise BadData(f"{table}: constant in the training half: column {join_names(said)}; leave it out")
    return ((x - mean) / deviation).float()
