"""Metrics against those of other libraries, on inputs that break careless arithmetic."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from benchmarks.metrics.parity import hard
from benchmarks.metrics.parity.solvers import cheapest, singular_values
from gancheck.system.torchvision_compat import torchvision_operators

PARITY = Path(hard.__file__).parents[1]
FOUND = json.loads((PARITY / "parity.json").read_text())
ROUNDING = 1e-15  #: of a nat, in divergences that are all but 0
pytestmark = pytest.mark.filterwarnings("ignore")


def by_name(rows: Any) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["metric"], row["peer"]): row["inputs"] for row in rows}


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    """Imported by the process that runs these tests alone: the other libraries take seconds."""
    torchvision_operators()
    for library in ("ot", "torchmetrics", "vendi_score"):
        pytest.importorskip(library)
    return import_module("benchmarks.metrics.parity.compare")


@pytest.fixture(scope="module")
def fresh(compare: ModuleType) -> dict[tuple[str, str], dict[str, Any]]:
    """All but the features that take minutes."""
    return by_name(compare.rows([(name, pair) for name, pair in hard.pairs() if len(pair.fake) <= hard.N]))


def test_every_metric_keeps_to_its_definition_on_every_input(
    compare: ModuleType, fresh: dict[tuple[str, str], dict[str, Any]]
):
    off = {
        (metric, name): (cell["ours"], cell["exact"])
        for (metric, _), cells in fresh.items()
        for name, cell in cells.items()
        if compare.apart(cell["ours"], cell["exact"]) > compare.CLOSE and abs(cell["ours"] - cell["exact"]) > ROUNDING
    }
    assert not off


def test_peers_agree_wherever_the_table_says_so(compare: ModuleType, fresh: dict[tuple[str, str], dict[str, Any]]):
    claimed = by_name(FOUND["rows"])
    assert claimed.keys() == fresh.keys()
    # Ten times as far as the table allows: float32 sums are no two machines' own.
    broken = [
        (*pair, name)
        for pair, cells in fresh.items()
        for name, cell in cells.items()
        if compare.apart(claimed[pair][name]["ours"], claimed[pair][name]["theirs"]) <= compare.CLOSE
        and compare.apart(cell["ours"], cell["theirs"]) > 10 * compare.CLOSE
    ]
    assert not broken
    assert sum(len(cells) for cells in fresh.values()) > 800


@pytest.mark.parametrize("metric", ["precision", "recall", "density", "coverage"])
def test_prdc_differs_by_leaving_ties_outside(metric: str, fresh: dict[tuple[str, str], dict[str, Any]]):
    cell = fresh[metric, "prdc"]["duplicates, float64"]
    assert cell["theirs"] == pytest.approx(cell["their exact"])
    assert cell["theirs"] < cell["ours"]


def test_the_vendi_librarys_score_of_order_two_is_that_of_order_one():
    torchvision_operators()
    theirs = pytest.importorskip("vendi_score.vendi")
    x = dict(hard.pairs())["plain, float64"].fake.numpy()
    assert theirs.score_X(x, q=2) == theirs.score_X(x, q=1) != theirs.score_dual(x, q=2)


def test_the_page_is_the_one_made_from_the_measurements(compare: ModuleType):
    page = import_module("benchmarks.metrics.parity.page")  # reads what `compare` holds
    assert page.page(FOUND) == (PARITY / "parity.md").read_text()


@pytest.mark.parametrize("shape", [(9, 9), (12, 5), (5, 12), (30, 21)])
def test_singular_values_are_numpys(shape: tuple[int, int]):
    matrix = np.random.default_rng(0).normal(size=shape)
    matrix[:, -1] = matrix[:, 0]  # singular
    found = np.sort(singular_values(matrix.astype(np.longdouble)))[::-1][: min(shape)]
    assert found.astype(float) == pytest.approx(np.linalg.svd(matrix, compute_uv=False), abs=1e-13)


@pytest.mark.parametrize("n", [1, 2, 7, 40])
def test_the_cheapest_pairing_is_scipys(n: int):
    costs = np.random.default_rng(n).integers(0, 9, (n, n)).astype(np.longdouble)
    assert cheapest(costs) == costs[linear_sum_assignment(costs.astype(float))].sum()
