"""`gancheck list`: every kind of plug-in, and the suites."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.plugins.kinds import KINDS

PLURALS = [kind.plural for kind in KINDS.values()]


def listed(capsys: pytest.CaptureFixture[str], *call: str) -> dict[str, list[dict[str, Any]]]:
    assert main(["list", *call, "--json"]) == 0
    shown: dict[str, list[dict[str, Any]]] = json.loads(capsys.readouterr().out)
    return shown


def test_all_kinds_and_the_suites_are_listed_for_programs(
    registry: gc.Registry, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = listed(capsys)
    assert list(shown) == [*PLURALS, "suites"]
    for kind in KINDS.values():
        assert [entry["name"] for entry in shown[kind.plural]] == registry.names(kind.name)
    keys = {"name", "summary", "parameters", "facts"}
    assert all(set(entry) == keys for entries in shown.values() for entry in entries)


@pytest.mark.parametrize("what", [*PLURALS, "suites"])
def test_one_kind_is_a_table_for_people(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    (entries,) = listed(capsys, what).values()
    assert main(["list", what]) == 0
    title, heading, *rows = capsys.readouterr().out.splitlines()
    assert title.strip() == what
    assert re.match(r"name +(better +range +needs +cost +)?what it is +parameters", heading)
    named = [row.split()[0] for row in rows if not row.startswith(" ")]
    assert named == [entry["name"] for entry in entries]


def test_extractors_have_descriptions_and_parameters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "extractors"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^points +Coordinates of points, or pixels", shown, re.MULTILINE)
    assert re.search(r"^clip-rn50 +CLIP's image encoder\. +model=rn50 *$", shown, re.MULTILINE)


def test_metrics_say_how_to_read_them(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "metrics"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^fid +lower +from 0 +reference ", shown, re.MULTILINE)
    assert re.search(r"^spread +higher +0 to 1 +modes ", shown, re.MULTILINE)
    assert re.search(r"^mode-spread +near 1 +from 0 +modes ", shown, re.MULTILINE)


def test_a_plug_in_of_ones_own_is_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "extractor", "mine"]) == 0
    capsys.readouterr()
    assert main(["list", "extractors", "--with", "mine.py"]) == 0
    assert re.search(r"^mine +Two layers of random convolutions.* width=32, seed=0", capsys.readouterr().out, re.M)


@pytest.mark.parametrize(("what", "near"), [("strategy", "strategies"), ("extractor", "extractors"), ("gan", "gans")])
def test_an_unknown_kind_is_one_line_with_the_nearest(what: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == (
        f"gancheck: cannot list '{what}'. Did you mean '{near}'? Take one of {', '.join(PLURALS)}, suites\n"
    )


def test_help_names_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    for call in (["list", "--help"], ["--help"]):
        assert main(call) == 0
        assert f"{', '.join(PLURALS)}, suites" in capsys.readouterr().out
