from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

import gancheck as gc
from gancheck.card import card_of
from gancheck.catalogue import Catalogue, Entry
from gancheck.errors import BadParameter, BadPlugin, UnknownName

STRATEGY = '''
"""A strategy of one's own."""
from dataclasses import dataclass
import gancheck as gc

@gc.strategy("{name}", family="regulariser")
@dataclass(frozen=True)
class Own(gc.Strategy):
    """Do nothing at all.

    At length.
    """

    weight: float = 2.0
'''


def write(path: Path, name: str) -> Path:
    path.write_text(STRATEGY.format(name=name))
    return path


def test_everything_promised_is_there(catalogue: Catalogue) -> None:
    assert set(catalogue.names("gan")) >= {"mlp", "dcgan"}
    assert set(catalogue.names("detector")) >= {"nonfinite", "loss-plateau", "diversity-drop"}
    assert set(catalogue.names("dataset")) >= {"ring", "ring8", "grid", "grid25", "stacked-digits", "veegan1200"}
    assert set(catalogue.names("strategy")) >= {
        *("none", "saturating", "lsgan", "hinge", "wgan-gp", "rpgan", "r1", "r1r2", "dragan", "pacgan", "ema", "ttur"),
        *("minibatch-std", "minibatch-discrimination", "unrolled", "spectral-norm", "instance-noise", "mode-seeking"),
    }


@pytest.mark.parametrize("kind", ["gan", "strategy", "dataset", "metric", "detector"])
def test_every_plugin_says_in_a_line_what_it_is(catalogue: Catalogue, kind: str) -> None:
    for name in catalogue.names(kind):
        assert 10 < len(catalogue.entry(kind, name).summary) <= 130, name


def test_parameters_are_checked_by_name_and_type(catalogue: Catalogue) -> None:
    assert catalogue.build("strategy", "r1", gamma=3).gamma == 3.0
    with pytest.raises(UnknownName, match=r"strategy 'r1' has no parameter 'gama'. Did you mean 'gamma'\?"):
        catalogue.build("strategy", "r1", gama=3)
    with pytest.raises(BadParameter, match="strategy 'r1': gamma = 'big': expected `float`, got `str`"):
        catalogue.build("strategy", "r1", gamma="big")


def test_a_preset_is_the_plugin_with_parameters_set(catalogue: Catalogue) -> None:
    assert catalogue.build("dataset", "ring8") == catalogue.build("dataset", "ring", modes=8, radius=1.0, sigma=0.01)
    assert catalogue.build("dataset", "ring8", sigma=0.02).sigma == 0.02
    assert catalogue.entry("dataset", "ring8").parameters()["modes"] == 8


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        ("strategy", "pac-gan", "unknown strategy 'pac-gan'. Did you mean 'pacgan'? (gancheck list strategies)"),
        ("gan", "qqqq", "unknown gan 'qqqq'. (gancheck list gans)"),
        ("strategy", "", "unknown strategy ''. (gancheck list strategies)"),
    ],
)
def test_an_unknown_name_gets_a_hint_and_the_way_to_the_list(
    catalogue: Catalogue, kind: str, name: str, line: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        catalogue.build(kind, name)
    assert str(caught.value) == line


def test_a_users_file_or_folder_joins(tmp_path: Path) -> None:
    write(tmp_path / "one.py", "one")
    write(tmp_path / "two.py", "two")
    catalogue = Catalogue.load([tmp_path, tmp_path / "one.py"])  # a file named twice is one file
    entry = catalogue.entry("strategy", "one")
    assert entry.build(weight=3).weight == 3.0
    assert entry.summary == "Do nothing at all."
    assert entry.file == (tmp_path / "one.py").resolve()
    assert entry.source != catalogue.entry("strategy", "r1").source
    assert "two" in catalogue.names("strategy")


@pytest.mark.parametrize("name", ["real", "blanket", "memoriser"])
def test_a_strategy_cannot_take_the_name_of_a_row_that_nobody_trained(name: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "import gancheck as gc\n\n\n"
        f'@gc.strategy("{name}", family="regulariser")\n'
        "class Mine(gc.Strategy):\n"
        '    """One."""\n'
    )
    with pytest.raises(BadPlugin, match=f"strategy '{name}' in .*one.py: the board has a row or column of this name"):
        Catalogue.load([tmp_path])


def test_a_name_taken_twice_names_both_files(tmp_path: Path) -> None:
    paths = [write(tmp_path / "one.py", "same"), write(tmp_path / "two.py", "same")]
    with pytest.raises(BadPlugin) as caught:
        Catalogue.load(paths)
    assert str(caught.value) == (
        f"strategy 'same' is defined twice: in {paths[0].resolve()} and in {paths[1].resolve()}; rename one"
    )
    with pytest.raises(BadPlugin, match=r"strategy 'r1' is defined twice: in .*strategies/r1.py and in .*one.py"):
        Catalogue.load([write(tmp_path / "one.py", "r1")])


def test_a_packaged_example_given_again_is_not_a_second_one(catalogue: Catalogue) -> None:
    assert Catalogue.load([catalogue.entry("gan", "mlp").file]).names("gan") == catalogue.names("gan")


def test_imported_plugins_are_not_the_files_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("from gancheck.strategies.r1 import R1\n" + STRATEGY.format(name="mine"))
    assert Catalogue.load([path]).entry("strategy", "r1").file.name == "r1.py"


def test_what_cannot_be_built_says_why() -> None:
    @gc.gan("plain")
    class Plain(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(torch.nn.Identity(), torch.nn.Identity(), gc.Latent(1))

    @gc.gan("hollow")
    @dataclass
    class Hollow(gc.Gan):
        pass

    with pytest.raises(BadPlugin, match="gan 'plain' must be a dataclass: put @dataclass under the decorator"):
        Entry(card_of(Plain), Plain).build()  # type: ignore[arg-type]
    with pytest.raises(BadPlugin, match="gan 'hollow' lacks build"):
        Entry(card_of(Hollow), Hollow).build()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["R1", "my strategy", "-r1", "", "r1_x"])
def test_names_are_lower_case_words_joined_by_dashes(name: str) -> None:
    with pytest.raises(BadPlugin, match="use lower-case letters, digits and dashes"):
        gc.strategy(name, family="regulariser")
