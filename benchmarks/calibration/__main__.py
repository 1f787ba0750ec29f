"""`make calibrate [SUITE=quick]`: four numbers per task, and a failure where a task breaks the rule of difficulty.

Writes benchmarks/calibration/<suite>.json and the page benchmarks/calibration/README.md.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from benchmarks.calibration.page import page
from benchmarks.calibration.rule import Judgement
from benchmarks.calibration.run import HERE, Calibration, apply_rule, fingerprint
from benchmarks.machine import machine
from benchmarks.usage import answer_help
from gancheck.bench.suite_file import load_suite
from gancheck.errors import GancheckError
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text


def main(names: list[str]) -> int:
    """Calibrate the named suites; 1 where a task breaks the rule, 2 where a name is wrong."""
    try:
        return max([calibrate(name) for name in names or ["quick"]])
    except GancheckError as error:
        print(f"calibrate: {error}", file=sys.stderr)
        return 2


def calibrate(name: str) -> int:
    """One suite."""
    registry, calibration = Registry.load(), Calibration.load(name)
    judgements = apply_rule(calibration, registry)
    Console(width=120).print(table(name, judgements))
    kept = {
        **asdict(calibration),
        "suite_fingerprint": fingerprint(load_suite(name, registry)),
        "command": f"make calibrate SUITE={name}",
        "machine": machine(),
        "tasks": [asdict(judgement) for judgement in judgements],
    }
    write_text(HERE / f"{name}.json", json.dumps(kept, indent=1) + "\n")
    write_text(HERE / "README.md", page())
    for judgement in judgements:
        for fault in judgement.faults:
            print(f"{judgement.task} breaks the rule: {fault}", file=sys.stderr)
    return int(any(judgement.faults for judgement in judgements))


def table(name: str, judgements: list[Judgement]) -> Table:
    """The four numbers, and the two of a travelling point."""
    made = Table(title=f"{name}, the untreated GAN on seeds that are never ranked", title_justify="left", box=None)
    for heading in ("task", "clause", "modes held", "quality / real", "change at 2x steps", "seeds", "rule"):
        made.add_column(heading, justify="left" if heading in ("task", "clause", "rule") else "right")
    for j in judgements:
        numbers = (f"{j.held:.0%}", f"{j.quality:.2f}", f"{j.change:+.0%}", f"{j.passing} of {len(j.seeds)}")
        made.add_row(j.task, j.clause, *numbers, "broken" if j.faults else "kept")
    return made


if __name__ == "__main__":
    answer_help(__doc__)
    sys.exit(main(sys.argv[1:]))
