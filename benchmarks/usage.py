"""What a benchmark answers to `--help`, where it has no options of its own."""

from __future__ import annotations

import argparse
import sys


def answer_help(about: str | None) -> None:
    """Say what a benchmark does and end, where somebody asks; its names are its own affair."""
    if {"-h", "--help"} & set(sys.argv[1:]):
        print(about)
        sys.exit(0)


def refuse_arguments(about: str | None) -> None:
    """The same for a benchmark that takes none: any other ends it with a line."""
    plain = argparse.RawDescriptionHelpFormatter
    argparse.ArgumentParser(prog=sys.argv[0], description=about, formatter_class=plain).parse_args()
