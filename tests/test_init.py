"""The public names: there, lazy, and not hidden by a module of the same name."""

from __future__ import annotations

import pkgutil
import subprocess
import sys

import pytest

import gancheck as gc

ALIASES = {"Params": "dict"}  #: of types that have another name


@pytest.mark.parametrize("name", sorted(gc.PUBLIC))
def test_public_name_is_there(name: str) -> None:
    assert getattr(gc, name).__name__.lower() == ALIASES.get(name, name.lower())


def test_no_module_hides_a_public_name() -> None:
    modules = {info.name for info in pkgutil.iter_modules(gc.__path__)}
    assert modules.isdisjoint(gc.PUBLIC)


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Gann'"):
        gc.Gann  # noqa: B018


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import sys, gancheck; gancheck.__version__; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_scoring_and_watching_load_nothing_that_only_others_need() -> None:
    heavy = ("scipy.stats", "scipy.optimize", "sklearn", "matplotlib", "torchvision", "gancheck.training.trainer")
    heavy += ("pytorch_lightning", "lightning", "transformers", "ignite", "tensorboard")
    names = f"[name for name in {heavy} if name in sys.modules]"
    code = f"import sys, gancheck; gancheck.score; gancheck.watch; print({names})"
    made = subprocess.run([sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True)
    assert made.stdout.strip() == "[]"
