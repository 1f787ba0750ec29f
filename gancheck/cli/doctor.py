"""`gancheck doctor`."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table
from rich.text import Text

from gancheck.cli.console import Output
from gancheck.cli.health.base import Fact, Section
from gancheck.cli.health.folders import examine_folders
from gancheck.cli.health.terminal import examine_terminal
from gancheck.cli.health.versions import examine_versions
from gancheck.system.counts import say_count

COLOURS = {"good": "", "note": "yellow", "bad": "bold red"}


def doctor_command(*, json: Annotated[bool, Parameter(negative="")] = False) -> int:
    """What gancheck finds on this machine, what is missing, and how to get it. Nothing is downloaded or written.

    Exit status 1 where something is bad: a package is missing or too old, or a folder cannot be written to.

    Parameters
    ----------
    json
        For programs: sections with their facts.
    """
    sections = list(examine())
    bad = [fact for section in sections for fact in section.facts if fact.severity == "bad"]
    if json:
        print(json_module.dumps([asdict(section) for section in sections], indent=2))
    else:
        show(sections)
        print(f"{say_count(len(bad), 'problem')}: {', '.join(fact.name for fact in bad)}" if bad else "all well")
    return 1 if bad else 0


def examine() -> Iterator[Section]:
    """Every section; where a package does not load, those that need none."""
    versions = examine_versions()
    yield versions
    yield examine_folders()
    yield examine_terminal()
    if all(fact.severity != "bad" for fact in versions.facts):
        yield from examine_parts()


def examine_parts() -> Iterator[Section]:
    """What is asked of torch and the plug-ins."""
    from gancheck.cli.health.at_hand import examine_data, examine_extras, examine_weights  # these import torch
    from gancheck.cli.health.machine import examine_machine
    from gancheck.plugins.registry import Registry

    registry = Registry.load()
    yield examine_machine()
    yield examine_extras()
    yield examine_weights(registry)
    yield examine_data(registry)


def show(sections: list[Section]) -> None:
    """A table of everything, and what to do where something is missing."""
    output = Output()
    for section in sections:
        table = Table(box=None, pad_edge=False, show_header=False, title=section.title, title_justify="left")
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for fact in section.facts:
            table.add_row(fact.name, describe(fact))
        output.print(table)


def describe(fact: Fact) -> Text:
    """The value, and the advice behind an arrow."""
    text = f"{fact.value} -> {fact.advice}" if fact.advice else fact.value
    return Text(text, style=COLOURS[fact.severity])
