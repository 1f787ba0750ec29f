"""Yardsticks of a suite: models that train themselves, on every task's data, beside the ranks and not among them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from safetensors.torch import save_file

from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import execute
from gancheck.bench.store import Store
from gancheck.errors import BadParameter, BadSuite, GancheckError, UnknownName
from gancheck.plugins.registry import Registry

YARDSTICKS = 'yardsticks = ["memoriser(count=50)", { name = "plane", width = 0.5 }]\nrecipes ='

#: Fits points of two dimensions, and says so.
PLANE = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("plane")
@dataclass(frozen=True)
class Plane(gc.Model):
    width: float = 1.0

    def build(self, data):
        if data.shape != (2,):
            raise ValueError("plane takes points of two dimensions")
        return gc.Networks(nn.Linear(2, 2), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            pass
"""

TAUGHT = """\
recipes = ["none", "veegan"]
seeds = 1
block = 1
yardsticks = ["kde"]
task = [{ dataset = "ring", gan = { name = "mlp", width = 8 } }]
"""

Make = Callable[..., Plan]


@pytest.fixture
def plan(tmp_path: Path, suite_text: str) -> Make:
    """The plan of the shared small suite with two yardsticks; other pieces of its text can be exchanged."""
    (tmp_path / "plane.py").write_text(PLANE)
    single = suite_text.replace("seeds = 2\nblock = 2", "seeds = 1\nblock = 1")
    wide = single.replace('"grid(side=2)"', '"random-mixture(dims=3, modes=4)"')

    def make(*only: str, yardsticks: str = YARDSTICKS) -> Plan:
        suite = tmp_path / "mine.toml"
        suite.write_text(wide.replace("recipes =", yardsticks))
        return Plan.make(suite, [tmp_path / "plane.py"], only, out=tmp_path / "runs", device="cpu")

    return make


def cells(plan: Plan) -> list[str]:
    return [f"{job.cell.task.label} {job.cell.recipe}" for job in plan.jobs]


BESIDE = [
    f"{data}/{model} none"
    for data in ("ring", "random-mixture")
    for model in ("memoriser(count=50)", "plane(width=0.5)")
]


def test_every_yardstick_is_trained_on_every_task_s_data_under_no_strategy(plan: Make) -> None:
    assert cells(plan())[-4:] == BESIDE
    assert len(cells(plan())) == 2 * 2 + 4


def test_they_take_nothing_that_is_the_gan_s_alone(plan: Make, tmp_path: Path, registry: Registry) -> None:
    """Another precision of the GAN's, weights to start from, and optimisers of players that a recipe brings."""
    gan = registry.build("gan", "mlp", width=8)
    save_file(gan.build(registry.build("dataset", "ring").spec).generator.state_dict(), tmp_path / "g.safetensors")
    training = 'training = { batch = 16, precision = "bf16", start = { generator = "g.safetensors" }, '
    training += "players = { reconstructor = { lr = 0.01 } } }\n"
    suite = tmp_path / "taught.toml"
    suite.write_text(TAUGHT + training)
    jobs = Plan.make(suite, out=tmp_path / "runs", device="cpu").jobs
    trained = {job.cell.task.label: job.specs[0].training for job in jobs}
    assert trained["ring/mlp"].settings["precision"] == "bf16"
    assert list(trained["ring/mlp"].start) == ["generator"]
    assert "precision" not in trained["ring/kde"].settings
    assert not trained["ring/kde"].start


def test_the_suite_s_own_runs_are_the_same_ones(plan: Make) -> None:
    alone, beside = ([spec.run_id for spec in plan(yardsticks=text).specs] for text in ("recipes =", YARDSTICKS))
    assert alone == beside[: len(alone)]
    assert len(beside) == len(alone) + len(BESIDE)


@pytest.mark.parametrize(
    ("only", "kept"),
    [
        (["gan=plane"], BESIDE[1::2]),
        (["gan=memoriser(count=50)"], BESIDE[::2]),
        (["gan=mlp"], ["ring/mlp none", "ring/mlp lsgan", "random-mixture/mlp none", "random-mixture/mlp lsgan"]),
        (["dataset=ring", "strategy=none"], ["ring/mlp none", *BESIDE[:2]]),
        (["dataset=ring", "strategy=lsgan"], ["ring/mlp lsgan"]),
        (
            ["dataset=grid25", "strategy=none"],
            [f"grid25/{x.partition('/')[2]}" for x in ["ring/mlp none", *BESIDE[:2]]],
        ),
        (["dataset=ring", "gan=mlp(width=9)", "strategy=none"], ["ring/mlp(width=9) none"]),
    ],
)
def test_a_part_can_be_chosen(plan: Make, only: list[str], kept: list[str]) -> None:
    assert cells(plan(*only)) == kept


@pytest.mark.parametrize(
    ("named", "error", "text"),
    [
        ('["mlp"]', BadSuite, "'mlp' in yardsticks is a GAN that strategies treat; name it in a [[task]]"),
        ('["kdf"]', UnknownName, "Did you mean 'kde'?"),
        ('["kde(widht=1.0)"]', GancheckError, "Did you mean 'width'?"),
        ('"kde"', BadParameter, "yardsticks = 'kde': expected"),
        ('["kde", "kde"]', BadSuite, "yardstick 'kde' stands in the suite twice"),
        ("[3]", BadSuite, "a yardstick must be a name or a table with a name, not 3"),
    ],
)
def test_what_is_no_yardstick_is_refused(plan: Make, named: str, error: type[Exception], text: str) -> None:
    with pytest.raises(error) as raised:
        plan(yardsticks=f"yardsticks = {named}\nrecipes =")
    assert text in str(raised.value)
    assert str(raised.value).startswith("mine.toml")


def test_yardsticks_without_the_untreated_recipe_leave_nothing_to_run(plan: Make) -> None:
    with pytest.raises(BadParameter, match="yardsticks are run with 'none' and no other strategy"):
        plan("gan=memoriser(count=50)", "strategy=lsgan")


def test_they_stand_beside_the_ranks_with_their_cost_and_are_not_done_again(plan: Make, tmp_path: Path) -> None:
    made = execute(plan("strategy=none"), LocalExecutor(1, 1))
    assert made.counts == {"done": 5, "skipped": 1}
    reasons = {run.outcome["reason"] for run in Store(tmp_path / "runs").runs() if run.outcome["status"] == "skipped"}
    assert reasons == {"plane takes points of two dimensions"}

    rows = {row["strategy"]: row for row in made.board.leaderboard()}
    assert list(rows)[1:] == ["memoriser(count=50) (model)", "plane(width=0.5) (model)", "real", "memoriser", "blanket"]
    replayed, plane = rows["memoriser(count=50) (model)"], rows["plane(width=0.5) (model)"]
    assert [replayed[k] for k in ("rank", "held_gain", "gain", "p_best")] == [None] * 4
    assert replayed["held"] > 0.5
    assert replayed["cost_ratio"] > 0
    assert [(row["runs"], row["missing"]) for row in (replayed, plane)] == [(2, 0), (1, 1)]
    assert {row["strategy"] for row in made.board.tasks() if row["task"] == "ring/plane(width=0.5)"} == {"none"}

    alone = replace(made.board, results=[r for r in made.board.results if not r.own_loop]).leaderboard()
    assert [row for row in made.board.leaderboard() if "(model)" not in row["strategy"]] == alone
    assert execute(plan("strategy=none"), LocalExecutor(1, 1)).counts == {"cached": 5, "skipped": 1}
