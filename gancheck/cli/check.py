"""`gancheck check`."""

from __future__ import annotations

import sys
from pathlib import Path

from gancheck.cli.threads import threads_used
from gancheck.cli.words import Quiet, choose_words
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.report.text.progress import Words
from gancheck.testing.contract import kept_line, plugins_at
from gancheck.testing.require import NotTried

KEPT, BROKEN, NOT_TRIED = 0, 2, 3  #: exit status, the worst of all plug-ins


def check_command(file: Path, *, threads: int | None = None, quiet: Quiet = False) -> int:
    """Hold a plug-in file, or every file of a folder, against its contract, in seconds.

    Exit status: 0 all is kept, 2 something is broken, 3 something could not be tried (skip).

    Parameters
    ----------
    file
        A Python file with decorated plug-ins, such as one that gancheck new has written; or a folder of them.
    threads
        Threads to work with; all cores unless given, or what OMP_NUM_THREADS says.
    """
    with threads_used(threads):
        registry = Registry.load([file])
        statuses = {say_kept(entry, registry, choose_words(quiet)) for entry in plugins_at(file)}
    return next(status for status in (BROKEN, NOT_TRIED, KEPT) if status in statuses)


def say_kept(entry: PluginEntry, registry: Registry, words: Words) -> int:
    """Say in a line whether a plug-in keeps its contract, where it is to be quiet only that it does not; the exit
    status that follows."""
    try:
        kept = kept_line(entry, registry)
    except NotTried as error:
        print(f"skip {error}", file=sys.stderr)
        return NOT_TRIED
    except BadPlugin as error:
        print(f"BAD  {error}", file=sys.stderr)
        return BROKEN
    if words != "quiet":
        print(f"ok   {kept}")
    return KEPT
