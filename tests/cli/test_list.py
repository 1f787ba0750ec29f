"""`gancheck list`: every kind of plug-in, and the suites."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.cli.plugin_page import parameter_notes
from gancheck.plugins.kinds import KINDS

PLURALS = [kind.plural for kind in KINDS.values()]
BY_FAMILY = ("strategies", "detectors")  #: have tables of their own


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
        assert sorted(entry["name"] for entry in shown[kind.plural]) == registry.names(kind.name)
    keys = {"name", "title", "summary", "parameters", "facts"}
    assert all(set(entry) == keys for entries in shown.values() for entry in entries)


@pytest.mark.parametrize("what", [*(plural for plural in PLURALS if plural not in BY_FAMILY), "suites"])
def test_one_kind_is_a_table_for_people(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    (entries,) = listed(capsys, what).values()
    assert main(["list", what]) == 0
    title, heading, *rows = capsys.readouterr().out.splitlines()
    assert title.strip() == what
    assert re.match(r"name +(adversarial +|better +range +needs +cost +)?what it is +parameters", heading)
    named = [row.split()[0] for row in rows if not row.startswith(" ")]
    assert named == [entry["name"] for entry in entries]


def test_strategies_are_listed_by_family_with_paper_and_cost(capsys: pytest.CaptureFixture[str]) -> None:
    (entries,) = listed(capsys, "strategies").values()
    assert main(["list", "strategies"]) == 0
    shown = capsys.readouterr().out
    families = re.findall(r"^\[(.+)\]", shown, re.MULTILINE)
    assert families == list(dict.fromkeys(entry["facts"]["family"] for entry in entries))
    assert families[:2] == ["objective", "regulariser"]
    assert re.search(
        r"^r1 +Penalise the discriminator's slope at.* +Mescheder et al\., ICML 2018 +\d\.\dx", shown, re.M
    )
    assert re.search(r"^drs .* \d+ a sample *$", shown, re.MULTILINE)


def test_detectors_are_listed_by_family_with_needs_and_preset(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "detector", "mine"]) == 0
    capsys.readouterr()
    call = ("detectors", "--with", "mine.py")
    (entries,) = listed(capsys, *call).values()
    assert main(["list", *call]) == 0
    shown = capsys.readouterr().out
    families = re.findall(r"^\[(.+)\]", shown, re.MULTILINE)
    assert families == list(dict.fromkeys(entry["facts"]["family"] for entry in entries))
    assert families[:2] == ["general", "adversarial"]
    assert re.search(r"^nonfinite +A loss, a gradient or a weight is NaN .* cheap", shown, re.MULTILINE)
    assert re.search(r"^mine +The logits of real .* cheap +Arjovsky", shown, re.MULTILINE)


def test_one_detector_says_how_to_give_what_it_needs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "detector", "mine"]) == 0
    assert main(["list", "detectors", "mine", "--with", "mine.py"]) == 0
    shown = capsys.readouterr().out
    for line in ("  gap=10.0  difference of the mean", "preset: cheap", "patience: 20", "cause: the discriminator"):
        assert f"\n{line}" in shown
    assert "\nto have real_logit: monitor.log(d_real=..., d_fake=...), a discriminator's logits\n" in shown


def test_every_builtin_strategy_says_what_it_costs_and_can_treat(capsys: pytest.CaptureFixture[str]) -> None:
    for entry in listed(capsys, "strategies")["strategies"]:
        facts = entry["facts"]
        assert set(facts) == {"family", "paper", "kind", "tracks", "cost", "search"}
        assert facts["tracks"] in (["points", "images"], ["points"], ["images"]), entry["name"]
        assert facts["cost"]["seconds"] > 0.3, entry["name"]
        assert facts["cost"]["evaluations"] >= 4
        assert facts["cost"]["sampling"] >= 1


def test_one_plug_in_is_told_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "strategies", "drs"]) == 0
    shown = capsys.readouterr().out
    assert "Azadi, Olsson, Darrell" in shown
    assert re.search(r"^  percentile=80\.0  of F among generated samples", shown, re.MULTILINE)
    assert re.search(
        r"^  real=1000  real samples kept", shown, re.MULTILINE
    )  # a parameter of the class it derives from
    assert "tracks: points, images" in shown
    assert main(["list", "metrics", "fid", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["facts"]["better"] == "lower"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (["strategies", "pac-gan"], "unknown strategy 'pac-gan'. Did you mean 'pacgan'? (gancheck list strategies)"),
        (["suites", "quick"], "a suite is shown by `gancheck run quick --plan`, and by its file"),
    ],
)
def test_one_that_is_not_there_is_one_line(call: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", *call]) == 2
    assert capsys.readouterr().err == f"gancheck: {said}\n"


def test_a_strategy_of_ones_own_has_no_cost_and_a_title_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "strategy", "mine"]) == 0
    capsys.readouterr()
    (entries,) = listed(capsys, "strategies", "--with", "mine.py").values()
    mine = next(entry for entry in entries if entry["name"] == "mine")
    assert mine["facts"]["cost"] is None
    assert mine["title"]
    assert mine["facts"]["tracks"] == ["points", "images"]


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


def test_every_parameter_of_a_builtin_class_is_explained(registry: gc.Registry) -> None:
    for kind in ("strategy", "gan", "dataset", "detector"):
        for entry in (registry.entry(kind, name) for name in registry.names(kind)):
            assert set(entry.parameters()) <= set(parameter_notes(entry.thing)), entry.info.name


def test_a_plug_in_that_does_not_build_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "strategy", "mine"]) == 0
    text = Path("mine.py").read_text()
    Path("mine.py").write_text(f"{text}\n\n    def supports(self, gan, data):\n        raise KeyError(gan)\n")
    capsys.readouterr()
    (entries,) = listed(capsys, "strategies", "--with", "mine.py").values()
    assert next(entry for entry in entries if entry["name"] == "mine")["facts"]["tracks"] == []


def test_names_are_never_cut(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    assert main(["list", "strategies"]) == 0
    shown = capsys.readouterr().out
    assert "minibatch-discrimination" in shown
    assert "spectral-regularisation" in shown
