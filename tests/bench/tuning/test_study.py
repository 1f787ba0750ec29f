"""A journal of tuning that is damaged, or of somebody else's trials, is refused in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gancheck.bench.tuning.recipe_space import RecipeSpace
from gancheck.bench.tuning.study import RecipeStudy, open_journal
from gancheck.errors import StoreError
from gancheck.plugins.registry import Registry


def study(path: Path, registry: Registry) -> RecipeStudy:
    return RecipeStudy.open(open_journal(path), "r1", RecipeSpace.of("r1", registry), 4, 1, "random", 0)


def tune_once(path: Path, registry: Registry) -> None:
    made = study(path, registry)
    trial = made.next_trial()
    assert trial is not None
    made.tell(trial, 0.5, state="COMPLETE")


@pytest.mark.parametrize("line", ["{", "[]", "[" * 100_000, '{"op_code": 4}', '{"op_code": 99}', "\xff\xfe"])
def test_a_damaged_journal_is_named_with_what_to_do(tmp_path: Path, registry: Registry, line: str) -> None:
    path = tmp_path / "journal.log"
    tune_once(path, registry)
    path.write_bytes(line.encode("latin-1") + b"\n" + path.read_bytes())
    with pytest.raises(StoreError, match=r"journal\.log is damaged.*; remove it and tune again"):
        study(path, registry)


def test_a_line_damaged_before_one_that_is_not_whole_is_named(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "journal.log"
    tune_once(path, registry)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines, b'{"op_code": \\x4}\n', b'{"op_']))
    with pytest.raises(
        StoreError, match=rf"journal\.log is damaged in line {len(lines) + 1}; remove it and tune again"
    ):
        study(path, registry)


def test_trials_of_other_parameters_are_refused(tmp_path: Path, registry: Registry) -> None:
    path = tmp_path / "journal.log"
    tune_once(path, registry)
    path.write_text(path.read_text().replace('"r1.', '"r2.'))
    with pytest.raises(StoreError, match="is not one of gancheck tune"):
        study(path, registry)


@pytest.mark.parametrize("end", ["", "\n"])
def test_a_last_line_that_is_not_whole_costs_nothing_else(tmp_path: Path, registry: Registry, end: str) -> None:
    path = tmp_path / "journal.log"
    tune_once(path, registry)
    path.write_text(path.read_text() + json.dumps({"op_code": 4})[:-4] + end)
    again = study(path, registry)
    assert again.best is not None
    assert again.next_trial() is not None
    assert len(study(path, registry).study.get_trials()) == 2


def test_a_journal_that_is_a_link_is_refused_and_what_it_leads_to_stays(tmp_path: Path) -> None:
    mine = tmp_path / "mine.json"
    mine.write_text('{"my": "notes",\n "more": 1}')
    (tmp_path / "journal.log").symlink_to(mine)
    with pytest.raises(StoreError, match=r"journal\.log is a link"):
        open_journal(tmp_path / "journal.log")
    assert mine.read_text() == '{"my": "notes",\n "more": 1}'
