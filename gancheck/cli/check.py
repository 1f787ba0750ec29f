"""`gancheck check`."""

from __future__ import annotations

import sys
from pathlib import Path

from gancheck.cli.threads import Threads, threads_used
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.contract import kept_line, plugins_at


def check_command(file: Path, *, threads: Threads = None) -> int:
    """Hold a plug-in file, or every file of a folder, against its contract, in seconds.

    Parameters
    ----------
    file
        A Python file with decorated plug-ins, such as one that gancheck new has written; or a folder of them.
    """
    with threads_used(threads):
        registry = Registry.load([file])
        kept = [say_kept(entry, registry) for entry in plugins_at(file)]
    return 0 if all(kept) else 2


def say_kept(entry: PluginEntry, registry: Registry) -> bool:
    """Whether a plug-in keeps its contract, said in a line."""
    try:
        print(f"ok   {kept_line(entry, registry)}")
    except BadPlugin as error:
        print(f"BAD  {error}", file=sys.stderr)
        return False
    return True
