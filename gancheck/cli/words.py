"""`--quiet` and `--verbose`: how much a command says."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from gancheck.errors import BadParameter
from gancheck.report.text.progress import Words

Quiet = Annotated[bool, Parameter(negative="", help="Only the result's last line, and what went wrong.")]
Verbose = Annotated[bool, Parameter(negative="", help="Also what was there already, and how and how long all took.")]


def choose_words(quiet: bool, verbose: bool = False) -> Words:
    """One of the three; BadParameter where both are asked for."""
    if quiet and verbose:
        raise BadParameter("--quiet and --verbose: take one of the two")
    return "quiet" if quiet else "verbose" if verbose else "normal"
