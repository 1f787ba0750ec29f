"""Ids: everything that decides a number changes them, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gancheck.bench.run_spec import LadderPlace, RunSpec
from gancheck.bench.spec import ENGINE, EVALUATION, WORTH_COMPILING, Cell, grid_cells, release
from gancheck.bench.suite_file import load_suite
from gancheck.datasets.mixtures.ring import Ring
from gancheck.plugins.registry import Registry
from gancheck.system.digest import digest

SUITE = """\
version = "1"
recipes = ["none", "mine(c=2.0)"]
seeds = 2
block = 2
budget = { steps = 40, evaluations = 2 }
training = { batch = 16, optimiser = { lr = 1e-3 } }
evaluation = { samples = 500, metrics = ["score", "modes"] }
task = [{ dataset = { name = "ring", sigma = 0.1 }, gan = { name = "own", size = 3 } }]
"""
PLUGINS = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.strategy("mine", family="regulariser")
@dataclass(frozen=True)
class Mine(gc.Strategy):
    c: float = 1.0

    def discriminator_loss(self, loss, game):
        return self.c * loss


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Gan):
    size: int = 2

    def build(self, data):
        return gc.Players(nn.Linear(self.size, data.size), nn.Linear(data.size, 1), gc.Latent(self.size))
"""
Specs = dict[tuple[str, int], RunSpec]
Make = Callable[..., Specs]


@pytest.fixture
def specs(tmp_path: Path) -> Make:
    """Specs by recipe and seed, of a suite and a plug-in file as they are after replacing `old` by `new`."""

    def made(old: str = "", new: str = "", device: str = "cpu", plugins: str = PLUGINS) -> Specs:
        if old:
            assert (SUITE + plugins).count(old) == 1
        folder = tmp_path / digest([old, new, plugins])
        folder.mkdir(exist_ok=True)
        (folder / "plugins.py").write_text(plugins.replace(old, new))
        (folder / "mine.toml").write_text(SUITE.replace(old, new))
        registry = Registry.load([folder / "plugins.py"])
        grid = grid_cells(load_suite(folder / "mine.toml", registry), device)
        return {(s.recipe, s.seed): s for cell in grid for s in cell.specs(cell.build(registry), registry)}

    return made


def ids(found: Specs, key: str, recipe: str = "mine") -> list[object]:
    return [getattr(s, key) for (r, _), s in found.items() if r.startswith(recipe)]


def test_the_same_spec_has_the_same_ids(specs: Make) -> None:
    assert specs() == specs()
    found = specs()
    assert len({*ids(found, "run_id", ""), *ids(found, "training_id", "")}) == 2 * len(found) == 8


TRAINING = {
    "dataset": ("sigma = 0.1", "sigma = 0.09"),
    "gan": ("size = 3", "size = 4"),
    "strategy": ("mine(c=2.0)", "mine(c=3.0)"),
    "batch": ("batch = 16", "batch = 17"),
    "optimiser": ("lr = 1e-3", "lr = 2e-3"),
    "one player's optimiser": ("1e-3 }", "1e-3 }, players = { generator = { lr = 1.0 } }"),
    "precision": ("batch = 16", 'batch = 16, precision = "bf16"'),
    "steps": ("steps = 40", "steps = 41"),
    "evaluations": ("evaluations = 2", "evaluations = 3"),
    "time limit": ("evaluations = 2", "evaluations = 2, timeout = 60"),
    "block width": ("block = 2", "block = 3"),
    "source of a plug-in": ("nn.Linear(data.size, 1)", "nn.Linear(data.size, 1, bias=False)"),
}


@pytest.mark.parametrize("change", TRAINING)
def test_what_decides_the_weights_changes_both_ids(change: str, specs: Make) -> None:
    before, after = specs(), specs(*TRAINING[change])
    for key in ("training_id", "run_id"):
        assert not set(ids(before, key)) & set(ids(after, key))


def test_the_usual_precision_is_in_no_id(specs: Make) -> None:
    assert specs() == specs("batch = 16", 'batch = 16, precision = "float32"')
    assert "precision" not in next(iter(specs().values())).training.settings


def test_seeds_of_a_block_have_ids_of_their_own(specs: Make) -> None:
    shifted = specs("seeds = 2", "seeds = 2\nfirst_seed = 1")
    assert not set(ids(specs(), "training_id")) & set(ids(shifted, "training_id"))


def test_a_device_makes_other_runs(specs: Make) -> None:
    assert not set(ids(specs(), "training_id")) & set(ids(specs(device="cuda"), "training_id"))


def test_versions_of_the_engine_torch_and_dataset_are_part_of_the_training(specs: Make) -> None:
    """See test_run_spec: whatever is part of it decides the ids."""
    for made in specs().values():
        assert made.training.engine == ENGINE
        assert made.training.torch == release(torch.__version__)
        assert made.training.dataset.version == Ring.version == 2
        assert made.evaluation.evaluation == EVALUATION


def test_a_build_of_the_same_torch_version_makes_the_same_runs() -> None:
    assert release("2.13.0+cpu") == release("2.13.0+cu128") == release("2.13.0") == "2.13.0"


MEASURING = {
    "samples": ("samples = 500", "samples = 501"),
    "metrics": ('"modes"]', '"modes", "tv"]'),
    "suite version": ('version = "1"', 'version = "2"'),
    "suite name": ('version = "1"', 'version = "1"\nname = "other"'),
    "task name": ("task = [{", 'task = [{ name = "circle",'),
}


@pytest.mark.parametrize("change", MEASURING)
def test_what_decides_the_measuring_keeps_the_training(change: str, specs: Make) -> None:
    before, after = specs(), specs(*MEASURING[change])
    assert ids(before, "training_id") == ids(after, "training_id")
    assert not set(ids(before, "run_id")) & set(ids(after, "run_id"))


def test_modes_and_quality_are_measured_whatever_a_suite_names(specs: Make) -> None:
    for names in ('["score", "modes"]', '["fid"]'):
        made = specs('["score", "modes"]', names)
        assert all({"modes", "quality"} <= set(s.evaluation.metrics) for s in made.values())
    everything = next(iter(specs(', metrics = ["score", "modes"]', "").values()))
    assert {"modes", "quality", "fid"} < set(everything.evaluation.metrics)


def test_a_place_on_a_ladder_is_in_the_spec_and_keeps_the_training(specs: Make) -> None:
    before, after = specs(), specs("task = [{", 'task = [{ knob = "side", level = 3,')
    assert {s.ladder for s in after.values()} == {LadderPlace("side", 3.0)}
    assert {s.ladder for s in before.values()} == {None}
    assert ids(before, "training_id") == ids(after, "training_id")
    assert not set(ids(before, "run_id")) & set(ids(after, "run_id"))


NOTHING = {
    "order of recipes": ('"none", "mine(c=2.0)"', '"mine(c=2.0)", "none"'),
    "recipes beside": ('"none", "mine(c=2.0)"', '"r1", "mine(c=2.0)", "hinge"'),
    "more seeds": ("seeds = 2", "seeds = 6"),
    "about": ('version = "1"', 'version = "1"\nabout = "what it is for"'),
    "defaults written out": ("sigma = 0.1", "sigma = 0.1, modes = 8"),
    "whole number for a real one": ("c=2.0", "c=2"),
    "order of parameters": ("steps = 40, evaluations = 2", "evaluations = 2, steps = 40"),
    "a comment in a plug-in": ("class Mine", "# better\nclass Mine"),
    "tasks beside": ("task = [{", 'task = [{ dataset = "grid25", gan = "own" }, {'),
}


@pytest.mark.parametrize("change", NOTHING)
def test_what_runs_beside_changes_nothing(change: str, specs: Make) -> None:
    before, after = specs(), specs(*NOTHING[change])
    same = [s for s in after.values() if s.run_id in ids(before, "run_id")]
    assert ids(before, "run_id") == [s.run_id for s in same]
    assert ids(before, "training_id") == [s.training_id for s in same]


def test_ids_know_nothing_of_where_the_work_is_done(specs: Make, tmp_path: Path) -> None:
    text = json.dumps([spec.table() for spec in specs().values()])
    assert str(tmp_path) not in text
    assert "jobs" not in text


def path(cell: Cell, registry: Registry) -> str:
    """How a cell is computed."""
    return cell.training(cell.build(registry), 0, registry).path


def test_a_cell_that_repays_it_is_compiled_and_says_so(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = load_suite("smoke", registry).tasks[0]
    compiler = tmp_path / "g++"
    compiler.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))  # where programs are looked for

    def of(steps: int, recipe: str = "none", seeds: tuple[int, ...] = (0, 1)) -> str:
        long = replace(task, budget=replace(task.budget, steps=steps))
        return path(Cell("s", "1", long, recipe, seeds), registry)

    enough = WORTH_COMPILING // (2 * 2)  # two updates a step, of two seeds
    assert (of(enough - 1), of(enough)) == ("stacked-traced", "stacked-compiled")
    assert of(enough // 2, "wgan-gp") == "stacked-compiled"  # several critic steps are more work
    assert of(enough, seeds=(0,)) == "stacked-traced"
    compiler.unlink()
    assert of(enough) == "stacked-traced"


def test_convolutions_are_not_stacked(registry: Registry) -> None:
    task = load_suite("smoke", registry).tasks[-1]
    assert task.gan.name == "dcgan"
    assert path(Cell("s", "1", task, "none", (0,)), registry) == "looped-traced"
    assert path(Cell("s", "1", task, "none", (0,), "cuda"), registry) == "looped-traced"
