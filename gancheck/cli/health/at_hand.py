"""What is at hand without a network: weights of extractors, files of data sets, and extras."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from packaging.requirements import Requirement

from gancheck.cli.health.base import Fact, Section
from gancheck.cli.health.versions import installed_version, requirements
from gancheck.datasets.images.torchvision_files import TorchvisionSet, torchvision_class
from gancheck.errors import GancheckError
from gancheck.extractors.weights_list import list_weights
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.system.data_folder import data_folder

MEBIBYTE = 2**20


def examine_weights(registry: Registry) -> Section:
    """Every extractor that needs a file of weights; one that is not here is fetched when first used, or named."""
    facts = []
    for entry in list_weights(registry):
        here = f"{entry.path}, {entry.size / MEBIBYTE:.0f} MiB" if entry.size is not None else "not here"
        advice = "" if entry.present else f"gancheck weights {entry.name} says where it comes from"
        facts.append(Fact(entry.name, here, advice, "good" if entry.present else "note"))
    return Section("weights", tuple(facts))


def examine_data(registry: Registry) -> Section:
    """Every data set that is made of files which are downloaded; checksums are not taken here."""
    entries = (registry.entry("dataset", name) for name in registry.names("dataset"))
    return Section("data sets", tuple(fact for entry in entries for fact in examine_dataset(entry)))


def examine_dataset(entry: PluginEntry) -> Iterator[Fact]:
    """Whether the files of one are there; nothing for one that needs none."""
    source = getattr(entry.thing, "source", None)
    if not isinstance(source, TorchvisionSet):
        return
    try:
        archives = source.archives(torchvision_class(source.name), data_folder())
    except (GancheckError, ImportError, RuntimeError, OSError) as error:
        yield Fact(entry.info.name, f"{type(error).__name__}: {error}", "torchvision does not work", "note")
        return
    missing = [archive.path for archive in archives if not archive.path.is_file()]
    if missing:
        advice = f"downloaded when first used, or put {missing[0].name} into {missing[0].parent}"
        yield Fact(entry.info.name, f"{len(archives) - len(missing)} of {len(archives)} files here", advice, "note")
    else:
        yield Fact(entry.info.name, f"here, in {archives[0].path.parent}")


def examine_extras() -> Section:
    """Optional packages, by the extra that brings them; those of developers are left out."""
    names = [name for name in extra_names() if name != "dev"]
    return Section("extras", tuple(examine_extra(name) for name in names))


def extra_names() -> list[str]:
    """As the installed gancheck declares them."""
    try:
        return metadata.metadata("gancheck").get_all("Provides-Extra") or []
    except metadata.PackageNotFoundError:
        return []


def examine_extra(name: str) -> Fact:
    """Whether all packages of an extra are installed."""
    wanted = [need for need in requirements() if is_of_extra(need, name)]
    missing = [need.name for need in wanted if installed_version(need.name) is None]
    if missing:
        return Fact(name, f"{', '.join(missing)} not installed", f'pip install "gancheck[{name}]"', "note")
    return Fact(name, ", ".join(f"{need.name} {installed_version(need.name)}" for need in wanted))


def is_of_extra(need: Requirement, name: str) -> bool:
    """Whether a requirement is there for this extra alone."""
    marker = need.marker
    return marker is not None and marker.evaluate({"extra": name}) and not marker.evaluate({"extra": ""})
