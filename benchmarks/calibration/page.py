"""The page about how hard the suites are, from the committed figures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.calibration import rule
from benchmarks.calibration.rule import Judgement, Seed

HERE = Path(__file__).parent
HEAD = """# How hard the ranked suites are

Made by `make calibrate SUITE=...`; do not edit. Tasks were chosen on the untreated GAN alone and then frozen, on seeds
that are never ranked; no strategy was run while they were chosen, except where "seen before" says so.

"""


def page() -> str:
    """All suites that have figures."""
    files = sorted(HERE.glob("*.json"))
    rule_text = (rule.__doc__ or "").partition("\n\n")[2].strip()
    return "\n".join([HEAD + rule_text, *(part(json.loads(path.read_text(encoding="utf-8"))) for path in files)])


def part(kept: dict[str, Any]) -> str:
    """One suite's table."""
    judgements = [judgement(task) for task in kept["tasks"]]
    first, last = kept["first_seed"], kept["first_seed"] + kept["seeds"] - 1
    lines = [
        f"\n## {kept['suite']}\n",
        f"Seeds {first} to {last}, `{kept['command']}`, {kept['machine']['cpu']}, torch {kept['machine']['torch']}.\n",
        "| task | clause | modes held | quality / real | change at 2x steps | most at once | turnover | seeds | rule |",
        "|---|---|---|---|---|---|---|---|---|",
        *map(line, judgements),
        f"\nSeen before: {kept['seen']}\n",
    ]
    return "\n".join(lines)


def judgement(task: dict[str, Any]) -> Judgement:
    """A task's figures, read back."""
    return Judgement(task["task"], task["clause"], tuple(Seed(**seed) for seed in task["seeds"]))


def line(j: Judgement) -> str:
    """Medians over the seeds, with the least and the greatest of the share held."""
    held = [seed.held for seed in j.seeds]
    most, moves = max(seed.most for seed in j.seeds), min(seed.turnover for seed in j.seeds)
    cells = (
        *(j.task, j.clause, f"{j.held:.0%} [{min(held):.0%}, {max(held):.0%}]", f"{j.quality:.2f}", f"{j.change:+.0%}"),
        *(f"{most:.0f}", f"{moves:.2f} or more", f"{j.passing} of {len(j.seeds)}", "broken" if j.faults else "kept"),
    )
    return f"| {' | '.join(cells)} |"
