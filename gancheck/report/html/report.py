"""The report of a results folder, from the store alone: `report.html`, one file that needs nothing beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancheck.bench.collect import comparable_runs, make_leaderboard, newest_date, run_result, say_outdated, suite_runs
from gancheck.bench.kept_setup import rebuild_dataset
from gancheck.bench.leaderboard import Leaderboard
from gancheck.bench.store import Run, Store
from gancheck.errors import GancheckError, StoreError
from gancheck.plugins.registry import Registry
from gancheck.report.html.board import board_numbers, board_tables, task_table
from gancheck.report.html.environment import command, command_note, environment
from gancheck.report.html.failures import failure_table
from gancheck.report.html.page import render
from gancheck.report.html.samples import ROOM, task_samples
from gancheck.report.html.tasks import Modes, task_numbers
from gancheck.report.text import training_states
from gancheck.report.text.caption import say_base, say_resolution
from gancheck.system.counts import say_count
from gancheck.system.files import write_text

FILE = "report.html"
SCRIPTS = ("table.js", "board.js", "curves.js", "lost.js", "alarms.js", "samples.js", "report.js")
LIVE = (*SCRIPTS, "live.js")


@dataclass(frozen=True)
class Report:
    """A board with the runs behind it."""

    board: Leaderboard
    runs: Sequence[Run]  #: on the board, with all their rows
    store: Store
    registry: Registry
    notes: tuple[str, ...] = ()  #: what became of runs that do not count

    @classmethod
    def of(cls, folder: Path, registry: Registry) -> Report:
        """Of all that a folder holds on the suite's own tasks. StoreError where there is nothing to report."""
        store = Store(folder)
        owner = store.owner()
        if owner is None:
            raise StoreError(
                f"{folder} is no results folder; give the one that gancheck run has made, such as runs/quick"
            )
        found = store.runs()
        if not found:
            raise StoreError(f"{folder} holds no runs yet; gancheck run {owner[0]} makes them")
        tasks = store.named("tasks")
        runs, notes = suite_runs(comparable_runs(found), tasks), say_outdated(found, tasks, folder)
        board = make_leaderboard(map(run_result, runs), registry, *owner, newest_date(folder), store.base())
        return cls(board, runs, store, registry, notes)

    def write(self, path: Path) -> Path:
        """Write the page, samples included; returns its path."""
        write_text(path, self.page())
        return path

    def page(self) -> str:
        """The page with everything."""
        samples = {label: self.samples(label) for label in self.tasks}
        return render("report.html", self.numbers | {"samples": samples}, SCRIPTS, **self.words, live=False)

    def live_page(self) -> str:
        """The page while a run goes on: without samples, which take seconds to draw; it asks its server for news."""
        return render("report.html", self.numbers | {"samples": {}}, LIVE, "'self'", **self.words, live=True)

    @property
    def tasks(self) -> list[str]:
        """The tasks, as the suite has them where the folder says so."""
        there = dict.fromkeys(run.spec.task for run in self.runs)
        first = [task for task in self.store.named("tasks") if task in there]
        return list(dict.fromkeys([*first, *there]))

    @property
    def numbers(self) -> dict[str, Any]:
        """What the scripts draw."""
        order = [*(row["strategy"] for row in self.board.leaderboard()), *self.board.runs]
        recipes = list(dict.fromkeys(order))
        tasks = [task_numbers(label, self.runs, recipes, self.modes(label)) for label in self.tasks]
        return {"board": board_numbers(self.board), "tasks": tasks, "base": self.board.base}

    @property
    def words(self) -> dict[str, Any]:
        """What the template says."""
        board = self.board
        return {
            "title": f"{board.suite}, version {board.suite_version}",
            "summary": board.summary(),
            "resolution": say_resolution(board),
            "rule": " ".join(filter(None, [board.rule, say_base(board), *self.notes])),
            "counts": self.counts,
            "tables": board_tables(board),
            "task_table": task_table(board),
            "failures": failure_table(board.results, self.runs),
            "tasks": self.tasks,
            "states": training_states.summary(states[-1]) if (states := board.states()) else "",
            "environment": environment(self.runs, board.date),
            "command": command(board.suite, board.suite_version, self.runs, self.store.named("tasks")),
            "command_note": command_note(board.suite),
        }

    @property
    def counts(self) -> str:
        """`3 strategies on 4 tasks, 60 runs`."""
        strategies = say_count(len(self.board.runs), "strategy")
        return f"{strategies} on {say_count(len(self.tasks), 'task')}, {say_count(len(self.board.results), 'run')}"

    def on_task(self, label: str) -> list[Run]:
        """The runs on one task."""
        return [run for run in self.runs if run.spec.task == label]

    def samples(self, label: str) -> dict[str, Any] | None:
        """The samples of one task."""
        return task_samples(self.on_task(label), self.store, self.registry, ROOM / len(self.tasks))

    def modes(self, label: str) -> Modes | None:
        """The modes of one task's data; None where it cannot be built or read here."""
        try:
            data = rebuild_dataset(self.on_task(label)[0].spec.training.dataset, self.registry)
            return Modes(data.weights.numpy(), data.names)
        except GancheckError:
            return None
