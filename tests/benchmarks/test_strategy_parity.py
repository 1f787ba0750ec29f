"""Strategies beside the code of others: what cuts it out, what compares, and the table that is committed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

import gancheck as gc
from benchmarks.strategies.parity import optimisation, page
from benchmarks.strategies.parity.__main__ import compared
from benchmarks.strategies.parity.checkouts import Checkouts, PeerFile
from benchmarks.strategies.parity.compare import Comparison, row
from benchmarks.strategies.parity.every import COMPARISONS
from benchmarks.strategies.parity.games import TOGETHER, drawing, opened, usual
from benchmarks.strategies.parity.objectives import of_logits
from benchmarks.strategies.parity.slices import definition, statement
from benchmarks.strategies.parity.tensorflow_names import tf

FOUND = json.loads((Path(page.__file__).parents[1] / "parity.json").read_text())

#: As others write it: in Python 2, with an import that is not here, spread over lines, in a class.
THEIRS = """
import notthere
print "training"

def right(real, fake):
    return 0.5 * ((real - 1) ** 2).mean() + \\
        0.5 * (fake ** 2).mean()
# not a part of it
def wrong(real, fake):
    return ((real - 1) ** 2).mean() + (fake ** 2).mean()

class Net(notthere.Module):
    def step(self, x,
             y):
        # a note
        total = torch.stack([
            x,
            y]).sum()
        return total

twice = 2 * torch.ones(
    3)
"""


@pytest.fixture
def checkouts(tmp_path: Path) -> Checkouts:
    """A folder with one repository."""
    (tmp_path / "some" / "one").mkdir(parents=True)
    (tmp_path / "some" / "one" / "COMMIT").write_text("0123456789abcdef\n")
    (tmp_path / "some" / "one" / "losses.py").write_text(THEIRS)
    cells = [{"cell_type": "markdown", "source": ["no code"]}, {"cell_type": "code", "source": ["a = 1\n", "b = a"]}]
    (tmp_path / "some" / "one" / "demo.ipynb").write_text(json.dumps({"cells": cells}))
    return Checkouts(tmp_path)


@pytest.fixture
def theirs(checkouts: Checkouts) -> PeerFile:
    return checkouts.file("some/one", "losses.py")


def test_functions_methods_and_statements_run_without_the_rest_of_their_file(theirs: PeerFile):
    x = torch.ones(2)
    assert theirs.take("wrong").wrong(x, x) == 1
    assert theirs.take("Net.step").step(None, x, x) == 4
    assert theirs.run("twice =").twice.tolist() == [2, 2, 2]
    assert theirs.within("step").run("total =", x=x, y=x).total == 4


def test_a_notebooks_code_runs(checkouts: Checkouts):
    assert checkouts.file("some/one", "demo.ipynb").run("a =", "b =").b == 1


def test_what_is_not_there_is_missed():
    with pytest.raises(LookupError):
        definition(THEIRS, "neither")
    with pytest.raises(LookupError):
        statement(THEIRS, "neither =")


@pytest.mark.parametrize(("name", "loss"), [("right", 0), ("wrong", 0.5)])
def test_a_wrong_factor_shows_in_loss_and_gradient(checkouts: Checkouts, name: str, loss: float):
    comparison = Comparison("lsgan", "some/one", "losses.py", "", "", of_logits("lsgan", name, ""))
    found = row(comparison, checkouts)
    assert (found["commit"], found["how"]) == ("0123456789", "run")
    assert found["loss"] == pytest.approx(loss, abs=1e-12)
    assert found["gradient"] == pytest.approx(loss, abs=1e-12)


def test_rows_are_of_strategies_that_there_are_and_the_others_are_told(checkouts: Checkouts):
    some = [Comparison(name, "some/one", "losses.py", "", "") for name in ("lsgan", "no-such-strategy")]
    found = compared(some, checkouts)
    assert [each["strategy"] for each in found["rows"]] == ["lsgan"]
    assert "hinge" in found["alone"]
    assert "lsgan" not in found["alone"]


def test_an_error_tells_its_row(checkouts: Checkouts):
    with pytest.raises(LookupError) as caught:
        row(Comparison("lsgan", "some/one", "losses.py", "", "", of_logits("lsgan", "neither", "")), checkouts)
    assert caught.value.__notes__ == ["lsgan beside some/one"]


def test_peers_draw_what_was_drawn_here():
    with drawing(rand=[torch.zeros(2), torch.ones(2)]):
        assert [torch.rand(5).tolist(), torch.rand(5).tolist()] == [[0, 0], [1, 1]]
    assert torch.rand(5).shape == (5,)


def test_tensorflows_names_mean_what_they_mean_there():
    x = torch.tensor([[1.0, 2.0], [3.0, 6.0]], requires_grad=True)
    assert tf.reduce_mean(x) == 3
    assert tf.reduce_sum(x, axis=0, keepdims=True).tolist() == [[4, 8]]
    assert tf.sqrt(tf.reduce_sum(tf.square(x), reduction_indices=[1])).tolist() == pytest.approx([5**0.5, 45**0.5])
    assert tf.tile(x, [2, 1]).shape == (4, 2)
    (slope,) = tf.gradients(tf.square(x), [x])
    assert slope.equal(2 * x)
    changed = tf.cast(x.detach(), tf.float32)
    changed -= 1
    assert x[0, 0] == 1  # tensors of theirs never change in place


def test_the_demo_of_unrolled_is_the_zero_sum_game_against_the_foreseen_discriminator():
    with usual(torch.float64):
        ((mine, theirs),) = optimisation.unrolled(PeerFile(Path()))
    assert (mine.gradient - theirs.gradient).norm() < 1e-9 * theirs.gradient.norm()


@pytest.mark.parametrize("phase", ["discriminator", TOGETHER])
def test_a_game_is_played_in_the_type_that_is_asked_for(phase: str):
    with usual(torch.float64):
        d = opened("none", phase)
    assert {d.x.dtype, d.z.dtype, d.loss().dtype} == {torch.float64}
    assert torch.get_default_dtype() == torch.float32


def test_the_page_is_the_one_made_from_the_measurements():
    assert page.page(FOUND) == (Path(page.__file__).parents[1] / "parity.md").read_text()


def test_every_row_that_is_committed_is_one_of_those_compared():
    keys = ("strategy", "repository", "file", "differs", "right")
    said = {tuple(getattr(comparison, key) for key in keys) for comparison in COMPARISONS}
    assert all(tuple(found[key] for key in keys) in said for found in FOUND["rows"])
    assert len({found["strategy"] for found in FOUND["rows"] if found["how"] != "read"}) >= 25


def test_who_differs_is_explained():
    apart = [f for f in FOUND["rows"] if max(f["loss"] or 0, f["gradient"] or 0) > 1e-6]
    assert apart
    assert not [found for found in apart if found["differs"].startswith("Nothing.")]


def test_every_strategy_that_stands_in_the_table_was_built():
    names = gc.Registry.load().names("strategy")
    missing = {found["strategy"] for found in FOUND["rows"]} - set(names)
    assert not missing
