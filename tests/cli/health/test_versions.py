"""Packages that are missing, too old, or other than those that were tested."""

from __future__ import annotations

import pytest
from packaging.requirements import Requirement

from gancheck.cli.health import versions
from gancheck.cli.health.at_hand import is_of_extra


def test_a_missing_package_comes_with_the_command_that_brings_it() -> None:
    fact = versions.examine_package(Requirement("no-such-package>=2"), {})
    assert (fact.severity, fact.value, fact.advice) == ("bad", "not installed", 'pip install "no-such-package>=2"')


def test_a_version_that_is_too_old_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "installed_version", lambda _: "2.8.1+cu126")
    fact = versions.examine_package(Requirement("torch>=2.9"), {})
    assert (fact.severity, fact.value) == ("bad", "2.8.1+cu126, and gancheck needs >=2.9")


@pytest.mark.parametrize(("found", "said"), [("2.13.0+cu130", ""), ("2.10.0", " (tested: 2.13.0)")])
def test_the_tested_version_is_named_where_it_is_another(
    found: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "installed_version", lambda _: found)
    fact = versions.examine_package(Requirement("torch>=2.9"), {"torch": "2.13.0"})
    assert (fact.severity, fact.value) == ("good", f"{found}{said}")


def test_tested_versions_are_known_by_the_names_of_indexes() -> None:
    known = versions.tested_versions()
    assert known["scikit-learn"]
    assert "huggingface-hub" in known


def test_a_package_that_raises_at_import_is_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise OSError("libcudart.so.12: cannot\nopen")

    monkeypatch.setattr(versions, "import_module", refuse)
    fact = versions.import_package("torch")
    assert (fact.severity, fact.value) == ("bad", "OSError: libcudart.so.12: cannot open")


def test_requirements_belong_to_their_extra() -> None:
    need = Requirement('h5py>=3.11; extra == "hdf5"')
    assert is_of_extra(need, "hdf5")
    assert not is_of_extra(need, "mnist5k")
    assert not is_of_extra(Requirement("numpy>=1"), "hdf5")
