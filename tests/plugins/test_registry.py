from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter, BadPlugin, UnknownName
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.registry import Registry, modules_below

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


def test_everything_promised_is_there(registry: Registry) -> None:
    assert set(registry.names("gan")) >= {"mlp", "dcgan"}
    assert set(registry.names("detector")) >= {"nonfinite", "plateau", "diversity-drop"}
    assert set(registry.names("dataset")) >= {"ring", "ring8", "grid", "grid25", "stacked-digits", "veegan1200"}
    assert set(registry.names("strategy")) >= {
        *("none", "saturating", "lsgan", "hinge", "wgan-gp", "rpgan", "r1", "r1r2", "dragan", "pacgan", "ema", "ttur"),
        *("minibatch-std", "minibatch-discrimination", "unrolled", "spectral-norm", "instance-noise", "mode-seeking"),
    }


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_says_in_a_line_what_it_is(registry: Registry, kind: str) -> None:
    for name in registry.names(kind):
        assert 10 < len(registry.entry(kind, name).summary) <= 130, name


def test_parameters_are_checked_by_name_and_type(registry: Registry) -> None:
    assert registry.build("strategy", "r1", gamma=3).gamma == 3.0
    with pytest.raises(UnknownName, match=r"strategy 'r1' has no parameter 'gama'. Did you mean 'gamma'\?"):
        registry.build("strategy", "r1", gama=3)
    with pytest.raises(BadParameter, match="strategy 'r1': gamma = 'big': expected `float`, got `str`"):
        registry.build("strategy", "r1", gamma="big")


def test_a_preset_is_the_plugin_with_parameters_set(registry: Registry) -> None:
    assert registry.build("dataset", "ring8") == registry.build("dataset", "ring", modes=8, radius=1.0, sigma=0.01)
    assert registry.build("dataset", "ring8", sigma=0.02).sigma == 0.02
    assert registry.entry("dataset", "ring8").parameters()["modes"] == 8


@pytest.mark.parametrize(
    ("kind", "name", "line"),
    [
        ("strategy", "pac-gan", "unknown strategy 'pac-gan'. Did you mean 'pacgan'? (gancheck list strategies)"),
        ("gan", "qqqq", "unknown gan 'qqqq'. (gancheck list gans)"),
        ("strategy", "", "unknown strategy ''. (gancheck list strategies)"),
    ],
)
def test_an_unknown_name_gets_a_hint_and_the_way_to_the_list(
    registry: Registry, kind: str, name: str, line: str
) -> None:
    with pytest.raises(UnknownName) as caught:
        registry.build(kind, name)
    assert str(caught.value) == line


def test_a_users_file_or_folder_joins(tmp_path: Path) -> None:
    write(tmp_path / "one.py", "one")
    write(tmp_path / "two.py", "two")
    registry = Registry.load([tmp_path, tmp_path / "one.py"])  # a file named twice is one file
    entry = registry.entry("strategy", "one")
    assert entry.build(weight=3).weight == 3.0
    assert entry.summary == "Do nothing at all."
    assert entry.file == (tmp_path / "one.py").resolve()
    assert entry.source != registry.entry("strategy", "r1").source
    assert "two" in registry.names("strategy")


@pytest.mark.parametrize("name", ["real", "blanket", "memoriser"])
def test_a_strategy_cannot_take_the_name_of_a_row_that_nobody_trained(name: str, tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(
        "import gancheck as gc\n\n\n"
        f'@gc.strategy("{name}", family="regulariser")\n'
        "class Mine(gc.Strategy):\n"
        '    """One."""\n'
    )
    with pytest.raises(BadPlugin, match=f"strategy '{name}' in .*one.py: the board has a row or column of this name"):
        Registry.load([tmp_path])


def test_a_name_taken_twice_names_both_files(tmp_path: Path) -> None:
    paths = [write(tmp_path / "one.py", "same"), write(tmp_path / "two.py", "same")]
    with pytest.raises(BadPlugin) as caught:
        Registry.load(paths)
    assert str(caught.value) == (
        f"strategy 'same' is defined twice: in {paths[0].resolve()} and in {paths[1].resolve()}; rename one"
    )
    with pytest.raises(BadPlugin, match=r"strategy 'r1' is defined twice: in .*regularisers/r1.py and in .*one.py"):
        Registry.load([write(tmp_path / "one.py", "r1")])


def test_a_packaged_example_given_again_is_not_a_second_one(registry: Registry) -> None:
    assert Registry.load([registry.entry("gan", "mlp").file]).names("gan") == registry.names("gan")


def test_imported_plugins_are_not_the_files_own(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("from gancheck.strategies.regularisers.r1 import R1\n" + STRATEGY.format(name="mine"))
    assert Registry.load([path]).entry("strategy", "r1").file.name == "r1.py"


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
        PluginEntry(plugin_info(Plain), Plain).build()  # type: ignore[arg-type]
    with pytest.raises(BadPlugin, match="gan 'hollow' lacks build"):
        PluginEntry(plugin_info(Hollow), Hollow).build()  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["R1", "my strategy", "-r1", "", "r1_x", "../r1", "/r1", "r1\n", "<script>", "=cmd()"])
def test_names_are_lower_case_words_joined_by_dashes(name: str) -> None:
    with pytest.raises(BadPlugin, match="use lower-case letters, digits and dashes"):
        gc.strategy(name, family="regulariser")


#: Prints the modules of gancheck's rooms that are imported when detectors were asked for, and when a strategy of an
#: installed package was built.
LOADED = """
import sys
from gancheck.plugins.registry import Registry
def loaded():
    print(*(name for name in sys.modules if name.startswith("gancheck.") and name.count(".") > 1))
Registry.load().names("detector")
loaded()
sys.path.insert(0, sys.argv[1])
assert Registry.load().build("strategy", "theirs").weight == 2.0
loaded()
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> tuple[set[str], set[str]]:
    """Modules that a fresh process has imported: when it has asked for detectors, and when it has built a strategy of
    an installed package."""
    place = tmp_path_factory.mktemp("installed")
    install(place)
    call = [sys.executable, "-c", LOADED, str(place)]
    made = subprocess.run(call, capture_output=True, text=True, check=True)
    first, second = (set(line.split()) for line in made.stdout.splitlines())
    return first, second


def test_builtin_plugins_are_imported_when_their_kind_is_asked_for(imported: tuple[set[str], set[str]]) -> None:
    modules, _ = imported
    assert {"gancheck.detectors.general.nonfinite", "gancheck.detectors.collapse.diversity_drop"} <= modules
    for other in ("strategies", "metrics", "datasets", "extractors"):
        assert not {name for name in modules if name.startswith(f"gancheck.{other}.")} - {f"gancheck.{other}.base"}


def test_plugins_are_found_in_folders_of_folders(registry: Registry) -> None:
    found = {module.__name__ for module in modules_below("gancheck.strategies")}
    assert {"gancheck.strategies.base", "gancheck.strategies.regularisers.r1"} <= found
    assert registry.entry("strategy", "r1").thing.__module__ == "gancheck.strategies.regularisers.r1"
    assert list(modules_below("")) == []


def test_a_plugin_of_an_unknown_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text("from gancheck.plugins.info import plugin\n\n@plugin('sampler', 'own')\nclass Own: ...\n")
    with pytest.raises(BadPlugin) as caught:
        Registry.load([path])
    assert str(caught.value).startswith(f"sampler 'own' in {path.resolve()}: unknown kind of plug-in; take gan, strat")


def install(place: Path) -> None:
    """A package `theirs` with a plug-in, as an installer leaves it."""
    (place / "theirs.py").write_text(STRATEGY.format(name="theirs"))
    about = place / "theirs-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: theirs\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[gancheck.plugins]\ntheirs = theirs\n")


def test_a_package_that_is_installed_while_a_process_runs_brings_its_plugins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    assert "theirs" not in Registry.load().names("strategy")
    install(tmp_path)
    assert "theirs" in Registry.load().names("strategy")


def test_an_installed_package_can_bring_plugins(imported: tuple[set[str], set[str]]) -> None:
    asked_for_detectors, built = imported  # its strategy was built, or there would be nothing here
    assert "gancheck.strategies.regularisers.r1" in built - asked_for_detectors
