"""A suite that is written reads back as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from gancheck.bench.suite_file import load_suite
from gancheck.bench.suite_writer import toml, write_suite
from gancheck.plugins.registry import Registry


@pytest.mark.parametrize("name", ["quick", "ladder"])
def test_a_written_suite_reads_back_the_same(name: str, registry: Registry, tmp_path: Path) -> None:
    suite = replace(load_suite(name, registry), seeds=7)
    path = tmp_path / "written.toml"
    path.write_text(write_suite(suite))
    assert load_suite(path, registry) == suite


def test_a_written_tuned_suite_keeps_its_track_and_names_it_once(registry: Registry, tmp_path: Path) -> None:
    tuned = load_suite("smoke", registry).on_track("tuned")
    path = tmp_path / "written.toml"
    path.write_text(write_suite(tuned))
    again = load_suite(path, registry)
    assert (again.track, again.version) == ("tuned", tuned.version)
    assert again.version.count("+tuned") == 1


def test_a_written_suite_keeps_its_base(registry: Registry, tmp_path: Path) -> None:
    suite = load_suite("smoke", registry)
    path = tmp_path / "written.toml"
    path.write_text(write_suite(replace(suite, base=suite.recipes[-1])))
    assert load_suite(path, registry).base == suite.recipes[-1]


def test_texts_and_keys_are_quoted_where_they_must_be() -> None:
    assert (
        toml({"a b": 'say "x"', "c": [1, True, 2.5], "gone": None}) == '{ "a b" = "say \\"x\\"", c = [1, true, 2.5] }'
    )
