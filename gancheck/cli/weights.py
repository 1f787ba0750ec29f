"""`gancheck weights`."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from rich.table import Table

from gancheck.cli.console import Output
from gancheck.errors import BadParameter
from gancheck.extractors.weights_list import ExtractorWeights, list_weights, verify_weights, weights_of
from gancheck.plugins.registry import Registry

MEBIBYTE = 2**20
Mark = Annotated[bool, Parameter(negative="")]


def weights_command(
    name: Annotated[str | None, Parameter(help="One extractor, to be told all about its file.")] = None,
    /,
    *,
    verify: Mark = False,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    json: Mark = False,
) -> int:
    """Which networks are at hand, where a file of weights goes, and its checksum. Nothing is downloaded.

    Exit status 1 where --verify finds no file, or another one than was published.

    Parameters
    ----------
    verify
        Read the file and hold its SHA-256 against the published one.
    with_
        Plug-in files or folders whose extractors are listed too.
    json
        For programs: everything.
    """
    registry = Registry.load(with_ or ())
    if name is None:
        if verify:
            raise BadParameter("verify which file? name an extractor (gancheck weights inception --verify)")
        return show_all(list(list_weights(registry)), json)
    found = verify_weights(registry, name) if verify else weights_of(registry, name)
    print(json_module.dumps(found.facts, indent=2) if json else "\n".join(describe(found)))
    return 1 if verify and (not found.present or found.check == "another file") else 0


def show_all(found: list[ExtractorWeights], json: bool) -> int:
    """Every extractor that needs weights."""
    if json:
        print(json_module.dumps([entry.facts for entry in found], indent=2))
        return 0
    table = Table("features", "here", "SHA-256", "file", box=None, pad_edge=False)
    for entry in found:
        here = f"{entry.size / MEBIBYTE:.0f} MiB" if entry.size is not None else "no"
        digest = entry.published_sha256
        table.add_row(entry.name, here, f"{digest[:8]}..." if digest else "not recorded", Path(entry.path).name)
    output = Output()
    output.print(table)
    if found:
        folder = Path(found[0].path).parent
        output.print(f"\nFiles go to {folder} (TORCH_HOME moves it), or anywhere with --weights PATH.", soft_wrap=True)
        output.print("gancheck weights NAME says where a file comes from.")
    return 0


def describe(entry: ExtractorWeights) -> Iterator[str]:
    """One extractor's file, a line for each fact."""
    yield f"features   {entry.name}"
    yield f"file       {entry.path}"
    yield f"here       {f'yes, {entry.size:,} bytes' if entry.size is not None else 'no'}"
    yield f"from       {entry.url}"
    yield f"published  SHA-256 {entry.published_sha256 or 'not recorded'}"
    if entry.check is not None:
        yield f"read       SHA-256 {entry.sha256}: {entry.check}"
    yield f"--weights  {'takes a file anywhere' if entry.from_file else 'is not taken: torch.hub fetches it'}"
    yield f"paper      {entry.paper or 'not recorded'}"
    yield f"licence    {entry.licence or 'not recorded'}"
