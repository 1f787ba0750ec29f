"""Every strategy beside what its authors, or well-known libraries, published.

python -m benchmarks.strategies.parity --peers FOLDER     # a checkout at owner/name for every repository of the table
"""

from __future__ import annotations

import argparse
import json
import sys
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.strategies.parity.checkouts import Checkouts
from benchmarks.strategies.parity.compare import Comparison, Row, row
from benchmarks.strategies.parity.every import COMPARISONS
from benchmarks.strategies.parity.page import page
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text

HERE = Path(__file__).parent.parent


def main() -> None:
    """Compare, and write what was found."""
    parser = argparse.ArgumentParser(description="Strategies against the code of others.")
    parser.add_argument("--peers", type=Path, required=True, help="a folder with a checkout at owner/name for each")
    warnings.simplefilter("ignore")  # of the peers: old ways to call torch
    found = compared(COMPARISONS, Checkouts(parser.parse_args().peers))
    write_text(HERE / "parity.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "parity.md", page(found))


def compared(comparisons: Iterable[Comparison], checkouts: Checkouts) -> dict[str, Any]:
    """All rows of strategies that there are, and who is in none."""
    names = Registry.load().names("strategy")
    rows = [shown(row(comparison, checkouts)) for comparison in comparisons if comparison.strategy in names]
    known = {found["strategy"] for found in rows}
    return {
        "command": "python -m benchmarks.strategies.parity --peers FOLDER",
        **machine(),
        "rows": rows,
        "alone": [name for name in names if name not in known],
    }


def shown(found: Row) -> Row:
    """For JSON; says how far things are."""
    print(found["strategy"], found["repository"], found["loss"], found["gradient"], file=sys.stderr, flush=True)
    return found


if __name__ == "__main__":
    main()
