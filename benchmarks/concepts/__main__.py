"""Measure and draw again: `python -m benchmarks.concepts`, then `python -m benchmarks.readme`."""

from __future__ import annotations

import json

from benchmarks.concepts.page import RESULTS
from benchmarks.concepts.pictures import draw_floors, draw_kinds
from benchmarks.concepts.trials import floors, planted
from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments
from gancheck.system.files import write_text


def main() -> None:
    """Writes trials.json and two pictures."""
    command = "python -m benchmarks.concepts"
    by_size = floors()
    found = {"command": command, **machine(), "planted": planted(), "floors": by_size}
    write_text(RESULTS, json.dumps(found, indent=1) + "\n")
    draw_kinds(RESULTS.with_name("kinds.png"))
    draw_floors(RESULTS.with_name("floors.png"), by_size)


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
