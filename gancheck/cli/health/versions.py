"""Versions: what gancheck asks for, what is installed, and what it was tested with."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterator
from importlib import import_module, metadata

from packaging.requirements import Requirement

from gancheck.cli.health.base import Fact, Section
from gancheck.system.resources import PACKAGE
from gancheck.version import version

IMPORTED = ("torch", "torchvision")  #: whose compiled halves break where versions do not fit
CONSTRAINTS = (PACKAGE / "_share" / "constraints.txt", PACKAGE.parent / "constraints.txt")


def examine_versions() -> Section:
    """gancheck, Python, every required package, and whether the compiled ones load."""
    tested = tested_versions()
    own = [Fact("gancheck", f"{version()}, in {PACKAGE}"), Fact("Python", platform.python_version())]
    packages = [examine_package(wanted, tested) for wanted in requirements() if wanted.marker is None]
    return Section("versions", (*own, *packages, *map(import_package, IMPORTED)))


def requirements() -> Iterator[Requirement]:
    """Of the installed gancheck, those of extras with their marker; none of a bare checkout."""
    try:
        yield from map(Requirement, metadata.requires("gancheck") or ())
    except metadata.PackageNotFoundError:
        return


def tested_versions() -> dict[str, str]:
    """Package -> the version that gancheck was tested with."""
    file = next((path for path in CONSTRAINTS if path.is_file()), None)
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    pairs = (line.partition("==") for line in lines if "==" in line)
    return {canonical(name): pinned.strip() for name, _, pinned in pairs}


def canonical(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def installed_version(package: str) -> str | None:
    """None where it is not installed."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def examine_package(wanted: Requirement, tested: dict[str, str]) -> Fact:
    """One required package."""
    found = installed_version(wanted.name)
    install = f'pip install "{wanted}"'
    if found is None:
        return Fact(wanted.name, "not installed", install, "bad")
    if not wanted.specifier.contains(found, prereleases=True):
        return Fact(wanted.name, f"{found}, and gancheck needs {wanted.specifier}", install, "bad")
    known = tested.get(canonical(wanted.name), "")
    return Fact(wanted.name, found if not known or found.partition("+")[0] == known else f"{found} (tested: {known})")


def import_package(name: str) -> Fact:
    """Whether a package that is installed also loads."""
    try:
        if name == "torchvision":
            import_module("gancheck.system.torchvision_compat").torchvision_operators()
        import_module(name)
    except Exception as error:
        why = " ".join(f"{type(error).__name__}: {error}".split())
        return Fact(f"import {name}", why, f"install {name} again, in a version that fits torch", "bad")
    return Fact(f"import {name}", "works")
