"""What `--only`, `--seeds` and `--steps` make of a suite."""

from __future__ import annotations

import pytest

from gancheck.bench.plan import folder_name
from gancheck.bench.selection import parse_only, resize, select
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite
from gancheck.errors import GancheckError
from gancheck.plugins.registry import Registry

SUITE = """\
version = "1"
recipes = ["none", "r1", "r1(gamma=1.0)", "rpgan+r1r2", "pacgan(m=3)"]
seeds = 5
block = 5
budget = { steps = 100, evaluations = 4 }
evaluation = { samples = 500 }
task = [
  { dataset = "ring8", gan = { name = "mlp", width = 8 } },
  { dataset = "ring8", name = "long ring", gan = { name = "mlp", width = 8 }, budget = { steps = 200 } },
  { dataset = "digits", gan = { name = "dcgan", width = 4 } },
]
"""
MINE = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("mine")
@dataclass
class Mine(gc.Gan):
    size: int = 2

    def build(self, data):
        shaped = nn.Unflatten(1, data.shape)
        generator = nn.Sequential(nn.Linear(self.size, data.size), shaped)
        return gc.Players(generator, nn.Sequential(nn.Flatten(), nn.Linear(data.size, 1)), gc.Latent(self.size))
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    plugin = tmp_path_factory.mktemp("plug-in") / "mine.py"
    plugin.write_text(MINE)
    return Registry.load([plugin])


@pytest.fixture(scope="module")
def suite(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    path = tmp_path_factory.mktemp("suite") / "mine.toml"
    path.write_text(SUITE)
    return load_suite(path, registry)


def chosen(suite: Suite, registry: Registry, *only: str) -> Suite:
    return select(suite, registry, parse_only(only))


def labels(suite: Suite) -> list[str]:
    return [task.label for task in suite.tasks]


def test_nothing_selected_is_the_whole_suite(suite: Suite, registry: Registry) -> None:
    assert chosen(suite, registry) == suite


def test_commas_inside_brackets_belong_to_parameters() -> None:
    assert parse_only(["strategy=a,b(x=1, y=(2, 3)),c"]) == {"strategy": ["a", "b(x=1, y=(2, 3))", "c"]}
    assert parse_only(["strategy= r1 , rpgan+r1r2(gamma=1, c=(0, 1))", "strategy=none"]) == {
        "strategy": ["r1", "rpgan+r1r2(gamma=1, c=(0, 1))", "none"]
    }


@pytest.mark.parametrize("text", ["strategy", "metric=fid", "strategy=", "dataset= ,", "gan="])
def test_a_selection_that_selects_nothing_is_refused(text: str) -> None:
    with pytest.raises(GancheckError, match=f"--only {text}: .*write it as"):
        parse_only([text])


def test_a_strategy_stands_for_all_its_variants_in_the_suite(suite: Suite, registry: Registry) -> None:
    assert chosen(suite, registry, "strategy=pacgan,none").recipes == ("pacgan(m=3)", "none")
    assert chosen(suite, registry, "strategy=r1").recipes == ("r1",)
    assert chosen(suite, registry, "strategy=r1(gamma=1.0)").recipes == ("r1(gamma=1.0)",)


def test_a_strategy_that_the_suite_lacks_is_added(suite: Suite, registry: Registry) -> None:
    made = chosen(suite, registry, "strategy=wgan-gp + ema(decay=0.5),dragan")
    assert made.recipes == ("wgan-gp+ema(decay=0.5)", "dragan")
    assert made.tasks == suite.tasks


def test_a_strategy_written_in_two_ways_is_trained_once(suite: Suite, registry: Registry) -> None:
    assert chosen(suite, registry, "strategy=pacgan(m=3),pacgan( m = 3 ),pacgan").recipes == ("pacgan(m=3)",)


def test_a_dataset_selects_tasks_by_name_or_by_data(suite: Suite, registry: Registry) -> None:
    assert labels(chosen(suite, registry, "dataset=ring8")) == ["ring8/mlp", "long ring/mlp"]
    assert labels(chosen(suite, registry, "dataset=long ring")) == ["long ring/mlp"]
    assert labels(chosen(suite, registry, "dataset=digits,ring8,digits")) == [
        *("digits/dcgan", "ring8/mlp", "long ring/mlp")
    ]


def test_a_dataset_that_the_suite_lacks_takes_the_first_task(suite: Suite, registry: Registry) -> None:
    (task,) = chosen(suite, registry, "dataset=grid25").tasks
    assert (task.label, task.gan, task.budget) == ("grid25/mlp", suite.tasks[0].gan, suite.tasks[0].budget)


def test_variants_of_a_dataset_are_tasks_of_their_own(suite: Suite, registry: Registry) -> None:
    made = chosen(suite, registry, "dataset=ring8,ring(modes=4),ring(modes=5)")
    assert labels(made) == ["ring8/mlp", "long ring/mlp", "ring(modes=4)/mlp", "ring(modes=5)/mlp"]
    assert [len(t.build_dataset(registry).weights) for t in made.tasks] == [8, 8, 4, 5]


def test_a_gan_of_the_suite_selects_its_tasks(suite: Suite, registry: Registry) -> None:
    assert labels(chosen(suite, registry, "gan=dcgan")) == ["digits/dcgan"]
    assert chosen(suite, registry, "gan=mlp").tasks == suite.tasks[:2]


def test_a_gan_that_the_suite_lacks_replaces_its_gans(suite: Suite, registry: Registry) -> None:
    made = chosen(suite, registry, "gan=mine")
    assert labels(made) == ["ring8/mine", "long ring/mine", "digits/mine"]
    assert [t.budget for t in made.tasks] == [t.budget for t in suite.tasks]


def test_variants_of_a_gan_are_tasks_of_their_own(suite: Suite, registry: Registry) -> None:
    made = chosen(suite, registry, "dataset=long ring", "gan=mlp,mlp(width=16),mine(size=3),mine(size=3)")
    assert labels(made) == ["long ring/mlp", "long ring/mlp(width=16)", "long ring/mine(size=3)"]
    assert made.tasks[0] == suite.tasks[1]
    assert made.tasks[1].build_gan(registry).width == 16  # type: ignore[attr-defined]


UNKNOWN = {
    "strategy=pac-gan": "unknown strategy 'pac-gan'. Did you mean 'pacgan'",
    "dataset=ring-8": "unknown dataset 'ring-8'. Did you mean 'ring8'",
    "dataset=long rnig": "unknown dataset 'long rnig'. Did you mean 'long ring'",
    "gan=mien": "unknown gan 'mien'. Did you mean 'mine'",
    "gan=mine(sise=3)": "gan 'mine' has no parameter 'sise'. Did you mean 'size'",
    "strategy=pacgan(m=1.5)": "strategy 'pacgan': m = 1.5: expected `int`",
    "dataset=ring(modes=x)": "cannot read 'ring(modes=x)'; write it as ring(parameter=value, ...)",
}


@pytest.mark.parametrize("only", UNKNOWN)
def test_what_does_not_exist_gets_a_hint(only: str, suite: Suite, registry: Registry) -> None:
    with pytest.raises(GancheckError) as caught:
        chosen(suite, registry, only)
    assert UNKNOWN[only] in str(caught.value)


@pytest.mark.parametrize("only", [["gan=dcgan(width=4)"], ["dataset=ring8", "gan=dcgan"]])
def test_a_gan_that_does_not_take_the_data_is_refused(only: list[str], suite: Suite, registry: Registry) -> None:
    with pytest.raises(
        GancheckError, match=r"task 'ring8': gan 'dcgan' cannot be built .* of side 8, 16, 28, 32 or 64"
    ):
        chosen(suite, registry, *only)


def test_fewer_seeds_still_train_whole_blocks(suite: Suite) -> None:
    assert resize(suite, 3, None).blocks == suite.blocks == [(0, 1, 2, 3, 4)]
    assert resize(suite, 6, None).blocks == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    assert resize(suite, 3, None).version == "1"


def test_other_steps_mark_the_version(suite: Suite) -> None:
    made = resize(suite, None, 3)
    assert made.version == "1+steps=3"
    assert [(t.budget.steps, t.budget.evaluations) for t in made.tasks] == [(3, 3)] * 3
    assert made.tasks[0].budget.points == (1, 2, 3)


@pytest.mark.parametrize(
    ("seeds", "steps", "name"), [(0, None, "seeds = 0"), (None, 0, "steps = 0"), (-1, 9, "seeds = -1")]
)
def test_no_seeds_or_steps_are_refused(seeds: int | None, steps: int | None, name: str, suite: Suite) -> None:
    with pytest.raises(GancheckError, match=f"{name}: needs at least 1"):
        resize(suite, seeds, steps)


def test_changed_budget_gets_a_folder_of_its_own(suite: Suite) -> None:
    assert folder_name(resize(suite, None, 7)) == f"{suite.name}+steps=7"
    assert folder_name(suite) == suite.name


LADDER = """\
version = "1"
recipes = ["none"]
budget = { steps = 10, evaluations = 1 }
evaluation = { samples = 500 }
task = [
  { knob = "width", level = 1, name = "w1", dataset = "ring8", gan = { name = "mlp", width = 8 } },
  { knob = "width", level = 2, name = "w2", dataset = "ring8", gan = { name = "mlp", width = 4 } },
  { knob = "side", level = 2, name = "g2", dataset = "grid(side=2)", gan = { name = "mlp", width = 8 } },
  { knob = "side", level = 3, name = "g3", dataset = "grid(side=3)", gan = { name = "mlp", width = 8 } },
]
"""


@pytest.fixture(scope="module")
def ladder(registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Suite:
    path = tmp_path_factory.mktemp("ladder") / "ladder.toml"
    path.write_text(LADDER)
    return load_suite(path, registry)


def test_a_dataset_that_the_ladder_lacks_stands_on_no_knob(ladder: Suite, registry: Registry) -> None:
    added, kept = chosen(ladder, registry, "dataset=digits", "dataset=g3").tasks
    assert (added.knob, kept.knob) == ("", "side")


def test_a_gan_that_takes_a_knobs_place_is_refused_with_a_way_out(ladder: Suite, registry: Registry) -> None:
    with pytest.raises(GancheckError, match=r"--only gan=mine: on the knob 'width' .* --only dataset="):
        chosen(ladder, registry, "gan=mine")
    made = chosen(ladder, registry, "gan=mine", "dataset=g2,g3")
    assert [(task.knob, task.level) for task in made.tasks] == [("side", 2), ("side", 3)]
