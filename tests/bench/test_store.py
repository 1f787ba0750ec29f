"""The store: a run is whole or absent, and what is neither is named and set aside."""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import platform
import resource
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gancheck.bench.merged_folders import MergedFolders, ResultsFolder
from gancheck.bench.owner import FORMAT
from gancheck.bench.run_spec import RunSpec
from gancheck.bench.store import Row, Run, SetAside, Store, read_run_file
from gancheck.bench.tuning.track_comparison import folder_on
from gancheck.errors import StoreError
from gancheck.plugins.registry import Registry
from gancheck.report.html.report import Report

FIRST_VERSION = Path(__file__).parents[2] / "benchmarks" / "faults" / "folder-0.1"
ROWS = [
    {"kind": "value", "step": 5, "metric": "score", "value": 0.25, "real": 1.0},
    {
        **{
            "kind": "alarm",
            "detector": "nonfinite",
            "step": 7,
            "severity": "fatal",
            "statistic": 1.0,
            "threshold": 0.0,
        },
        **{"evidence": "generator_loss is not finite", "where": "", "part_of": "", "recovered": None},
    },
    {"kind": "value", "step": 10, "metric": "score", "value": 0.5, "real": 1.0},
    {"kind": "value", "step": 10, "metric": "fid", "value": None, "real": 0.1},
]
OUTCOME = {"status": "done", "reason": "", "seconds": 1.5, "modes": 8, "table": "trained"}


Make = Callable[..., Run]


@pytest.fixture
def run(run_spec: Callable[..., RunSpec]) -> Make:
    """Makes a run: `run(seed=2)`, with other rows where they are given."""

    def make(seed: int = 0, rows: list[Row] = ROWS) -> Run:
        return Run(run_spec(seed=seed), rows, OUTCOME)

    return make


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(tmp_path / "runs" / "a suite")
    made.claim("mine", "1")
    return made


@pytest.fixture
def path(store: Store, run: Make) -> Path:
    """One committed run."""
    store.commit(run())
    return store.path(run().spec.run_id)


def test_a_run_is_read_as_it_was_written(store: Store, path: Path, run: Make) -> None:
    found = store.read(path.stem)
    assert found is not None
    assert found.rows == ROWS
    assert found.spec == run().spec
    assert OUTCOME.items() <= found.outcome.items()
    assert found.last("value") == {"score": 0.5, "fid": None}
    assert found.last("real") == {"score": 1.0, "fid": 0.1}
    assert [alarm.step for alarm in found.alarms()] == [7]


def test_a_run_file_is_lines_of_json_from_spec_to_outcome(path: Path) -> None:
    kinds = [json.loads(line)["kind"] for line in path.read_text().splitlines()]
    assert kinds == ["spec", "value", "alarm", "value", "value", "outcome"]


def test_a_run_that_is_not_there_is_none(store: Store, run: Make) -> None:
    assert store.read(run().spec.run_id) is None
    assert store.runs() == []


def test_runs_come_oldest_first(store: Store, run: Make) -> None:
    for age, seed in enumerate([2, 0, 1]):
        store.commit(run(seed))
        os.utime(store.path(run(seed).spec.run_id), (age, age))
    assert [found.spec.seed for found in store.runs()] == [2, 0, 1]


def test_a_run_is_read_from_its_file_once(store: Store, path: Path) -> None:
    found = store.read(path.stem)
    path.unlink()
    assert store.read(path.stem) is found
    assert store.read_or_none(path.stem) is found


def test_a_run_that_another_process_wrote_is_read_again_when_it_is_forgotten(store: Store, path: Path) -> None:
    assert store.read(path.stem) is not None
    path.unlink()
    store.forget([path.stem, "never read"])
    assert store.read(path.stem) is None


def drop_last_line(text: str) -> str:
    return "".join(text.splitlines(keepends=True)[:-1])


def drop_a_row(text: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(lines[:1] + lines[2:])


DAMAGE: dict[str, Callable[[str], str]] = {
    "emptied": lambda text: "",
    "cut in the last line": lambda text: text[:-20],
    "cut at a line": drop_last_line,
    "a row removed": drop_a_row,
    "a value edited": lambda text: text.replace('"value": 0.5', '"value": 0.9'),
    "the status edited": lambda text: text.replace('"done"', '"failed"'),
    "the spec edited": lambda text: text.replace('"recipe": "none"', '"recipe": "r1"'),
    "no JSON": lambda text: "hello\n" + text,
    "JSON of another kind": lambda text: '[]\n{"kind": "outcome", "checksum": 3}\n',
    "a text for a spec": lambda text: '"spec"\n{"kind": "outcome", "checksum": 3}\n',
    "a spec that lacks a part": lambda text: text.replace('"seed": 0', '"sede": 0'),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_run_is_named_set_aside_and_absent(damage: str, store: Store, path: Path) -> None:
    path.write_text(DAMAGE[damage](path.read_text()))
    with pytest.raises(StoreError, match=rf"^{path.name} (is truncated|was changed)"):
        store.runs()
    with pytest.raises(SetAside, match=rf"{path.name} .*; set aside as {path.name}\.broken, to be run again"):
        store.read(path.stem)
    assert not path.exists()
    assert path.with_suffix(".jsonl.broken").exists()
    assert store.read(path.stem) is None
    assert store.runs() == []


def test_the_seconds_of_an_outcome_cannot_be_edited(store: Store, path: Path) -> None:
    path.write_text(path.read_text().replace('"seconds": 1.5', '"seconds": 0.1'))
    with pytest.raises(SetAside):
        store.read(path.stem)


def test_a_damaged_run_is_said_and_then_absent_where_the_work_goes_on(
    store: Store, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path.write_text("{}")
    assert store.read_or_none(path.stem) is None
    assert capsys.readouterr().err == (
        f"gancheck: {path.name} is truncated or not a run file; set aside as {path.name}.broken, to be run again\n"
    )


def test_a_renamed_run_is_set_aside(store: Store, path: Path, run: Make) -> None:
    other = store.path(run(1).spec.run_id)
    path.rename(other)
    with pytest.raises(SetAside, match=f"{other.name} was changed"):
        store.read(other.stem)


def test_bytes_that_are_no_text_are_set_aside(store: Store, path: Path) -> None:
    path.write_bytes(b"\xff" + path.read_bytes())
    with pytest.raises(SetAside):
        store.read(path.stem)


@pytest.mark.parametrize("row", [{"kind": "value", "value": float("nan")}, {"kind": "value", "value": float("inf")}])
def test_nan_is_never_written(row: dict[str, Any], store: Store, run: Make) -> None:
    with pytest.raises(ValueError, match="JSON"):
        store.commit(run(rows=[*ROWS, row]))
    assert sorted(p.name for p in store.folder.iterdir()) == ["suite.json"]


@contextmanager
def files_end_at(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes in here: what is written to it meets a full disk half-way."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_commit_that_fails_half_way_leaves_nothing(store: Store, run: Make) -> None:
    with (
        pytest.raises(StoreError, match=r"cannot write .*: File too large; free space or choose another --out"),
        files_end_at(300),
    ):
        store.commit(run())
    assert sorted(p.name for p in store.folder.iterdir()) == ["suite.json"]


def test_a_folder_can_be_claimed_again_by_its_suite_only(store: Store) -> None:
    store.claim("mine", "1")
    assert store.owner() == ("mine", "1")
    for suite, version in (("mine", "2"), ("other", "1")):
        with pytest.raises(StoreError, match=f"holds suite mine version 1, not {suite} version {version}; use another"):
            store.claim(suite, version)
    assert store.owner() == ("mine", "1")


def test_a_folder_that_nobody_claimed_has_no_owner(tmp_path: Path) -> None:
    assert Store(tmp_path).owner() is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"suite": "mine"}', "3", "\x00"])
def test_a_mark_that_gancheck_did_not_write_is_named(text: str, store: Store) -> None:
    store.owner_file.write_text(text)
    with pytest.raises(StoreError, match=r"suite\.json is not what gancheck wrote; remove it"):
        store.claim("mine", "1")


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/nowhere"])
def test_a_folder_that_cannot_be_made_is_one_line(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match=r"cannot be used for results .*; use another --out"):
        Store(tmp_path / place).claim("mine", "1")


def test_a_folder_that_cannot_be_written_to_is_one_line(store: Store) -> None:
    store.owner_file.unlink()
    (store.folder / f".suite.json.{platform.node()}-{os.getpid()}.part").mkdir()  # root is kept out by no mode
    with pytest.raises(StoreError, match=r"cannot write .*suite\.json: Is a directory; choose another --out"):
        store.claim("mine", "1")


def test_one_holder_at_a_time_and_the_next_knows_that_it_waited(store: Store) -> None:
    inside, order = threading.Event(), []

    def second() -> None:
        with store.lock("cell") as waited:
            order.append(f"second, waited {waited}")

    with store.lock("cell") as waited:
        thread = threading.Thread(target=second)
        thread.start()
        inside.wait(0.3)
        order.append(f"first, waited {waited}")
    thread.join(5)
    assert order == ["first, waited False", "second, waited True"]


def test_cells_do_not_wait_for_each_other(store: Store) -> None:
    with store.lock("a"), store.lock("b") as waited:
        assert not waited


def die_with_lock(folder: Path, ready: Any) -> None:
    with Store(folder).lock("cell"):
        ready.send(True)
        os.kill(os.getpid(), 9)


def test_a_killed_holder_holds_nobody_up(store: Store) -> None:
    listening, ready = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=die_with_lock, args=(store.folder, ready))
    process.start()
    assert listening.poll(20)
    process.join()
    with store.lock("cell") as waited:
        assert not waited


def test_modes_and_yardsticks_are_read_beside_the_values_and_never_as_values(store: Store, run: Make) -> None:
    counts = [{"kind": "modes", "step": step, "samples": 100, "counts": [60 - step, 0, step]} for step in (5, 10)]
    beside = [
        {"kind": "yardstick", "name": name, "metric": metric, "value": value}
        for name, metric, value in (("blanket", "modes", 3.0), ("blanket", "fid", None), ("memoriser", "modes", 2.0))
    ]
    made = run(rows=[*ROWS, *counts, *beside])
    store.commit(made)
    found = store.read(made.spec.run_id)
    assert found is not None
    assert found.yardsticks() == {"blanket": {"modes": 3.0, "fid": None}, "memoriser": {"modes": 2.0}}
    assert {step: row["counts"] for step, row in found.mode_counts().items()} == {5: [55, 0, 5], 10: [50, 0, 10]}
    assert found.last("value") == {"score": 0.5, "fid": None}
    assert [alarm.step for alarm in found.alarms()] == [7]


def test_a_run_without_modes_and_yardsticks_has_none(store: Store, path: Path) -> None:
    run = store.read(path.stem)
    assert run is not None
    assert (run.yardsticks(), run.mode_counts()) == ({}, {})


def test_a_file_where_the_folder_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "afile").write_text("")
    with pytest.raises(StoreError, match=r"afile cannot be used for results \(a file is in the way\); use another"):
        Store(tmp_path / "afile").claim("mine", "1")


def test_a_reason_with_a_file_name_of_another_alphabet_is_read_back(store: Store, run: Make) -> None:
    made = replace(run(), outcome={**OUTCOME, "reason": "no caf\udce9.png"})
    store.commit(made)
    read = store.read(made.spec.run_id)
    assert read is not None
    assert read.outcome["reason"] == "no caf\udce9.png"


@pytest.mark.parametrize("lacking", ["severity", "statistic", "threshold", "evidence"])
def test_an_alarm_that_lacks_something_is_no_run_file(lacking: str, store: Store, run: Make) -> None:
    rows = [{k: v for k, v in row.items() if row["kind"] != "alarm" or k != lacking} for row in ROWS]
    assert rows != ROWS
    store.commit(run(rows=rows))
    with pytest.raises(StoreError, match="not a run file"):
        read_run_file(store.path(run().spec.run_id))


def set_format(store: Store, number: object) -> None:
    store.owner_file.write_text(json.dumps({**json.loads(store.owner_file.read_text()), "format": number}))


def test_a_folder_says_in_which_format_it_is(store: Store) -> None:
    assert json.loads(store.owner_file.read_text())["format"] == FORMAT


#: Everything that reads a folder: a run that goes on, rank, a merge, a report, a comparison of tracks.
READERS: dict[str, Callable[[Store], object]] = {
    "claim": lambda store: store.claim("mine", "1"),
    "runs": Store.runs,
    "merge": lambda store: MergedFolders.read([store.folder]),
    "report": lambda store: Report.of(store.folder, Registry()),
    "tracks": lambda store: folder_on(store.folder, "default"),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_folder_of_a_newer_format_is_refused_with_advice(reader: Callable[[Store], object], store: Store) -> None:
    set_format(store, FORMAT + 1)
    before = store.owner_file.read_bytes()
    with pytest.raises(StoreError) as refusal:
        reader(store)
    assert str(refusal.value) == (
        f"{store.folder} is of format {FORMAT + 1}, which a newer gancheck wrote; this one reads up to {FORMAT}: "
        "pip install --upgrade gancheck"
    )
    assert store.owner_file.read_bytes() == before


@pytest.mark.parametrize("number", ["new", None, 1.5, 0, True])
def test_a_format_that_is_no_number_is_named(number: object, store: Store) -> None:
    set_format(store, number)
    with pytest.raises(StoreError, match=r"suite\.json is not what gancheck wrote"):
        store.owner()


@pytest.fixture
def first_version(tmp_path: Path) -> Store:
    """A copy of a folder that version 0.1 wrote, which did not say its format."""
    return Store(Path(shutil.copytree(FIRST_VERSION, tmp_path / "0.1")))


def test_a_folder_of_the_first_version_is_read(first_version: Store) -> None:
    assert first_version.owner() == ("tiny", "1")
    assert {(run.spec.recipe, run.spec.seed, run.outcome["status"]) for run in first_version.runs()} == {
        (recipe, seed, "done") for recipe in ("none", "r1") for seed in (0, 1)
    }
    assert len(ResultsFolder.read(first_version.folder).runs) == 4


def test_a_folder_of_the_first_version_can_be_gone_on_with(first_version: Store, run: Make) -> None:
    first_version.claim("tiny", "1", ["ring/mlp"], [run().spec.run_id])
    first_version.commit(run())
    assert [found.spec.seed for found in first_version.runs()][-1] == 0
    assert len(first_version.runs()) == 5
    assert json.loads(first_version.owner_file.read_text())["format"] == FORMAT


def test_what_was_asked_for_last_comes_last(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in ("c", "b", "a"):
        (tmp_path / f"{name}.jsonl").write_text("")
    store.claim("mine", "1", ["ring/mlp"], ["a", "b"])
    store.claim("mine", "1", ["ring/mlp"], ["a"])
    assert store.ids() == ["c", "b", "a"]
    assert (store.named("tasks"), store.named("asked")) == (["ring/mlp"], ["b", "a"])


def test_alarms_of_the_first_version_are_read_as_warnings(store: Store, run: Make) -> None:
    old = {"kind": "alarm", "detector": "diversity-drop", "step": 40, "score": 0.7, "evidence": "diversity fell"}
    made = run(rows=[old])
    store.commit(made)
    found = store.read(made.spec.run_id)
    assert found is not None
    (alarm,) = found.alarms()
    assert (alarm.detector, alarm.step, alarm.severity, alarm.statistic) == ("diversity-drop", 40, "warning", 0.7)
    assert math.isnan(alarm.threshold)
    assert alarm.recovered is None


def test_a_run_file_of_a_stranger_with_values_of_other_kinds_is_refused(store: Store, run: Make) -> None:
    for odd in ({"value": "much"}, {"step": -1}, {"metric": None}, {"kind": "unheard of"}):
        made = run(rows=[{**ROWS[0], **odd}])
        store.commit(made)
        with pytest.raises(StoreError, match="not a run file"):
            read_run_file(store.path(made.spec.run_id))


def test_a_run_file_that_names_another_training_than_its_own_is_refused(store: Store, run: Make) -> None:
    stray = run()
    store.commit(replace(stray, spec=msgspec.structs.replace(stray.spec, training_id="../../elsewhere")))
    with pytest.raises(StoreError, match="was changed"):
        read_run_file(store.path(stray.spec.run_id))


@pytest.mark.parametrize("line", ["[" * 100_000, '{"a":' * 100_000, '{"value": 1e400}', '{"value": NaN}'])
def test_a_run_file_of_nested_brackets_or_no_numbers_is_refused(store: Store, run: Make, line: str) -> None:
    store.commit(run())
    path = store.path(run().spec.run_id)
    path.write_text(line + "\n" + path.read_text())
    with pytest.raises(StoreError, match="not a run file"):
        read_run_file(path)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"suite": "a", "version": "1", "asked": 3}', '{"suite": 1, "version": 2}']
)
def test_a_folder_that_says_no_sense_of_itself_is_refused(store: Store, text: str) -> None:
    store.owner_file.write_text(text)
    with pytest.raises(StoreError, match="is not what gancheck wrote"):
        store.named("asked")


def test_links_in_a_results_folder_are_not_followed(store: Store, run: Make, tmp_path: Path) -> None:
    store.commit(run())
    path = store.path(run().spec.run_id)
    moved = path.rename(tmp_path / path.name)
    path.symlink_to(moved)
    with pytest.raises(StoreError, match="is a link"):
        store.runs()


@pytest.mark.parametrize("name", [".locks", "players"])
def test_a_link_that_leads_nowhere_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    store.folder.mkdir(exist_ok=True)
    (store.folder / name).symlink_to(tmp_path / "gone")
    with pytest.raises(StoreError, match=f"{name} is a link"):
        store.claim("mine", "1")


def test_locks_in_a_folder_that_leads_nowhere_are_refused(store: Store, tmp_path: Path) -> None:
    store.folder.mkdir(exist_ok=True)
    (store.folder / ".locks").symlink_to(tmp_path / "gone")
    with pytest.raises(StoreError, match=r"\.locks is a link"), store.lock("cell"):
        pass


def test_links_in_folders_that_are_not_gancheck_s_are_nobody_s_business(store: Store, tmp_path: Path) -> None:
    environment = store.folder / ".venv"
    environment.mkdir(parents=True)
    (environment / "lib64").symlink_to(tmp_path)
    store.claim("mine", "1")
    assert store.owner() == ("mine", "1")


@pytest.mark.parametrize("name", ["players", ".locks", "tensorboard/ring/mlp"])
def test_a_linked_folder_in_a_results_folder_is_refused(store: Store, tmp_path: Path, name: str) -> None:
    elsewhere, link = tmp_path / "elsewhere", store.folder / name
    elsewhere.mkdir()
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(elsewhere)
    with pytest.raises(StoreError, match=f"{name} is a link; put the folder itself there"):
        store.claim("mine", "1")
    assert not list(elsewhere.iterdir())


def test_a_lock_that_is_a_link_leaves_what_it_leads_to(store: Store, tmp_path: Path) -> None:
    target, link = tmp_path / "thesis.tex", store.folder / ".locks" / "cell.lock"
    target.write_text("years of work")
    link.parent.mkdir(parents=True)
    link.symlink_to(target)
    with pytest.raises(StoreError, match=r"cell\.lock is a link"), store.lock("cell"):
        pass
    assert target.read_text() == "years of work"


def test_locks_in_a_linked_folder_are_refused(store: Store, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    store.folder.mkdir(exist_ok=True)
    (store.folder / ".locks").symlink_to(elsewhere)
    with pytest.raises(StoreError, match=r"\.locks is a link"), store.lock("cell"):
        pass
    assert not list(elsewhere.iterdir())
