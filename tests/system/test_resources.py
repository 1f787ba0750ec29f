"""Models and suites are found in an installed package and in a checkout alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.errors import GancheckError
from gancheck.system.resources import share


def test_a_checkout_shares_its_own_folders() -> None:
    assert (share("models") / "mlp.py").is_file()
    assert (share("suites") / "smoke.toml").is_file()


def test_an_installed_package_comes_before_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "benchmarks" / "suites").mkdir(parents=True)
    assert share("suites", tmp_path / "gancheck") == tmp_path / "benchmarks" / "suites"
    (tmp_path / "gancheck" / "_share" / "suites").mkdir(parents=True)
    assert share("suites", tmp_path / "gancheck") == tmp_path / "gancheck" / "_share" / "suites"


def test_a_package_without_its_folders_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        GancheckError, match="folder 'models' is missing from this installation; install gancheck again"
    ):
        share("models", tmp_path / "gancheck")
