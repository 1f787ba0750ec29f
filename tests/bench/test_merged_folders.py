"""Several folders on one board: what is united, what is refused, and what is said."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gancheck.bench.merged_folders import MergedFolders
from gancheck.bench.run_spec import PluginRecord, RunSpec, SuiteId
from gancheck.bench.store import Run, Store
from gancheck.errors import BadParameter, StoreError
from gancheck.system.files import write_text

Fill = Callable[..., Path]


@pytest.fixture
def fill(tmp_path: Path, run_spec: Callable[..., RunSpec]) -> Fill:
    """Makes a results folder: `fill("a", ["none", "r1"], range(3), version="2", budget=...)`."""

    def make(name: str, recipes: list[str], seeds: range, version: str = "1", suite: str = "mine", **how: Any) -> Path:
        store = Store(tmp_path / name)
        made = [run_spec(recipe, seed, **how) for recipe in recipes for seed in seeds]
        specs = [msgspec.structs.replace(spec, suite=SuiteId(suite, version)).with_ids() for spec in made]
        store.claim(suite, version, ["ring/mlp"], [spec.run_id for spec in specs])
        for spec in specs:
            store.commit(
                Run(spec, [], {"status": "done", "reason": "", "seconds": 1.0, "modes": 8, "table": "trained"})
            )
        return store.folder

    return make


def places(merged: MergedFolders) -> set[tuple[str, int]]:
    return {(run.spec.recipe, run.spec.seed) for run in merged.runs}


def test_disjoint_seeds_and_other_strategies_make_one_board(fill: Fill) -> None:
    merged = MergedFolders.read([fill("a", ["none"], range(2)), fill("b", ["none", "r1"], range(2, 4))])
    assert places(merged) == {("none", 0), ("none", 1), ("none", 2), ("none", 3), ("r1", 2), ("r1", 3)}
    assert (merged.suite, merged.version, merged.notes) == ("mine", "1", ())


def test_a_run_that_stands_in_two_folders_counts_once_and_is_said(fill: Fill) -> None:
    merged = MergedFolders.read([fill("a", ["none"], range(3)), fill("b", ["none"], range(1, 4))])
    assert len(merged.runs) == 4
    assert merged.notes == ("2 runs stand in several folders, and count once.",)


def test_the_same_folder_given_twice_is_one_folder(fill: Fill) -> None:
    folder = fill("a", ["none"], range(3))
    merged = MergedFolders.read([folder, folder / ".." / "a"])
    assert (len(merged.runs), merged.notes) == (3, ())


DIFFERENT: dict[str, dict[str, Any]] = {
    "suites": {"suite": "other"},
    "versions": {"version": "2"},
    "budgets": {"budget": {"steps": 20}},
    "devices": {"device": "cuda"},
    "software": {"torch": "9.9.9"},
}


@pytest.mark.parametrize("trait", DIFFERENT)
def test_what_differs_is_refused_by_name_and_mixed_where_told(trait: str, fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), **DIFFERENT[trait])]
    with pytest.raises(StoreError, match=f"different {trait}.*--mix {trait}"):
        MergedFolders.read(folders)
    merged = MergedFolders.read(folders, [trait])
    assert len(merged.runs) == 4
    (note,) = merged.notes
    assert note.startswith(f"Mixed {trait}: ")


def test_refusal_names_the_task_both_values_and_both_folders(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), budget={"steps": 20})]
    with pytest.raises(StoreError, match=r"ring/mlp: steps 10 in .*a, steps 20 in .*b"):
        MergedFolders.read(folders)


def test_batch_is_part_of_the_budget(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), settings={"batch": 32})]
    with pytest.raises(StoreError, match=r"different budgets.*batch 16 in .*batch 32 in"):
        MergedFolders.read(folders)


def test_tuned_and_default_tracks_are_kept_apart_unless_told(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2))]
    write_text(folders[1] / "suite.json", '{"suite": "mine", "version": "1", "tasks": [], "track": "tuned"}')
    with pytest.raises(StoreError, match=r"different tracks \(track: default in .*, tuned in"):
        MergedFolders.read(folders)
    assert len(MergedFolders.read(folders, ["tracks"]).runs) == 4


def test_allowing_one_difference_does_not_allow_another(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), version="2", device="cuda")]
    with pytest.raises(StoreError, match="--mix devices"):
        MergedFolders.read(folders, ["versions"])
    assert MergedFolders.read(folders, ["versions", "devices"]).version == "1 + 2"


def test_other_data_under_one_name_is_refused_whatever_is_mixed(fill: Fill) -> None:
    ring = PluginRecord("ring", {"modes": 9}, "d", version=1)
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), dataset=ring)]
    with pytest.raises(StoreError, match=r"not the same task .*parameters of ring {'modes': 8} in"):
        MergedFolders.read(folders, DIFFERENT)


def test_a_strategy_of_other_code_is_refused(fill: Fill) -> None:
    folders = [fill("a", ["r1"], range(2)), fill("b", ["r1"], range(2, 4), source="b")]
    with pytest.raises(StoreError, match=r"not the same recipe .*r1: code of r1 a in .*code of r1 b in"):
        MergedFolders.read(folders)


def test_a_metric_of_other_code_is_refused_whatever_is_mixed(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), metrics={"score": "other", "fid": "f"})]
    with pytest.raises(StoreError, match=r"not the same metric .*score: code s in .*a, code other in .*b"):
        MergedFolders.read(folders, DIFFERENT)


def test_a_metric_that_one_folder_lacks_is_no_difference(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["r1"], range(2), metrics={"score": "s", "fid": "f"})]
    assert len(MergedFolders.read(folders).runs) == 4


def test_of_mixed_runs_at_one_place_the_first_folders_counts_and_it_is_said(fill: Fill) -> None:
    folders = [fill("a", ["none"], range(2)), fill("b", ["none"], range(3), device="cuda")]
    merged = MergedFolders.read(folders, ["devices"])
    assert {run.spec.seed: run.spec.training.device for run in merged.runs} == {0: "cpu", 1: "cpu", 2: "cuda"}
    assert merged.notes[1] == "Of 2 places with different runs of one recipe and seed, the first folder's counts."


def test_unknown_difference_is_answered_with_a_hint(fill: Fill) -> None:
    with pytest.raises(BadParameter, match="Did you mean 'devices'"):
        MergedFolders.read([fill("a", ["none"], range(1))], ["device"])


@pytest.mark.parametrize("name", ["nowhere", "empty"])
def test_a_folder_without_runs_is_named(name: str, tmp_path: Path, fill: Fill) -> None:
    Store(tmp_path / "empty").claim("mine", "1")
    with pytest.raises(StoreError, match=name):
        MergedFolders.read([fill("a", ["none"], range(1)), tmp_path / name])


def test_runs_of_a_folder_that_do_not_count_any_more_are_said(fill: Fill) -> None:
    fill("a", ["none", "r1"], range(2))
    folder = fill("a", ["none"], range(2), torch="9.9.9")
    merged = MergedFolders.read([folder])
    assert places(merged) == {("none", 0), ("none", 1)}
    (note,) = merged.notes
    assert note.startswith(f"2 runs in {folder} are of other code or another protocol than later ones")
