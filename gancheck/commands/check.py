"""`gancheck check`."""

from __future__ import annotations

import sys
from pathlib import Path

from gancheck.catalogue import Catalogue, entries_of
from gancheck.contract import check
from gancheck.errors import BadPlugin
from gancheck.plugins import files_in, load_file


def check_command(file: Path) -> int:
    """Hold a plug-in file, or every file of a folder, against its contract, in seconds.

    Parameters
    ----------
    file
        A Python file with decorated plug-ins, such as a changed copy of models/mlp.py.
    """
    catalogue = Catalogue.load([file])
    broken = 0
    for path in files_in(file):
        entries = list(entries_of(load_file(path)))
        if not entries:
            raise BadPlugin(f'{path} defines no plug-in; decorate one with @gancheck.gan("name") or its like')
        for entry in entries:
            try:
                print(f"ok   {entry.card.kind} '{entry.card.name}': {'; '.join(check(entry, catalogue))}")
            except BadPlugin as error:
                broken += 1
                print(f"BAD  {error}", file=sys.stderr)
    return 2 if broken else 0
