"""What a cluster costs, as parts of a page, from the committed figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.scaling.forecast import BlockKind, ClusterCosts, Forecast, driver_bound_from

HERE = Path(__file__).parent
RESULTS = HERE / "results.json"
SPEED = HERE.parent / "speed"
STRATEGIES, TASKS, SEEDS, BLOCK = 50, 20, 20, 5
BLOCKS = STRATEGIES * TASKS * SEEDS // BLOCK
GPUS = (1, 8, 64, 512)


def figures(path: Path = RESULTS) -> dict[str, Any]:
    """What a file of results holds."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def measured() -> str:
    """What was measured, a line each, with the commands and the machine; says so of what nobody has measured yet."""
    made = figures()
    rows = [row for name, rows in ROWS.items() for row in (rows(made[name]) if name in made else [missing(name)])]
    return "\n".join(
        ["| | | |", "|---|---|---|", *rows, "", *(provenance(made[name]) for name in ROWS if name in made)]
    )


def missing(name: str) -> str:
    """A row for figures that are not there."""
    return say(name, "not measured yet", f"`python -m benchmarks.scaling {name}`, on a machine that does nothing else")


def efficiency_rows(made: dict[str, Any]) -> list[str]:
    """Two workers of Ray, and two local ones."""
    name = "efficiency of Ray beside local workers"
    return [say(name, f"{median(made['efficiency']):.1%}", efficiency_of(made))]


def overhead_rows(made: dict[str, Any]) -> list[str]:
    """What a block takes that does nothing."""
    added = f"{1000 * added_by_ray(made):.0f} ms" if is_told_apart(made) else "not told apart from nothing"
    return [
        say("what Ray adds to a block", added, f"{efficiency_of(made)} of local workers' speed"),
        say("until the first run is done", f"{made['start_seconds']:.0f} s", "workers import PyTorch"),
    ]


def is_told_apart(made: dict[str, Any]) -> bool:
    """Whether one engine was the faster one in every turn."""
    return len({speed > 1 for speed in made["efficiency"]}) == 1


def added_by_ray(made: dict[str, Any]) -> float:
    """Seconds that Ray adds to a block; 0 where turns do not agree that it adds or saves any."""
    return float(made["overhead_ms_per_block"]) / 1000 if is_told_apart(made) else 0.0


def driver_rows(made: dict[str, Any]) -> list[str]:
    """What the driver takes over many runs."""
    return [
        say("the driver's own time for a block", f"{made['driver_ms_per_block']:.0f} ms", runs_of(made)),
        say(
            "of it CPU time",
            f"{made['driver_cpu_ms_per_block']:.0f} ms",
            "the rest is waiting for the disk, and for a core",
        ),
        say("the driver's memory", memory_of(made), growth_of(made)),
        say("planning", f"{made['seconds_to_plan']:.0f} s", runs_of(made)),
        say("the board at the end", f"{made['seconds_to_board']:.0f} s", runs_of(made)),
    ]


def say(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def efficiency_of(made: dict[str, Any]) -> str:
    """Of how many runs, and how far the repeats lie apart."""
    low, high = min(made["efficiency"]), max(made["efficiency"])
    return f"{runs_of(made)}, {made['repeats']} times: {low:.1%} to {high:.1%}"


def runs_of(made: dict[str, Any]) -> str:
    """How many runs, in which blocks, by how many workers."""
    each = f" of {made['work']:g} s" if made.get("work") else " that do nothing"
    return f"{made['runs']:,} runs{each}, in blocks of {made.get('block', 1)}, {made['workers']} workers"


def memory_of(made: dict[str, Any]) -> str:
    """From the first look to the last."""
    sizes = list(made["memory_mb"].values())
    return f"{sizes[0]:.0f} MB to {sizes[-1]:.0f} MB"


def growth_of(made: dict[str, Any]) -> str:
    """Between which runs, and what a run adds."""
    counts, sizes = [int(count) for count in made["memory_mb"]], list(made["memory_mb"].values())
    each = 1000 * (sizes[-1] - sizes[0]) / (counts[-1] - counts[0])
    return f"after {counts[0]:,} and {counts[-1]:,} runs: {each:.1f} kB a run"


def provenance(made: dict[str, Any]) -> str:
    """Which command, when, on what."""
    about = made["machine"]
    note = f"; {made['note']}" if made["note"] else ""
    versions = f"Python {about['python']}, torch {about['torch']}, Ray {about['ray']}"
    return f"`{made['command']}`, {made['date']}, {about['cores']} cores ({about['cpu']}), {versions}{note}."


def costs() -> ClusterCosts:
    """What a cluster costs, of the committed figures."""
    made = figures()
    driver, runs = made["driver"], STRATEGIES * TASKS * SEEDS
    return ClusterCosts(
        around=(driver["seconds_to_plan"] + driver["seconds_to_board"]) * runs / driver["runs"],
        start=made["overhead"]["start_seconds"],
        overhead=added_by_ray(made["overhead"]),
        driver=driver["driver_ms_per_block"] / 1000,
    )


def kinds() -> list[BlockKind]:
    """A block of a small network on points, and one of a DCGAN on images, as they were measured on a GPU."""
    points, images = figures(SPEED / "gpu.json")["figures"], figures(SPEED / "gpu_images.json")["figures"]
    small, convolving = "none 64x128, 5 seeds", "convolutions: 32x32: looped-compiled, 5 seeds"
    return [
        block_kind(
            "points",
            3_000,
            points[f"{small}: gancheck, times by hand"][0],
            points[f"{small}: path, seconds to prepare"][1],
        ),
        block_kind("images", 20_000, images[convolving], images[f"{convolving}: seconds to prepare"]),
    ]


def block_kind(name: str, steps: int, rate: float, prepare: float) -> BlockKind:
    """Five seeds for so many steps, at so many seed-steps a second."""
    return BlockKind(f"{name}, {steps:,} steps", prepare + BLOCK * steps / rate)


def forecasts() -> str:
    """The large suite on more and more GPUs."""
    what = f"{STRATEGIES} strategies x {TASKS} tasks x {SEEDS} seeds: {BLOCKS:,} blocks of {BLOCK}"
    head = [
        f"| {what} | GPUs | rounds | time | GPU hours | of these in use | bound by |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [forecast_row(Forecast(BLOCKS, kind, gpus, costs())) for kind in kinds() for gpus in GPUS]
    return "\n".join([*head, *rows, "", *(limit_of(BLOCKS, kind, costs()) for kind in kinds())])


def forecast_row(one: Forecast) -> str:
    """A line of the table."""
    name = f"{one.kind.name}: {one.kind.seconds:.0f} s a block"
    cells = f"{one.gpus}", f"{one.rounds:,}", duration(one.seconds), f"{one.paid_hours:,.1f}", f"{one.share:.1%}"
    return say(name, *cells, one.bound)


def duration(seconds: float) -> str:
    """`3.2 days`, `7.1 h` or `4.0 min`."""
    for unit, size in (("days", 86_400), ("h", 3_600)):
        if seconds >= 2 * size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds / 60:.1f} min"


def limit_of(blocks: int, kind: BlockKind, costs: ClusterCosts) -> str:
    """Where more GPUs stop to help."""
    first = driver_bound_from(blocks, kind, costs)
    bound = f"the bound from {first:,} GPUs on" if first else "never the bound"
    return f"With blocks of {kind.seconds:.0f} s ({kind.name}) the driver is {bound}."


ROWS: dict[str, Callable[[dict[str, Any]], list[str]]] = {
    "efficiency": efficiency_rows,
    "overhead": overhead_rows,
    "driver": driver_rows,
}
