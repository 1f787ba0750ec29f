"""Every metric against every peer on inputs that break careless arithmetic.

python -m benchmarks.metrics.parity              # writes benchmarks/metrics/parity.json and .md
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import warnings
from pathlib import Path
from typing import Any

from benchmarks.machine import machine
from benchmarks.metrics.parity.compare import Row, rows
from benchmarks.metrics.parity.hard import pairs
from benchmarks.metrics.parity.page import page
from benchmarks.usage import refuse_arguments
from gancheck.system.files import write_text

HERE = Path(__file__).parent.parent
LIBRARIES = ("torch-fidelity", "torchmetrics", "prdc", "vendi-score", "POT", "scikit-learn", "scipy")


def main() -> None:
    """Compare, and write what was found."""
    warnings.simplefilter("ignore")  # of the peers: overflow and division by zero show in their values
    found: dict[str, Any] = {
        "command": "python -m benchmarks.metrics.parity",
        **machine(),
        "peers": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "rows": [shown(row) for row in rows(pairs())],
    }
    write_text(HERE / "parity.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "parity.md", page(found))


def shown(row: Row) -> dict[str, Any]:
    """For JSON; says how far things are."""
    print(f"{row['metric']}, {row['peer']}", file=sys.stderr, flush=True)
    return row


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
