"""Suite files: what is wrong in one is said in one line, with file, line number and a hint, before training."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from gancheck.bench.plan import Plan
from gancheck.bench.suite import Suite
from gancheck.bench.suite_file import load_suite, suite_files, suite_of
from gancheck.errors import BadSuite, GancheckError
from gancheck.plugins.registry import Registry

GOOD = """\
version = "3"
about = "a ring and a grid"
recipes = ["none", "rpgan+r1r2", "pacgan(m=3)"]
seeds = 7
block = 5

[budget]
steps = 40
evaluations = 2

[training]
batch = 16
optimiser = { lr = 1e-3, betas = [0.0, 0.9] }
players = { discriminator = { lr = 4e-3 } }

[evaluation]
samples = 500
metrics = ["score", "modes"]

[[task]]
dataset = "ring8"
gan = { name = "mlp", width = 8 }

[[task]]
name = "wide grid"
dataset = "grid(side=3)"
gan = { name = "mlp", width = 16 }
budget = { steps = 80 }
"""


@pytest.fixture
def load(tmp_path: Path, registry: Registry) -> Callable[[str], Suite]:
    def read(text: str) -> Suite:
        path = tmp_path / "mine.toml"
        path.write_text(text, encoding="utf-8")
        return load_suite(path, registry)

    return read


@pytest.mark.parametrize("name", sorted(suite_files().keys() - {"stacked-mnist"}))
def test_every_shipped_suite_loads(name: str, registry: Registry) -> None:
    suite = load_suite(name, registry)
    assert suite.name == name
    assert suite.about
    assert "none" in suite.recipes


def test_the_suite_of_downloaded_data_loads_on_data_that_is_here(tmp_path: Path, registry: Registry) -> None:
    text = suite_files()["stacked-mnist"].read_text(encoding="utf-8").replace(", fixed = 128_000", "")
    path = tmp_path / "stacked-mnist.toml"
    path.write_text(text.replace('"stacked-mnist"', '"stacked-mnist5k"'), encoding="utf-8")
    assert [task.name for task in load_suite(path, registry).tasks] == ["quarter", "half", "veegan", "r3gan"]


def test_suites_that_users_are_told_of_are_shipped() -> None:
    assert {"smoke", "quick", "toy", "images"} <= set(suite_files())


def test_a_suite_says_everything_about_training_and_measuring(load: Callable[[str], Suite]) -> None:
    suite = load(GOOD)
    ring, grid = suite.tasks
    assert (suite.name, suite.version, suite.recipes) == ("mine", "3", ("none", "rpgan+r1r2", "pacgan(m=3)"))
    assert suite.blocks == [(0, 1, 2, 3, 4), (5, 6, 7, 8, 9)]
    assert [ring.label, grid.label] == ["ring8/mlp", "wide grid/mlp"]
    assert (ring.budget.steps, grid.budget.steps, grid.budget.evaluations) == (40, 80, 2)
    assert ring.settings.player("generator").lr == 1e-3
    assert ring.settings.player("discriminator").lr == 4e-3
    assert ring.settings.player("discriminator").betas == (0.0, 0.9)
    assert (ring.protocol.samples, ring.protocol.metrics) == (500, ("score", "modes"))


def test_players_whom_a_strategy_builds_from_the_data_can_be_set_and_others_cannot(
    load: Callable[[str], Suite],
) -> None:
    text = GOOD.replace('"pacgan(m=3)"', '"bourgan(points=50)"')
    suite = load(text.replace("{ discriminator = {", "{ prior = {"))
    assert suite.tasks[0].settings.player("prior").lr == 4e-3
    with pytest.raises(GancheckError, match="Did you mean 'prior'"):
        load(text.replace("{ discriminator = {", "{ priro = {"))


#: What is written instead of what, the line that must be named, and what else the message must say.
MISTAKES = {
    "key of the suite": ("seeds = 7", "sedes = 7", 4, "Did you mean 'seeds'"),
    "key of a task": ('name = "wide grid"', 'nam = "x"', 25, "Did you mean 'name'"),
    "key of training": ("batch = 16", "bacth = 16", 12, "Did you mean 'batch'"),
    "key of the budget": ("steps = 40", "step = 40", 8, "Did you mean 'steps'"),
    "key of the evaluation": ("samples = 500", "smaples = 500", 17, "Did you mean 'samples'"),
    "dataset": ('"ring8"', '"rnig8"', 21, "unknown dataset 'rnig8'. Did you mean 'ring8'"),
    "gan": ('name = "mlp", width = 8', 'name = "mpl", width = 8', 22, "Did you mean 'mlp'"),
    "strategy": ("rpgan+r1r2", "rpgan+r1-r2", 3, "unknown strategy 'r1-r2'. Did you mean 'r1r2'"),
    "metric": ('"modes"]', '"mdoes"]', 18, "unknown metric 'mdoes'. Did you mean 'modes'"),
    "player": ("players = { discriminator", "players = { discriminatr", 14, "Did you mean 'discriminator'"),
    "parameter of a gan": ("width = 16", "widht = 16", 27, "gan 'mlp' has no parameter 'widht'. Did you mean 'width'"),
    "parameter of a dataset": ("side=3", "sides=3", 26, "Did you mean 'side'"),
    "parameter of a strategy": ("pacgan(m=3)", "pacgan(n=3)", 3, "strategy 'pacgan' has no parameter 'n'"),
    "parameter of an optimiser": ("lr = 4e-3", "rl = 4e-3", 14, "optimiser of the discriminator has no parameter 'rl'"),
    "value of a parameter": ("width = 16", 'width = "wide"', 27, "width = 'wide': expected `int`"),
    "value of a budget": ("steps = 80", "steps = 0", 28, "needs at least 1"),
    "number of samples": ("samples = 500", "samples = 5", 17, "under 100"),
    "number of seeds": ("seeds = 7", "seeds = 0", 4, "whole number of at least 1"),
    "seeds that are no number": ("seeds = 7", 'seeds = "7"', 4, "whole number"),
    "block that is no number": ("block = 5", "block = true", 5, "whole number"),
    "recipes that are no list": ('["none", "rpgan+r1r2", "pacgan(m=3)"]', '"none"', 3, "recipes = 'none': expected"),
    "recipes that are no texts": ('"pacgan(m=3)"]', "3]", 3, "recipes = "),
    "metrics that are no list": ('["score", "modes"]', '"score"', 18, "metrics = 'score': expected"),
    "optimiser that is no table": ("{ lr = 1e-3, betas = [0.0, 0.9] }", "1e-3", 13, "optimiser = 0.001: expected"),
    "player that is no table": ("{ lr = 4e-3 }", "4e-3", 14, "discriminator = 0.004: expected"),
    "dataset that is no name": ('"ring8"', "8", 0, "dataset must be a name or a table with a name, not 8"),
    "two objectives": ("rpgan+r1r2", "rpgan+lsgan", 3, "two objectives"),
    "strategy used twice": ("rpgan+r1r2", "r1+r1", 3, "'r1' twice"),
    "recipe listed twice": ("rpgan+r1r2", "none", 3, "'none' stands in the suite twice"),
    "knob without a level": ('name = "wide grid"', 'knob = "side"', 25, "a task with a 'knob' needs both"),
    "level without a knob": ('name = "wide grid"', "level = 3", 25, "a task with a 'level' needs both"),
    "level that stands twice": (
        'dataset = "ring8"',
        'dataset = "ring8"\ngan = "mlp"\nknob = "side"\nlevel = 3\n[[task]]\n'
        'dataset = "ring8"\nknob = "side"\nlevel = 3\nname = "b"',
        24,
        "the knob 'side' has level = 3 twice",
    ),
    "level that is no number": ('name = "wide grid"', 'knob = "side"\nlevel = "hard"', 26, "level = 'hard': expected"),
    "level of zero": ('name = "wide grid"', 'knob = "side"\nlevel = 0.0', 26, "levels of a knob are above 0"),
    "knob that is no text": ('name = "wide grid"', "knob = 3\nlevel = 3", 25, "knob = 3: expected"),
    "base that is no recipe": ("seeds = 7", 'seeds = 7\nbase = "lsgan"', 5, "the base of a suite is one of none"),
    "brackets left open": ("pacgan(m=3)", "pacgan(m=3", 3, "write it as pacgan(parameter=value, ...)"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line_and_a_hint(mistake: str, load: Callable[[str], Suite]) -> None:
    right, wrong, line, said = MISTAKES[mistake]
    assert GOOD.count(right) == 1
    with pytest.raises(GancheckError) as caught:
        load(GOOD.replace(right, wrong))
    message = str(caught.value)
    assert message.startswith(f"mine.toml, line {line}: " if line else "mine.toml: ")
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize("number", ["inf", "nan"])
def test_numbers_that_json_cannot_hold_are_refused_before_training(
    number: str, load: Callable[[str], Suite], registry: Registry
) -> None:
    suite = load(GOOD.replace("evaluations = 2", f"evaluations = 2\ntimeout = {number}"))
    with pytest.raises(GancheckError, match="not inf or nan"):
        Plan.of(suite, registry, device="cpu")


def test_a_task_stands_on_a_ladder_where_the_suite_says_so(load: Callable[[str], Suite]) -> None:
    ring, grid = load(GOOD.replace('name = "wide grid"', 'name = "wide grid"\nknob = "side"\nlevel = 3')).tasks
    assert (grid.knob, grid.level) == ("side", 3)
    assert ring.knob == ""


def test_malformed_toml_is_named_with_line_and_column(load: Callable[[str], Suite]) -> None:
    with pytest.raises(GancheckError, match=r"^mine\.toml: .*line 4, column 7"):
        load(GOOD.replace("seeds = 7", "seeds 7"))


def test_two_tasks_of_one_name_are_refused(load: Callable[[str], Suite]) -> None:
    with pytest.raises(GancheckError, match="two tasks are called 'wide grid/mlp'; give one of them a name"):
        load(GOOD.replace('dataset = "ring8"', 'name = "wide grid"\ndataset = "ring8"'))


@pytest.mark.parametrize(
    "text", ["", 'recipes = ["none"]', GOOD.partition("[[task]]")[0], 'task = []\nrecipes = ["none"]']
)
def test_a_suite_without_tasks_is_refused(text: str, load: Callable[[str], Suite]) -> None:
    with pytest.raises(GancheckError, match="needs at least one"):
        load(text)


def test_a_task_must_be_a_list_of_tables(load: Callable[[str], Suite]) -> None:
    with pytest.raises(GancheckError, match=r"task = .*: expected `array`"):
        load('recipes = ["none"]\n[task]\ndataset = "ring8"\ngan = "mlp"\n')


@pytest.mark.parametrize("key", ["dataset", "gan"])
def test_a_task_without_data_or_gan_is_refused(key: str, load: Callable[[str], Suite]) -> None:
    kept = [line for line in GOOD.splitlines() if not line.startswith(key)]
    with pytest.raises(GancheckError, match=f"a task needs a {key}"):
        load("\n".join(kept))


def test_a_gan_that_does_not_take_the_data_is_refused_when_the_suite_is_read(load: Callable[[str], Suite]) -> None:
    with pytest.raises(
        GancheckError, match=r"line 22: task 'ring8': gan 'dcgan' cannot be built .* of side 8, 16, 28, 32 or 64"
    ):
        load(GOOD.replace('{ name = "mlp", width = 8 }', '"dcgan"'))


def test_data_on_a_scale_that_no_network_learns_is_refused(load: Callable[[str], Suite]) -> None:
    with pytest.raises(GancheckError, match=r"task 'ring': its data has a standard deviation of .*rescale"):
        load(GOOD.replace('"ring8"', '"ring(radius=1e4, sigma=10.0)"'))


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("return 3", "build\\(\\) returned int; it must return gancheck.Players"),
        ("return gc.Players(nn.Linear(4, 3), nn.Linear(2, 1), gc.Latent(4))", "samples of shape \\(3,\\)"),
        ("raise KeyError('scale')", "'scale'"),
    ],
)
def test_a_plug_in_that_makes_something_else_than_data_is_refused(body: str, said: str, tmp_path: Path) -> None:
    plugin = tmp_path / "odd.py"
    plugin.write_text(
        "from dataclasses import dataclass\nfrom torch import nn\nimport gancheck as gc\n\n"
        f"@gc.gan('odd')\n@dataclass\nclass Odd(gc.Gan):\n    def build(self, data):\n        {body}\n"
    )
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace('{ name = "mlp", width = 8 }', '"odd"'))
    with pytest.raises(GancheckError, match=f"line 22: task 'ring8': gan 'odd' .*{said}"):
        load_suite(path, Registry.load([plugin]))


def test_an_unknown_suite_gets_a_hint(registry: Registry) -> None:
    with pytest.raises(GancheckError, match=r"unknown suite 'qiuck'\. Did you mean 'quick'"):
        load_suite("qiuck", registry)


def test_a_suite_file_that_is_not_there_gets_a_hint(registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(GancheckError, match=r"smoke\.toml: there is no such suite file. Did you mean 'smoke'"):
        load_suite(tmp_path / "smoke.toml", registry)


def test_a_suite_file_that_is_not_text_is_refused(registry: Registry, tmp_path: Path) -> None:
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GancheckError, match=r"binary\.toml cannot be read"):
        load_suite(path, registry)


def test_a_suite_without_a_file_has_every_recipe_on_every_dataset_with_every_gan(registry: Registry) -> None:
    suite = suite_of(registry, ["none", "r1 + rpgan"], ["ring8", "grid( side=3 )"], ["mlp", "mlp(width=8)"])
    assert (suite.name, suite.version, suite.seeds) == ("custom", "1", 5)
    assert suite.recipes == ("none", "r1+rpgan")
    labels = [task.label for task in suite.tasks]
    assert labels == ["ring8/mlp", "ring8/mlp(width=8)", "grid(side=3)/mlp", "grid(side=3)/mlp(width=8)"]
    assert [len(task.build_dataset(registry).weights) for task in suite.tasks] == [8, 8, 9, 9]
    assert suite.tasks[1].build_gan(registry).width == 8 != suite.tasks[0].build_gan(registry).width  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("strategies", "datasets", "said"),
    [
        ([], ["ring8"], "name at least one strategy and one dataset, or a suite"),
        (["none"], [], "name at least one strategy and one dataset, or a suite"),
        (["noen"], ["ring8"], "unknown strategy 'noen'. Did you mean 'none'"),
        (["none"], ["rnig8"], "unknown dataset 'rnig8'. Did you mean 'ring8'"),
        (["none", "none"], ["ring8"], "'none' stands in the suite twice"),
        (["none"], ["ring8", "ring8"], "two tasks are called 'ring8/mlp'"),
    ],
)
def test_a_suite_without_a_file_is_checked_like_any_other(
    strategies: list[str], datasets: list[str], said: str, registry: Registry
) -> None:
    with pytest.raises(GancheckError) as caught:
        suite_of(registry, strategies, datasets, ["mlp"])
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "line", ['name = "../../mine"', 'name = "/mine"', 'name = ".."', 'version = "1+/../../../mine"']
)
def test_a_suite_whose_name_leads_to_another_folder_is_refused(line: str, load: Callable[[str], Suite]) -> None:
    with pytest.raises(BadSuite, match="results lie in folders of this name"):
        load(GOOD.replace('version = "3"', line) if "version" in line else f"{line}\n{GOOD}")


@pytest.mark.parametrize("text", ["a = " + "[" * 50_000, "seeds = " + "9" * 5_000])
def test_toml_that_python_cannot_hold_is_refused(text: str, load: Callable[[str], Suite]) -> None:
    with pytest.raises(BadSuite, match=r"^mine\.toml: "):
        load(text)


@pytest.mark.parametrize("line", ["seeds = 1000000000000", "block = 1000000000000", "first_seed = 9000000000"])
def test_more_seeds_than_there_are_are_refused_at_once(line: str, load: Callable[[str], Suite]) -> None:
    key = line.partition(" =")[0]
    text = re.sub(rf"^{key} = .*\n", "", GOOD, flags=re.MULTILINE)
    with pytest.raises(GancheckError, match=r"whole number|are for tuning"):
        load(f"{line}\n{text}")
