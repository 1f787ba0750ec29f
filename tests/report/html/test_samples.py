"""Data that cannot be read costs a page its samples and lost modes, and nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

import gancheck as gc
from gancheck.bench.run_spec import PluginRecord
from gancheck.bench.store import Store
from gancheck.cli.main import main
from gancheck.report.html.report import Report
from tests.report.html.conftest import keep_weights, plugin, run_of, spec_of
from tests.report.html.test_report import numbers

#: Reads a file of the data folder, and only when it is asked for samples.
LATE = """
from dataclasses import dataclass
import gancheck as gc
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import MissingData
from gancheck.system.data_folder import data_folder

def read():
    if not (data_folder() / "late.txt").is_file():
        raise MissingData("late.txt is not here")
    return (data_folder() / "late.txt").read_text()

@gc.dataset("late")
@dataclass(frozen=True)
class Late(Ring):
    @property
    def weights(self):
        read()
        return super().weights

    def pool(self, name, count, generator):
        read()
        return super().pool(name, count, generator)

    @property
    def content(self):
        return read() if CONTENT else ""
"""


@pytest.fixture(params=["", "True"], ids=["nothing", "content"])
def late(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Path, Path, gc.Registry]:
    """A results folder, the plug-in of its data, and a registry that has it; the data is in `data`."""
    file = tmp_path / "late.py"
    file.write_text(LATE.replace("CONTENT", request.param or "False"))
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "late.txt").write_text("abc")
    monkeypatch.setenv("GANCHECK_DATA", str(tmp_path / "data"))
    registry, store = gc.Registry.load([file]), Store(tmp_path / "runs")
    store.claim("mine", "1", ["ring/mlp"])
    data = plugin(registry, "dataset", "late", modes=4, sigma=0.1)
    data = msgspec.structs.replace(data, content="abc" if request.param else "")
    for recipe in ("none", "r1"):
        keep_run(store, registry, recipe, data)
    monkeypatch.setenv("GANCHECK_DATA", str(tmp_path / "elsewhere"))
    return store.folder, file, registry


def keep_run(store: Store, registry: gc.Registry, recipe: str, data: PluginRecord) -> None:
    """A run with its weights."""
    spec = spec_of(registry, "ring/mlp", recipe, 0)
    spec = msgspec.structs.replace(spec, training=msgspec.structs.replace(spec.training, dataset=data)).with_ids()
    store.commit(run_of(spec))
    keep_weights(store, spec, registry)


def test_data_that_is_not_here_is_a_line_and_the_rest_is_there(late: tuple[Path, Path, gc.Registry]) -> None:
    folder, _, registry = late
    found = numbers(Report.of(folder, registry).write(folder / "report.html"))
    assert "late.txt is not here" in " ".join(found["samples"]["ring/mlp"]["missing"])
    assert found["tasks"][0]["lost"] is None
    assert found["tasks"][0]["curves"]["none"][0]["held"] == {"10": 4, "20": 1}


def test_data_root_says_where_the_data_is(late: tuple[Path, Path, gc.Registry]) -> None:
    folder, file, _ = late
    assert main(["report", str(folder), "--with", str(file), "--data-root", str(folder.parent / "data")]) == 0
    found = numbers(folder / "report.html")
    assert len(found["samples"]["ring/mlp"]["drawn"]["r1"]) == 1
    assert found["tasks"][0]["lost"] is not None


@pytest.mark.parametrize("late", ["True"], indirect=True)
def test_other_data_of_the_same_name_is_not_drawn(
    late: tuple[Path, Path, gc.Registry], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _, registry = late
    monkeypatch.setenv("GANCHECK_DATA", str(folder.parent / "data"))
    (folder.parent / "data" / "late.txt").write_text("other")
    found = numbers(Report.of(folder, registry).write(folder / "report.html"))
    assert "not those that the run was made with" in " ".join(found["samples"]["ring/mlp"]["missing"])
