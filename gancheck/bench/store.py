"""The store: one JSONL file per run, committed by rename, beside the kept weights of its training.

First line the spec, then one line per value and alarm, last line the outcome with a checksum of it all.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
from filelock import BaseFileLock, FileLock, Timeout

from gancheck.bench.alarm_rows import read_alarm
from gancheck.bench.owner import FORMAT, Owner, read_owner
from gancheck.bench.run_rows import check_rows
from gancheck.bench.run_spec import RunSpec
from gancheck.detectors.base import Alarm
from gancheck.errors import BadParameter, StoreError
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.files import refuse_link, refuse_links_below, replacing, sweep, write_text

Row = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """One run as it was read."""

    spec: RunSpec
    #: By kind: "value" {step, metric, value, real, and error where it raised}, "modes" {step, samples, counts},
    #: "yardstick" {name, metric, value}, "alarm" {detector, step, severity, statistic, ...} (`alarm_rows`).
    rows: list[Row]
    outcome: Row  #: status, reason, seconds, ...

    def last(self, key: str) -> dict[str, float | None]:
        """Metric -> `value` or `real` at the last evaluation that has it."""
        return {row["metric"]: row[key] for row in self.rows if row["kind"] == "value"}

    def metric_errors(self) -> dict[str, str]:
        """Metric -> what it raised instead of a value."""
        return {row["metric"]: row["error"] for row in self.rows if "error" in row}

    def yardsticks(self) -> dict[str, dict[str, float | None]]:
        """Name -> metric -> value of what nobody trained, such as uniform noise."""
        tables: dict[str, dict[str, float | None]] = {}
        for row in (row for row in self.rows if row["kind"] == "yardstick"):
            tables.setdefault(row["name"], {})[row["metric"]] = row["value"]
        return tables

    def mode_counts(self) -> dict[int, Row]:
        """Step -> {samples, counts}: how many high-quality samples every mode got, by evaluation."""
        return {row["step"]: row for row in self.rows if row["kind"] == "modes"}

    def alarms(self) -> list[Alarm]:
        """The detectors' alarms, without cause and advice, which are the detectors' own."""
        return [read_alarm(row) for row in self.rows if row["kind"] == "alarm"]


#: The folders that a results folder has; others beside them are not gancheck's, and may hold what they like.
FOLDERS = (".locks", "only", "players", "profile", "samples", "tensorboard")


class Store:
    """A results folder of one suite version."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs_read: dict[str, Run] = {}

    def claim(
        self,
        suite: str,
        version: str,
        tasks: Iterable[str] = (),
        run_ids: Iterable[str] = (),
        track: str = "default",
        base: str = UNTREATED,
    ) -> None:
        """Make the folder, or check that it belongs to this suite version and can be written to.

        `tasks` are the suite's own, `run_ids` what is asked for now, `track` and `base` are the suite's.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            there = "a file is in the way" if self.folder.is_file() else str(error)
            raise StoreError(f"{self.folder} cannot be used for results ({there}); use another --out") from error
        for name in FOLDERS:
            refuse_links_below(self.folder / name)
        held = self.owner()
        if held not in (None, (suite, version)):
            text = " version ".join(held or ())
            raise StoreError(f"{self.folder} holds suite {text}, not {suite} version {version}; use another --out")
        now = list(dict.fromkeys(run_ids))
        asked = [*(run_id for run_id in self.named("asked") if run_id not in set(now)), *now]
        names = [*(tasks or self.named("tasks"))]
        owner = Owner(format=FORMAT, suite=suite, version=version, track=track, base=base, tasks=names, asked=asked)
        write_text(self.owner_file, json.dumps(msgspec.to_builtins(owner)))
        sweep(self.folder)

    @property
    def owner_file(self) -> Path:
        """Where the folder says whose it is."""
        return self.folder / "suite.json"

    def about(self) -> Owner | None:
        """What the folder says of itself; StoreError where a newer version wrote it, or something else."""
        return read_owner(self.owner_file)

    def owner(self) -> tuple[str, str] | None:
        """Name and version of the suite whose runs the folder holds; None: it is no results folder yet."""
        about = self.about()
        return None if about is None else (about.suite, about.version)

    def track(self) -> str:
        """The suite's track, `default` or `tuned`; "default" in folders from before there was another."""
        about = self.about()
        return "default" if about is None else about.track

    def base(self) -> str:
        """The recipe to which gains and costs refer; the untreated GAN in folders from before there was another."""
        about = self.about()
        return UNTREATED if about is None else about.base

    def named(self, key: Literal["tasks", "asked"]) -> list[str]:
        """What the folder lists: the suite's own "tasks", or the ids of all runs that were "asked" for, the last call's
        last. Empty in folders of version 0.1."""
        about = self.about()
        return [] if about is None else {"tasks": about.tasks, "asked": about.asked}[key]

    def path(self, run_id: str) -> Path:
        """Where a run is."""
        return self.folder / f"{run_id}.jsonl"

    def weights(self, training_id: str) -> Path:
        """Where a training is."""
        return self.folder / f"{training_id}.safetensors"

    def checkpoint(self, training_id: str) -> Path:
        """Where the state of a block in training is, by the id of its first seed's training."""
        return self.folder / f"{training_id}.checkpoint"

    def players(self, spec: RunSpec) -> Path:
        """Where all networks of a run are, as `--keep players` leaves them."""
        return self.folder / "players" / f"{spec.file_name}.safetensors"

    def commit(self, run: Run) -> None:
        """Write a whole run, or nothing."""
        lines = [json_line({"kind": "spec", **run.spec.table()}), *map(json_line, run.rows)]
        closing = {"kind": "outcome", **run.outcome, "rows": len(run.rows)}
        closing["checksum"] = checksum([*lines, json_line(closing)])
        with replacing(self.path(run.spec.run_id)) as part:
            part.write_text("\n".join([*lines, json_line(closing)]) + "\n", encoding="utf-8")

    def read(self, run_id: str) -> Run | None:
        """A run, or None; a file that is truncated or was edited is set aside, and said. Each is read once."""
        path = self.path(run_id)
        if run_id in self.runs_read:
            return self.runs_read[run_id]
        if not path.exists():
            return None
        try:
            self.runs_read[run_id] = read_run_file(path)
        except StoreError as error:
            os.replace(path, path.with_suffix(".jsonl.broken"))
            raise SetAside(f"{error}; set aside as {path.name}.broken, to be run again") from error
        return self.runs_read[run_id]

    def read_or_none(self, run_id: str) -> Run | None:
        """A run; one that is not whole has been set aside, with a word on standard error, and is made again."""
        try:
            return self.read(run_id)
        except SetAside as error:
            print(f"gancheck: {error}", file=sys.stderr)
            return None

    def forget(self, run_ids: Iterable[str]) -> None:
        """Read these again when they are asked for: another process has written them."""
        for run_id in run_ids:
            self.runs_read.pop(run_id, None)

    def ids(self) -> list[str]:
        """The ids of all runs in the folder: what was asked for last comes last, else the newest."""
        place = {run_id: i for i, run_id in enumerate(self.named("asked"))}
        found = sorted(self.folder.glob("*.jsonl"), key=lambda p: (place.get(p.stem, -1), p.stat().st_mtime_ns, p.name))
        return [path.stem for path in found]

    def runs(self) -> list[Run]:
        """Every run of the folder, in the order of `ids`; raises at the first file that is not whole."""
        return [read_run_file(self.path(run_id)) for run_id in self.ids()]

    @contextmanager
    def lock(self, name: str) -> Iterator[bool]:
        """Hold a cell; yields whether another process had it first, after waiting for its turn."""
        held = self.lock_file(name)
        waited = False
        try:
            held.acquire(timeout=0)
        except Timeout:
            waited = True
            held.acquire()
        try:
            yield waited
        finally:
            held.release()

    @contextmanager
    def lock_alone(self, name: str, command: str) -> Iterator[None]:
        """Hold what only one process at a time can work on; StoreError where another one does."""
        held = self.lock_file(name)
        try:
            held.acquire(timeout=0)
        except Timeout:
            hint = "wait until it has ended, or give --out another folder"
            raise StoreError(f"another {command} works in {self.folder}; {hint}") from None
        try:
            yield
        finally:
            held.release()

    def lock_file(self, name: str) -> BaseFileLock:
        """A lock of this folder, not held yet. StoreError for a link: some versions of filelock empty what it leads
        to."""
        place = self.folder / ".locks" / f"{name}.lock"
        refuse_link(place.parent)
        place.parent.mkdir(parents=True, exist_ok=True)
        refuse_link(place)
        return FileLock(place)


class SetAside(StoreError):
    """A run file that was not whole and has been moved out of the way."""


def read_run_file(path: Path) -> Run:
    """Read and check one run file."""
    refuse_link(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        spec, *rows, outcome = map(json.loads, lines)
        good = outcome["kind"] == "outcome" and outcome.pop("checksum") == checksum([*lines[:-1], json_line(outcome)])
        named = RunSpec.read({k: v for k, v in spec.items() if k != "kind"})
        good = good and path.stem == named.run_id and named == named.with_ids()
        check_rows(rows, outcome)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, BadParameter) as error:
        raise StoreError(f"{path.name} is truncated or not a run file") from error
    if not good:
        raise StoreError(f"{path.name} was changed after it was written")
    return Run(named, rows, outcome)


def json_line(row: Row) -> str:
    """One line of JSON; NaN is refused, because a status is not a number."""
    return json.dumps(row, sort_keys=True, allow_nan=False)


def checksum(lines: list[str]) -> str:
    """SHA-256 of all lines, the last one without its checksum."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
