"""The terminal: width, colours, and which letters it can show."""

from __future__ import annotations

import os
import sys

from gancheck.cli.console import Output
from gancheck.cli.health.base import Fact, Section

WIDE = 80  #: columns that the tables are made for


def examine_terminal() -> Section:
    """What tables and bars are shown on."""
    output = Output()
    narrow = "tables are folded; make it wider" if output.width < WIDE else ""
    width = Fact("width", f"{output.width} columns", narrow, "note" if narrow else "good")
    return Section("terminal", (width, colours(output), encoding()))


def colours(output: Output) -> Fact:
    """Which, and why none."""
    if output.color_system is None or output.no_color:
        why = "NO_COLOR is set" if os.environ.get("NO_COLOR") else "no terminal, or a plain one"
        return Fact("colours", f"none: {why}")
    return Fact("colours", str(output.color_system))


def encoding() -> Fact:
    """What standard output is written in."""
    name = sys.stdout.encoding or "ascii"
    plain = not name.lower().replace("-", "").startswith("utf8")
    advice = "letters outside are shown by nearest ones; PYTHONIOENCODING=utf-8 shows all" if plain else ""
    return Fact("encoding", name, advice, "note" if plain else "good")
