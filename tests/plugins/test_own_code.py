"""What of the user's own belongs to a plug-in: modules beside it, files that it names, packages that it imports."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gancheck.errors import BadPlugin
from gancheck.plugins import own_code
from gancheck.plugins.entry import entries_of
from gancheck.plugins.loader import load_file, own_code_of, source_hash
from gancheck.plugins.registry import Registry

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes files into a folder, and gives the folder: `write({"mine.py": "x = 1"}, "place")`."""

    def make(files: dict[str, str], folder: str = "place") -> Path:
        for name, text in files.items():
            path = tmp_path / folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return tmp_path / folder

    return make


HELPER = {
    "helper.py": "FACTOR = 1\n",
    "pack/__init__.py": "",
    "pack/inner.py": "FACTOR = 1\n",
    "plain/deep.py": "FACTOR = 1\n",
}
#: Ways to reach a module beside a plug-in, with the file in which it is.
WAYS = {
    "import helper\n\nvalue = helper.FACTOR\n": "helper.py",
    "import helper as h\n\nvalue = h.FACTOR\n": "helper.py",
    "from helper import FACTOR as value\n": "helper.py",
    "from helper import *\n\nvalue = FACTOR\n": "helper.py",
    "from .helper import FACTOR as value\n": "helper.py",
    "from . import helper\n\nvalue = helper.FACTOR\n": "helper.py",
    "import pack.inner\n\nvalue = pack.inner.FACTOR\n": "pack/inner.py",
    "import pack.inner as p\n\nvalue = p.FACTOR\n": "pack/inner.py",
    "from pack import inner\n\nvalue = inner.FACTOR\n": "pack/inner.py",
    "from .pack.inner import FACTOR as value\n": "pack/inner.py",
    "from plain.deep import FACTOR as value\n": "plain/deep.py",
    "def late():\n    import helper\n    return helper.FACTOR\n\nvalue = late()\n": "helper.py",
}


@pytest.mark.parametrize("text", WAYS)
def test_a_module_beside_is_imported_and_counts(write: Write, text: str) -> None:
    folder = write({**HELPER, "mine.py": text})
    assert load_file(folder / "mine.py").value == 1
    before = source_hash(folder / "mine.py")
    write({WAYS[text]: "FACTOR = 2\n"})
    assert load_file(folder / "mine.py").value == 2
    assert source_hash(folder / "mine.py") != before
    write({WAYS[text]: "FACTOR = 1  # again\n"})
    assert source_hash(folder / "mine.py") == before


PACKAGE = {"__init__.py": "FACTOR = 1\n", "shared.py": "from .deep.more import SCALE\n", "deep/more.py": "SCALE = 1\n"}
#: Ways in which a plug-in in a package reaches the package, with the file in which it is.
INSIDE = {
    "from . import FACTOR as value\n": "__init__.py",
    "from place import FACTOR as value\n": "__init__.py",
    "from place.shared import SCALE as value\n": "deep/more.py",
    "import place.shared\n\nvalue = place.shared.SCALE\n": "deep/more.py",
    "from place import shared\n\nvalue = shared.SCALE\n": "deep/more.py",
    "from . import shared\n\nvalue = shared.SCALE\n": "deep/more.py",
    "from .shared import SCALE as value\n": "deep/more.py",
    "from shared import SCALE as value\n": "deep/more.py",
}


@pytest.mark.parametrize("text", INSIDE)
def test_a_plugin_in_a_package_imports_the_package_and_its_siblings(write: Write, text: str) -> None:
    folder = write({**PACKAGE, "mine.py": text})
    before, names = source_hash(folder / "mine.py"), set(sys.modules)
    assert load_file(folder / "mine.py").value == 1
    assert not {name for name in set(sys.modules) - names if name.partition(".")[0] in ("place", "shared")}
    write({INSIDE[text]: PACKAGE[INSIDE[text]].replace("1", "2")})
    assert load_file(folder / "mine.py").value == 2
    assert source_hash(folder / "mine.py") != before


def test_plugins_of_a_folder_derive_from_each_other_and_count(write: Write) -> None:
    head = "from dataclasses import dataclass\nimport gancheck as gc\n"
    base = f"{head}class Base(gc.Strategy):\n    def generator_loss(self, loss, game):\n        return 2 * loss\n"
    plugin = '\n@gc.strategy("{}", family="regulariser")\n@dataclass(frozen=True)\nclass Mine(Base):\n    """One."""\n'
    first, second = plugin.format("first"), plugin.format("second")
    folder = write({"a.py": base + first, "b.py": f"from a import Base\n{head}{second}"})
    before = hashes_of_both(folder)
    write({"a.py": base.replace("2 *", "3 *") + first})
    after = hashes_of_both(folder)
    assert all(before[name] != after[name] for name in before)


def hashes_of_both(folder: Path) -> dict[str, str]:
    """The hashes of a folder's two strategies."""
    registry = Registry.load([folder])
    return {name: registry.entry("strategy", name).source for name in ("first", "second")}


CHAIN = {
    "mine.py": "from one import value\n",
    "one.py": "from pack.two import value\n",
    "pack/__init__.py": "",
    "pack/two.py": "from .three import value\nimport four\n",
    "pack/three.py": "value = 3\n",
    "four.py": "import mine\n",
}


@pytest.mark.parametrize("name", [name for name in CHAIN if name not in ("mine.py", "pack/__init__.py")])
def test_modules_are_followed_from_one_to_the_next(write: Write, name: str) -> None:
    folder = write(CHAIN)
    before = source_hash(folder / "mine.py")
    assert load_file(folder / "mine.py").value == 3
    write({name: CHAIN[name] + "more = 1\n"})
    assert source_hash(folder / "mine.py") != before


def test_helpers_of_one_name_in_two_folders_stay_apart(write: Write) -> None:
    before, paths = set(sys.modules), list(sys.path)
    text = "import helper\n\ndef value():\n    from helper import number\n    return helper.number, number\n"
    one, two = (write({"mine.py": text, "helper.py": f"number = {n}\n"}, str(n)) for n in (1, 2))
    first, second = load_file(one / "mine.py"), load_file(two / "mine.py")
    assert (first.value(), second.value()) == ((1, 1), (2, 2))
    assert sys.path == paths
    assert all(name.startswith("gancheck_plugin_") for name in set(sys.modules) - before)


def test_what_everybody_imports_is_not_hidden_by_a_file_beside(write: Write) -> None:
    text = "import random\nimport gancheck as gc\nimport numpy\n\nvalue = random.Random, gc.Gan, numpy.zeros\n"
    folder = write({"numpy.py": text, "random.py": "", "gancheck/note.txt": ""})
    assert len(load_file(folder / "numpy.py").value) == 3  # a file does not import itself either


def test_a_module_beside_that_does_not_import_is_named_with_its_line(write: Write) -> None:
    folder = write({"mine.py": "import helper\n", "helper.py": "x = 1\ny = undefined\n"})
    before = set(sys.modules)
    with pytest.raises(BadPlugin, match=r"mine.py, line 1 does not import: NameError: .* \(helper.py, line 2\)"):
        load_file(folder / "mine.py")
    assert not [name for name in set(sys.modules) - before if name.startswith("gancheck_plugin_")]
    (folder / "mine.py").write_text("from .helpr import x\n")
    with pytest.raises(BadPlugin, match="line 1 does not import: ModuleNotFoundError: No module named 'helpr'"):
        load_file(folder / "mine.py")


#: Code that reads weights.bin, or files in a folder of that name.
READS = {
    "from pathlib import Path\nvalue = Path(__file__).with_name('weights.bin').read_text()\n": "weights.bin",
    "from pathlib import Path\nvalue = (Path(__file__).parent / 'data' / 'w.csv').read_text()\n": "data/w.csv",
    "from pathlib import Path\nvalue = (Path(__file__).parent / 'data/w.csv').read_text()\n": "data/w.csv",
    "from helper import value\n": "weights.bin",
    "from pathlib import Path\nALL = 'data/'\n"
    "value = ''.join(p.read_text() for p in (Path(__file__).parent / ALL).glob('*'))\n": "data/w.csv",
    "from pathlib import Path\nBASE = (Path(__file__).parent / 'absent/../data').resolve()\n"
    "value = (BASE / 'w.csv').read_text()\n": "data/w.csv",
}


@pytest.mark.parametrize("text", READS)
def test_a_file_that_code_names_counts_by_its_content(write: Write, text: str) -> None:
    helper = next(iter(READS))
    folder = write({"mine.py": text, "helper.py": helper, "weights.bin": "1", "data/w.csv": "1", "other.bin": "1"})
    assert load_file(folder / "mine.py").value == "1"
    before = source_hash(folder / "mine.py")
    write({"other.bin": "2"})
    assert source_hash(folder / "mine.py") == before
    write({READS[text]: "2"})
    assert source_hash(folder / "mine.py") != before
    assert load_file(folder / "mine.py").value == "2"


def test_a_file_where_the_command_is_called_counts(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"mine.py": "value = open('w.txt').read()\n"})
    monkeypatch.chdir(write({"w.txt": "1"}, "elsewhere"))
    before = source_hash(folder / "mine.py")
    write({"w.txt": "2"}, "elsewhere")
    assert source_hash(folder / "mine.py") != before


def test_the_same_files_in_another_place_are_the_same_plugin(write: Write) -> None:
    files = {"mine.py": "import helper\nW = 'w.txt'\n", "helper.py": "x = 1\n", "w.txt": "1"}
    assert source_hash(write(files, "here") / "mine.py") == source_hash(write(files, "there/deep") / "mine.py")


def test_a_module_of_the_users_elsewhere_on_the_path_is_followed(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"mine.py": "from mylab.losses import loss\n"})
    monkeypatch.syspath_prepend(str(write({"mylab/__init__.py": "", "mylab/losses.py": "loss = 1\n"}, "lab")))
    before = source_hash(folder / "mine.py")
    write({"mylab/losses.py": "loss = 2\n"}, "lab")
    assert source_hash(folder / "mine.py") != before


def test_a_linked_module_is_what_its_link_leads_to_now(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"mine.py": "from linked import loss\n"})
    lab = write({"old/linked.py": "loss = 1\n", "new/linked.py": "loss = 2\n", "on_path/README": ""}, "lab")
    monkeypatch.syspath_prepend(str(lab / "on_path"))
    link = lab / "on_path" / "linked.py"
    link.symlink_to(lab / "old" / "linked.py")
    before = source_hash(folder / "mine.py")
    link.unlink()
    link.symlink_to(lab / "new" / "linked.py")
    assert source_hash(folder / "mine.py") != before


def test_an_installed_package_counts_by_its_release(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write({"mine.py": "import sklearn.cluster\n", "plain.py": "import math\nimport torch\n"})
    before = [source_hash(folder / name) for name in ("mine.py", "plain.py")]
    write({"mine.py": "import sklearn.cluster  # once more\n", "plain.py": "import math\nimport torch  # too\n"})
    assert own_code.release_of("sklearn").startswith("sklearn 1.")
    monkeypatch.setattr(own_code, "release_of", lambda name: f"{name} 99")
    after = [source_hash(folder / name) for name in ("mine.py", "plain.py")]
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True]


def test_for_a_module_that_is_not_there_no_package_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.metadata.packages_distributions", lambda: pytest.fail("read all packages' files"))
    assert own_code.release_of("no_such_module") == "no_such_module"


PLUGINS = """\
import gancheck as gc

SCALE = 1.0


@gc.metric("one", better="higher")
def one(view):
    return view.fake.mean() + 1


@gc.metric("two", better="higher")
def two(view):
    return one(view) * SCALE


@gc.gan("three")
class Three(gc.Gan):
    width = 4
"""


def sources(folder: Path) -> dict[str, str]:
    return {entry.info.name: entry.source for entry in entries_of(load_file(folder / "mine.py"))}


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("mean() + 1", "mean() + 2", {"one", "two"}),  # two uses one
        ("one(view) * SCALE", "one(view) / SCALE", {"two"}),
        ("width = 4", "width = 8", {"three"}),
        ("SCALE = 1.0", "SCALE = 2.0", {"one", "two", "three"}),  # what is no plug-in counts for all
    ],
)
def test_a_change_of_one_plugin_in_a_file_is_no_change_of_the_others(
    write: Write, old: str, new: str, changed: set[str]
) -> None:
    before = sources(write({"mine.py": PLUGINS}))
    after = sources(write({"mine.py": PLUGINS.replace(old, new)}))
    assert {name for name in before if before[name] != after[name]} == changed


def test_files_that_have_not_changed_are_not_read_as_code_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    parse = ast.parse
    monkeypatch.setattr(ast, "parse", lambda source, *more: parsed.append(source) or parse(source, *more))
    (tmp_path / "mine.py").write_text("import helper_of_mine\n")
    for number in (1, 1, 2):
        (tmp_path / "helper_of_mine.py").write_text(f"NUMBER = {number}\n")
        own_code_of(tmp_path / "mine.py")
    assert parsed == [b"import helper_of_mine\n", b"NUMBER = 1\n", b"NUMBER = 2\n"]
