"""The hash of what a plug-in computes: silent about words and places, and awake to every change of a number."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.loader import source_hash
from gancheck.plugins.source import SourceTree

PLUGIN = '''\
"""A plug-in."""
from pkg.maths.helpers import scaled

WEIGHT = 2.0


class Mine:
    """Something."""

    def value(self, x: float) -> float:
        """Twice a number."""
        return WEIGHT * scaled(x)  # in any case
'''
HELPERS = """\
from pkg.constants import FACTOR

UNUSED = 1


def scaled(x):
    return shifted(x) * FACTOR


def shifted(x):
    return x + 1


def other(x):
    return x - 1
"""
TREE = {
    "pkg/__init__.py": "",
    "pkg/constants.py": "FACTOR = 3\n",
    "pkg/maths/__init__.py": "",
    "pkg/maths/helpers.py": HELPERS,
    "plugin.py": PLUGIN,
}
Hash = Callable[..., str]


@pytest.fixture
def hashed(tmp_path: Path) -> Hash:
    """The hash of plugin.py in a package tree, with some files changed: `hashed({"plugin.py": "..."})`."""

    def make(changes: dict[str, str] | None = None) -> str:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        for name, text in {**TREE, **(changes or {})}.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return SourceTree(folder / "pkg", package="pkg").hash_of(folder / "plugin.py")

    return make


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """One file with a piece of its text exchanged."""
    assert old in TREE[name]
    return {name: TREE[name].replace(old, new)}


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("plugin.py", "  # in any case", "  # whatever happens"),
        ("plugin.py", '"""Twice a number."""', '"""Double a number."""'),
        ("plugin.py", '"""A plug-in."""\n', ""),
        ("plugin.py", "WEIGHT * scaled(x)", "WEIGHT  *  (scaled( x ))"),
        ("plugin.py", "(self, x: float) -> float", "(self, x)"),
        ("plugin.py", "\n\n\nclass", "\nclass"),
        ("pkg/maths/helpers.py", "    return shifted(x) * F", '    """Scaled."""\n\n    return shifted(x) * F'),
        ("pkg/maths/helpers.py", "def shifted(x):", "def shifted(x: float) -> float:"),
    ],
)
def test_words_and_layout_change_nothing(hashed: Hash, name: str, old: str, new: str) -> None:
    assert hashed(edited(name, old, new)) == hashed()


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("plugin.py", "WEIGHT = 2.0", "WEIGHT = 2.5"),
        ("plugin.py", "WEIGHT = 2.0", "WEIGHT = 2"),
        ("plugin.py", "def value", "def worth"),
        ("pkg/maths/helpers.py", "shifted(x) * FACTOR", "shifted(x) / FACTOR"),  # what the plug-in calls
        ("pkg/maths/helpers.py", "x + 1", "x + 2"),  # what that calls
        ("pkg/constants.py", "FACTOR = 3", "FACTOR = 4"),  # what that uses, in another module
    ],
)
def test_what_is_computed_changes_the_hash(hashed: Hash, name: str, old: str, new: str) -> None:
    assert hashed(edited(name, old, new)) != hashed()


def test_the_paper_that_a_decorator_names_changes_nothing_and_all_else_of_it_does(hashed: Hash) -> None:
    def decorated(text: str) -> str:
        return hashed(edited("plugin.py", "class Mine:", f"@named({text})\nclass Mine:"))

    assert decorated('"mine", paper="Doe et al., 2020"') == decorated('"mine"')
    assert decorated('"mine", kind="oracle"') != decorated('"mine"')


def test_where_tuning_may_look_changes_nothing(hashed: Hash) -> None:
    plain = edited("plugin.py", "class Mine:", '@named("mine")\nclass Mine:')
    searched = edited("plugin.py", "class Mine:", '@named("mine", search={"weight": Log(0.1, 10.0)})\nclass Mine:')
    text = searched["plugin.py"].replace("WEIGHT = 2.0", "from pkg.strategies.search_space import Log\n\nWEIGHT = 2.0")
    assert hashed({"plugin.py": text}) == hashed(plain)


def test_a_definition_that_is_not_used_changes_nothing(hashed: Hash) -> None:
    assert hashed(edited("pkg/maths/helpers.py", "x - 1", "x - 2")) == hashed()
    assert hashed(edited("pkg/maths/helpers.py", "UNUSED = 1", "UNUSED = 2")) == hashed()
    assert hashed({"pkg/more.py": "X = 1\n"}) == hashed()


def test_a_helper_may_move_to_another_module(hashed: Hash) -> None:
    moved = edited("plugin.py", "pkg.maths.helpers", "pkg.elsewhere")
    assert hashed({**moved, "pkg/elsewhere.py": HELPERS, "pkg/maths/helpers.py": ""}) == hashed()
    assert hashed({**moved, "pkg/elsewhere.py": HELPERS.replace("x + 1", "x + 2"), "pkg/maths/helpers.py": ""}) != (
        hashed()
    )


def test_only_a_part_of_what_is_used_may_move(hashed: Hash) -> None:
    apart = HELPERS.replace("def shifted(x):\n    return x + 1\n\n\n", "")
    split = {
        "pkg/maths/helpers.py": "from pkg.moved import shifted\n" + apart,
        "pkg/moved.py": "def shifted(x):\n    return x + 1\n",
    }
    assert hashed(split) == hashed()


#: Ways to reach `pkg.maths.helpers.scaled` from a plug-in.
WAYS = {
    "a name": "from pkg.maths.helpers import scaled\n\ndef value(x):\n    return scaled(x)\n",
    "another name": "from pkg.maths.helpers import scaled as s\n\ndef value(x):\n    return s(x)\n",
    "a module's attribute": "from pkg.maths import helpers\n\ndef value(x):\n    return helpers.scaled(x)\n",
    "a dotted import": "import pkg.maths.helpers\n\ndef value(x):\n    return pkg.maths.helpers.scaled(x)\n",
    "a dotted import with a name": "import pkg.maths.helpers as h\n\ndef value(x):\n    return h.scaled(x)\n",
    "a module that is handed on": "from pkg.maths import helpers\n\ndef value(x):\n    return call(helpers, x)\n",
    "a decorator": "from pkg.maths.helpers import scaled\n\n@scaled\ndef value(x):\n    return x\n",
    "a base class": "from pkg.maths.helpers import scaled\n\nclass Value(scaled):\n    pass\n",
    "a default argument": "from pkg.maths.helpers import scaled\n\ndef value(x, f=scaled):\n    return x\n",
    "an import inside a function": "def value(x):\n    from pkg.maths.helpers import scaled\n    return scaled(x)\n",
    "the package": "import pkg as p\n\ndef value(x):\n    return p.scaled(x)\n",
    "a name of the package": "from pkg import scaled\n\ndef value(x):\n    return scaled(x)\n",
}
#: As gancheck itself hands its public names on: lazily, with imports that type checkers see.
LAZY = """\
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.maths.helpers import scaled as scaled
"""


@pytest.mark.parametrize("way", WAYS)
def test_a_helper_is_followed_however_it_is_reached(hashed: Hash, way: str) -> None:
    files = {"plugin.py": WAYS[way], "pkg/__init__.py": LAZY}
    assert hashed(files) == hashed(files)
    for name, old, new in (("pkg/maths/helpers.py", "x + 1", "x + 2"), ("pkg/constants.py", "3", "4")):
        assert hashed({**files, **edited(name, old, new)}) != hashed(files)


@pytest.mark.parametrize("part", ["@wrap\n", "(Base)", "(x=DEFAULT)"])
def test_what_a_helper_is_defined_with_is_followed(hashed: Hash, part: str) -> None:
    helpers = {
        "@wrap\n": "@wrap\ndef scaled(x):\n    return x\n",
        "(Base)": "class scaled(Base):\n    pass\n",
        "(x=DEFAULT)": "def scaled(x=DEFAULT):\n    return x\n",
    }[part]
    beside = "def wrap(f):\n    return f\n\nclass Base:\n    size = 1\n\nDEFAULT = 1\n"
    changed = beside.replace("return f", "return f or 1").replace("= 1", "= 2")
    assert hashed({"pkg/maths/helpers.py": beside + helpers}) != hashed({"pkg/maths/helpers.py": changed + helpers})


def test_definitions_that_use_each_other_come_to_an_end(hashed: Hash) -> None:
    circle = "from pkg.constants import odd\n\ndef scaled(x):\n    return x and odd(x)\n"
    back = "from pkg.maths.helpers import scaled\n\ndef odd(x):\n    return scaled(x - {step})\n"
    one, two = (hashed({"pkg/maths/helpers.py": circle, "pkg/constants.py": back.format(step=step)}) for step in (1, 2))
    assert one != two


@pytest.mark.parametrize(
    "text",
    [
        "from . import sibling\n",
        "from .sibling import f\n\ndef value(x):\n    return f(x)\n",
        "from pkg.missing import f\n\ndef value(x):\n    return f(x)\n",
        "import pkg.missing\n\ndef value(x):\n    return pkg.missing.f(x)\n",
        "from pkg.maths.helpers import missing\n\nmissing.name(1)\n",
        "from pkg.maths.helpers import *\n",
        "import elsewhere\nfrom torch import nn\n\nnn.Linear(1, 1)\n",
        "",
    ],
)
def test_what_is_not_there_is_passed_over(hashed: Hash, text: str) -> None:
    assert hashed({"plugin.py": text}) == hashed({"plugin.py": text})
    assert hashed({"plugin.py": text + "\nMORE = 1\n"}) != hashed({"plugin.py": text})


@pytest.mark.parametrize("module", ["pkg.maths.helpers", "pkg.maths"])
def test_a_star_import_is_followed(hashed: Hash, module: str) -> None:
    files = {
        "plugin.py": f"from {module} import *\n\ndef value(x):\n    return scaled(x)\n",
        "pkg/maths/__init__.py": "from pkg.maths.helpers import *\n",
    }
    assert hashed({**files, **edited("pkg/maths/helpers.py", "x + 1", "x + 2")}) != hashed(files)
    assert hashed({**files, **edited("pkg/maths/helpers.py", "x - 1", "x - 2")}) == hashed(files)


@pytest.mark.parametrize("kind", KINDS)
def test_every_plugin_has_a_hash_of_its_own(registry: gc.Registry, kind: str) -> None:
    entries = [registry.entry(kind, name) for name in registry.names(kind)]
    hashes = {entry.file: entry.source for entry in entries}
    assert all(len(entry.source) == 12 for entry in entries)
    assert len(set(hashes.values())) == len(hashes)


def test_the_hash_of_a_builtin_plugin_does_not_depend_on_its_place(registry: gc.Registry, tmp_path: Path) -> None:
    entry = registry.entry("strategy", "minibatch-std")
    copied = tmp_path / "mine.py"
    copied.write_bytes(entry.file.read_bytes())
    assert source_hash(copied) == entry.source
    copied.write_text(copied.read_text().replace("group: int = 4", "group: int = 8"))
    assert source_hash(copied) != entry.source


TWO = "from pkg.one import f as s\nfrom pkg.two import f as t\n\ndef value(x):\n    return s(x) - t(x)\n"
SIDES = {"pkg/one.py": "def f(x):\n    return x + 1\n", "pkg/two.py": "def f(x):\n    return x + 2\n"}


def test_names_that_change_places_change_the_hash(hashed: Hash) -> None:
    swapped = TWO.replace("pkg.one", "pkg.zero").replace("pkg.two", "pkg.one").replace("pkg.zero", "pkg.two")
    assert hashed({**SIDES, "plugin.py": TWO}) != hashed({**SIDES, "plugin.py": swapped})


def test_names_that_change_places_inside_the_package_change_the_hash(hashed: Hash) -> None:
    user = "from pkg.both import value\nfrom pkg.one import f\nfrom pkg.two import f as g\n\nvalue(f(g(1)))\n"
    swapped = TWO.replace("pkg.one", "pkg.zero").replace("pkg.two", "pkg.one").replace("pkg.zero", "pkg.two")
    files = {**SIDES, "plugin.py": user}
    assert hashed({**files, "pkg/both.py": TWO}) != hashed({**files, "pkg/both.py": swapped})


@pytest.mark.parametrize(
    "text",
    [
        "try:\n    from pkg.one import f\nexcept ImportError:\n    from pkg.two import f\n\nf(1)\n",
        "def a(x):\n    from pkg.one import f\n    return f(x)\n\ndef b(x):\n    from pkg.two import f\n    f(x)\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\nelse:\n    from pkg.one import f\nf(1)\n",
    ],
)
def test_every_branch_of_an_import_is_followed(hashed: Hash, text: str) -> None:
    changed = {"pkg/one.py": "def f(x):\n    return x + 3\n"}
    assert hashed({**SIDES, "plugin.py": text}) != hashed({**SIDES, "plugin.py": text, **changed})


@pytest.mark.parametrize(
    "definition",
    [
        "if True:\n    def f(x):\n        return x + {n}\n",
        "try:\n    def f(x):\n        return x + {n}\nexcept ValueError:\n    f = None\n",
        "TABLE = {{}}\nTABLE.update(a={n})\n\ndef f(x):\n    return TABLE[x]\n",
    ],
)
def test_definitions_in_branches_and_changes_of_a_table_count(hashed: Hash, definition: str) -> None:
    user = {"plugin.py": "from pkg.one import f\n\nf(1)\n"}
    one, two = (hashed({**user, "pkg/one.py": definition.format(n=n)}) for n in (1, 2))
    assert one != two


def test_what_is_raised_does_not_count(hashed: Hash) -> None:
    text = "from pkg.one import f\n\ndef value(x):\n    if x < 0:\n        raise ValueError({})\n    return f(x)\n"
    first, second = (hashed({**SIDES, "plugin.py": text.format(what)}) for what in ("'too small'", "f'too small: {x}'"))
    assert first == second


@pytest.mark.parametrize(
    "text",
    [
        "def value(x):\n    if x == 0:\n        return 0\n"
        + "".join(f"    elif x == {i}:\n        return {i}\n" for i in range(1, 90)),
        "VALUE = " + " + ".join(["1"] * 900) + "\n",
        "this is no Python (\n",
    ],
)
def test_deep_code_and_no_code_have_a_hash_that_sees_a_change(hashed: Hash, text: str) -> None:
    assert hashed({"plugin.py": text}) != hashed({"plugin.py": text + "MORE = 1\n"})


@pytest.mark.parametrize("file", ["plugins/info.py", "errors.py", "strategies/base.py", "metrics/base.py"])
def test_what_says_what_a_plugin_is_makes_no_run_again(file: str, registry: gc.Registry, tmp_path: Path) -> None:
    copy = tmp_path / "gancheck"
    shutil.copytree(Path(gc.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__", "_share"))
    changed = copy / file
    changed.write_text(
        changed.read_text() + "\n\nclass BadPlugin(Exception):\n    more = 1\n\nclass Strategy:\n    pass\n"
    )
    for kind, name in (("strategy", "r1"), ("metric", "precision"), ("dataset", "ring")):
        path = registry.entry(kind, name).file
        assert SourceTree(copy).hash_of(path) == source_hash(path)
