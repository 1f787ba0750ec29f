"""Where things are: every plug-in has its test, every room has tests, and strategies lie in their family's folder."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.plugins.kinds import KINDS

TESTS = Path(__file__).parent
PACKAGE = TESTS.parent / "gancheck"
FOLDERS = {kind.name: kind.package.removeprefix("gancheck.") or "models" for kind in KINDS.values()}
#: Folder of strategies -> their family.
FAMILIES = {
    "objectives": "objective",
    "regularisers": "regulariser",
    "discriminator": "discriminator",
    "auxiliary": "auxiliary",
    "optimisation": "optimisation",
    "data": "data",
    "generator": "generator",
    "sampling": "sampling",
}


def test_every_strategy_is_in_the_folder_of_its_family(registry: gc.Registry) -> None:
    for entry in (registry.entry("strategy", name) for name in registry.names("strategy")):
        assert FAMILIES[entry.file.parent.name] == entry.info.properties["family"], entry.info.name


def test_every_strategy_names_its_paper_as_its_docstring_does(registry: gc.Registry) -> None:
    for entry in (registry.entry("strategy", name) for name in registry.names("strategy")):
        authors, year = re.fullmatch(r"(.+?)(?: et al\.)?, .*?(\d{4})", entry.info.properties["paper"]).groups()  # type: ignore[union-attr]
        text = inspect.getmodule(entry.thing).__doc__ or ""
        assert year in text, entry.info.name
        assert all(name in text for name in authors.split(" & ")), entry.info.name


@pytest.mark.parametrize("kind", ["strategy", "detector", "gan"])
def test_every_registered_plugin_has_a_test_file(registry: gc.Registry, kind: str) -> None:
    wanted = {f"test_{name.replace('-', '_')}.py" for name in registry.names(kind)}
    assert wanted <= {path.name for path in (TESTS / FOLDERS[kind]).rglob("test_*.py")}


@pytest.mark.parametrize("kind", ["metric", "dataset"])
def test_every_metric_and_dataset_is_named_in_some_test(registry: gc.Registry, kind: str) -> None:
    text = "\n".join(path.read_text() for path in (TESTS / FOLDERS[kind]).rglob("test_*.py"))
    entries = {name: registry.entry(kind, name) for name in registry.names(kind)}
    unnamed = [n for n, e in entries.items() if f'"{n}"' not in text and e.thing.__name__ not in text]
    assert not unnamed


@pytest.mark.parametrize("kind", [name for name, kind in KINDS.items() if kind.package])
def test_the_file_of_every_builtin_plugin_has_a_test_file_at_its_place(registry: gc.Registry, kind: str) -> None:
    files = {Path(inspect.getfile(registry.entry(kind, name).thing)) for name in registry.names(kind)}
    places = (path.relative_to(PACKAGE) for path in files if path.is_relative_to(PACKAGE))
    untested = [place for place in places if not (TESTS / place.parent / f"test_{place.name}").is_file()]
    assert not untested


def test_every_folder_with_code_has_a_folder_of_tests() -> None:
    modules = (path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE and path.name != "__init__.py")
    folders = {path.parent.relative_to(PACKAGE) for path in modules}
    assert len(folders) > 20
    assert not [folder for folder in folders if not any((TESTS / folder).glob("test_*.py"))]


def test_every_file_that_starts_first_is_there(pytestconfig: pytest.Config) -> None:
    (conftest,) = (
        p for p in pytestconfig.pluginmanager.get_plugins() if getattr(p, "__file__", "") == str(TESTS / "conftest.py")
    )
    assert not [name for name in conftest.SLOW if not (TESTS / name).is_file()]
