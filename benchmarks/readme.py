"""Fill the tables of the README and of docs/ from the committed results: `python -m benchmarks.readme`.

A part stands between `<!-- name -->` and `<!-- /name -->`, on whichever page. A test fails when a page and the results
disagree.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks.calibration.page import judgement
from benchmarks.catalogue import catalogue, commands
from benchmarks.concepts import page as concepts
from benchmarks.metrics.verdicts import healthy
from benchmarks.scaling import page as scaling
from benchmarks.speed.gpu_page import gpu_images
from benchmarks.stacked_mnist.noise import noise_table
from benchmarks.stacked_mnist.page import own_table
from benchmarks.stacked_mnist.papers import papers_table
from benchmarks.strategies import page as cures
from benchmarks.usage import refuse_arguments
from benchmarks.watching import detectors, signals
from gancheck.bench.leaderboard import ORDER, RULE
from gancheck.report.text.breaking_points import NOTE
from gancheck.report.text.breaking_points import markdown as markdown_grid
from gancheck.report.text.leaderboard import SHORT, cells, markdown
from gancheck.system.files import write_text

HERE = Path(__file__).parent
ROOT = HERE.parent
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), HERE / "RESULTS.md")
QUICK = HERE / "results" / "quick"
LADDER = HERE / "results" / "ladder"
CALIBRATION = HERE / "calibration" / "quick.json"
SPEED = HERE / "speed" / "results.json"
GPU_SPEED = HERE / "speed" / "gpu.json"
GPU_IMAGES = HERE / "speed" / "gpu_images.json"
SCORE_SPEED = HERE / "speed" / "score.json"
SCORE = HERE / "results" / "score"
VERDICTS = HERE / "metrics" / "verdicts.json"
WIDE = HERE / "metrics" / "wide.json"

MARKER = re.compile(r"^<!-- ([a-z-]+) -->$", re.MULTILINE)


@cache
def parts() -> dict[str, str]:
    """The generated parts by name; links in them start at the root of the repository."""
    return {
        "leaderboard": leaderboard(QUICK, short=True),
        "leaderboard-full": leaderboard(QUICK, short=False),
        "images-board": leaderboard(HERE / "results" / "images", short=False),
        "stacked-papers": papers_table(),
        "stacked-own": own_table(),
        "stacked-noise": noise_table(),
        "cures-board": leaderboard(cures.RESULTS, short=False),
        "cures-added": leaderboard(cures.ADDED, short=False),
        "cures-collapse": cures.by_collapse(),
        "cures-cost": cures.by_cost(),
        "cures-tested": cures.tested(),
        "cures-families": cures.families(),
        "cures-untried": cures.untried(),
        "calibration": calibration(json.loads(CALIBRATION.read_text(encoding="utf-8"))),
        "ladder": ladder(),
        "score": score(),
        "verdicts": verdicts(*(json.loads(path.read_text(encoding="utf-8")) for path in (VERDICTS, WIDE))),
        "score-speed": score_speed(json.loads(SCORE_SPEED.read_text(encoding="utf-8"))),
        "gpu-speed": gpu_speed(json.loads(GPU_SPEED.read_text(encoding="utf-8"))),
        "gpu-images": gpu_images(GPU_IMAGES),
        "scaling-measured": scaling.measured(),
        "scaling-gpus": scaling.forecasts(),
        "detectors": detectors(),
        "signals": signals(),
        "commands": commands(),
        **catalogue(),
        **concepts.parts(),
        "speed": speed(json.loads(SPEED.read_text(encoding="utf-8"))),
    }


def fill_page(text: str, page: Path) -> str:
    """A page with every generated part on it renewed."""
    up = "../" * len(page.relative_to(ROOT).parents[:-1])
    for name in MARKER.findall(text):
        start, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        head, _, rest = text.partition(start)
        part = parts()[name].replace("](benchmarks/", f"]({up}benchmarks/")
        text = f"{head}{start}{part}\n{end}{rest.partition(end)[2]}"
    return text


def leaderboard(folder: Path, short: bool) -> str:
    """The table as `gancheck rank` writes it or, cut short, as `gancheck run` shows it, and where it comes from."""
    rows = pl.read_csv(folder / "leaderboard.csv").to_dicts()
    table = first_columns(rows) if short else markdown(rows).strip()
    return f"{table}\n\n{rule_of(rows)} {provenance(folder)}"


def rule_of(rows: list[dict[str, Any]]) -> str:
    """In which order the rows stand; boards of few pairs are not ranked."""
    return RULE if any(row["rank"] for row in rows) else ORDER


def first_columns(rows: list[dict[str, Any]]) -> str:
    """The columns that fit beside each other on a page."""
    lines = [SHORT, ["---"] * len(SHORT), *(cells(row)[: len(SHORT)] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def provenance(folder: Path) -> str:
    """Where a committed board comes from."""
    made = json.loads((folder / "machine.json").read_text(encoding="utf-8"))
    cores = f"{made['cores']} cores ({made['cpu']})"
    where = f"{made.get('gpu', cores)}, torch {made['torch']}"
    memory = f"; peak memory {made['peak_gigabytes']:.1f} GB" if "peak_gigabytes" in made else ""
    note = f" ({made['note']})" if "note" in made else ""
    minutes = f"{made['minutes']:.1f} minutes" if "minutes" in made else training_minutes(made)
    said = " ".join(line for line in (made["verdict"], made.get("resolution", "")) if line)
    return (
        f"{said} ".lstrip() + f"Measured on {made['date']} with `{made['command']}`: {minutes} on "
        f"{where}{note}{memory}. All numbers: "
        f"[benchmarks/results/{folder.name}](benchmarks/results/{folder.name})."
    )


def training_minutes(made: dict[str, Any]) -> str:
    """What training alone took, of a run that was made in several sittings or on a GPU."""
    if "training_gpu_minutes" in made:
        return f"{made['training_gpu_minutes']} minutes of training"
    return f"{made['training_core_minutes']} core-minutes of training, in several sittings,"


def calibration(kept: dict[str, Any]) -> str:
    """How hard the tasks of the quick suite are."""
    lines = ["| task | modes held | quality / real | change at twice the steps | seeds that keep the rule |"]
    for task in map(judgement, kept["tasks"]):
        change, seeds = f"{task.change:+.0%}", f"{task.passing} of {len(task.seeds)}"
        most = f" (at most {max(seed.most for seed in task.seeds):.0f} at once)" if task.clause == "travelling" else ""
        lines.append(f"| {task.task} | {task.held:.0%}{most} | {task.quality:.2f} | {change} | {seeds} |")
    return "\n".join([lines[0], "|---|---|---|---|---|", *lines[1:]])


def ladder() -> str:
    """The breaking points, one row per recipe and one column per knob."""
    points = pl.read_csv(LADDER / "ladder.csv").unique(["knob", "strategy"], maintain_order=True).to_dicts()
    order = pl.read_csv(LADDER / "leaderboard.csv")["strategy"].to_list()
    table = markdown_grid([(row["strategy"], row["knob"], row["reading"]) for row in points], order)
    return f"{table.strip()}\n\n{NOTE} {provenance(LADDER)}"


def score() -> str:
    """What the command said about a GAN that lost modes, and its picture."""
    said = "\n".join(line.rstrip() for line in (SCORE / "transcript.txt").read_text("utf-8").splitlines())
    picture = "![Samples beside real data; modes that are missing are circled](benchmarks/results/score/samples.png)"
    about = (
        "These are samples of `ttur` on the ring of the suite `sharpening`, seed 0 "
        "(`python -m benchmarks.metrics.example`). `--out` writes pictures too:"
    )
    return f"```console\n{said}\n```\n\n{about}\n\n{picture}"


def verdicts(found: dict[str, Any], wide: dict[str, Any]) -> str:
    """How often it was right, on the datasets and on what else people bring."""
    kinds = {row["kind"] for row in wide["rows"]}
    return (
        f"Tried on data that no margin was chosen on. Mixtures and digits: {share_right(found['rows'])} "
        f"([every setting, and the confusion matrix](benchmarks/metrics/verdicts.md){since(found)}). "
        f"{len(kinds)} other kinds of data, from tables and counts to heavy tails, without labels: "
        f"{share_right(wide['rows'])} ([kind by kind](benchmarks/metrics/wide.md))."
    )


def since(found: dict[str, Any]) -> str:
    """Whether rules changed after it was measured."""
    return "; measured before the latest rules" if "note" in found else ""


def share_right(rows: list[dict[str, Any]]) -> str:
    """Real draws that were healthy, and damaged ones that got a label that they must get."""
    right, draws = healthy([row for row in rows if "undecided" not in labels_of(row)])
    damaged = [row for row in rows if row["expected"] not in ("", "healthy") and row["damage"] != "nothing"]
    hits = sum(sum(row["verdicts"].get(label, 0) for label in labels_of(row)) for row in damaged)
    total = sum(row["draws"] for row in damaged)
    return (
        f"real data against real data was `healthy` in {right:,} of {draws:,} draws, and data damaged beyond the "
        f"margins got its own label in {hits:,} of {total:,}"
    )


def labels_of(row: dict[str, Any]) -> list[str]:
    """The labels that are right for a damage."""
    expected: str | list[str] = row["expected"]
    return [expected] if isinstance(expected, str) else expected


def gpu_speed(made: dict[str, Any]) -> str:
    """What `make speed DEVICE=cuda` found: the engine against hand-written loops, by width, batch and seeds."""
    figures, lines = made["figures"], list[str]()
    for name, (rate, times) in [(n, v) for n, v in figures.items() if "times by hand" in n]:
        label, seeds = name.split(":")[0].split(", ")
        captured = rate / figures[f"{label}: by hand, captured"]
        look = figures[f"{label}, {seeds}: milliseconds of a look"]
        lines.append(f"| {label}, {seeds} | {rate:,.0f} | **{times:,.0f}x** | {captured:,.0f}x | {look:.0f} ms |")
    return "\n".join(
        (
            "| | seed-steps per second | times by hand | times by hand, captured | one look |\n|---|---|---|---|---|",
            *lines,
            f"\nOne {made['card']}, torch {made['machine']['torch']}, {made['date']}; `make speed DEVICE=cuda`.",
        )
    )


def speed(results: dict[str, Any]) -> str:
    """The engine beside hand-written loops, then one line per figure, as a ratio where there is a peer."""
    training, frechet, machine = results["training"], results["frechet"], results["machine"]
    distance = (
        f"Frechet distance at d = {frechet['d']:,}: {frechet['torch-fidelity / gancheck']:.1f}x torch-fidelity's "
        f"solve, {frechet['scipy / gancheck']:.1f}x scipy's `sqrtm`."
    )
    rest = (
        f"`gancheck --help` takes {results['startup']['help_seconds']:.2f} s and does not import torch. "
        f"Peak memory of `make bench`, cut to few steps, so that nothing is compiled: "
        f"{results['memory']['peak_gigabytes']:.1f} GB; of the whole, with the C++ compiler: [the board](ranking.md)."
    )
    where = f"Medians on one core of {machine['cores']} ({machine['cpu']}), torch {machine['torch']}; `make speed`."
    parts = (training_table(training), start_up(training), f"{distance} {metrics(results['metrics'])}", rest, where)
    return "\n\n".join(parts)


def training_table(training: dict[str, Any]) -> str:
    """A row for every recipe and shape: seed-steps per CPU second, and times the hand-written loops."""
    head = [
        "| seed-steps per CPU second | by hand | with care | traced | compiled | share of sgemm peak |",
        "|---|---|---|---|---|---|",
    ]
    rows = [
        f"| {name} | {r['by hand']:.0f} | {r['careful']:.0f} | {r['traced']:.0f} ({r['traced / by hand']:.1f}x) | "
        f"{r['compiled']:.0f} (**{r['compiled / by hand']:.1f}x**) | "
        f"{format(r['share of sgemm peak'], '.0%') if r.get('share of sgemm peak') else ''} |"
        for name, r in training["rows"].items()
    ]
    return "\n".join([*head, *rows])


def start_up(training: dict[str, Any]) -> str:
    """What it costs to be ready."""
    found = training["start-up at 64x128"]
    seconds = ", ".join(f"{name} {f['cpu_seconds']:.1f} s" for name, f in found.items())
    memory = ", ".join(f"{name} {f['peak_megabytes']:.0f} MB" for name, f in found.items())
    return f"CPU time until a block at 64x128 is ready, the C++ compiler's included: {seconds}. Peak memory: {memory}."


def score_speed(results: dict[str, Any]) -> str:
    """A row a call: seconds, memory, and the older code where it was tried."""
    rows = []
    for name, found in results.items():
        if isinstance(found, dict) and "gigabytes" in found:
            old = f"{found['before']:.1f} s ({found['ratio']:.1f}x)" if "before" in found else ""
            rows.append(f"| {name} | {found['seconds']:.1f} s | {old} | {found['gigabytes']:.1f} GB |")
    table = "\n".join(["| `gc.score` | CPU time | before | peak memory |", "|---|---|---|---|", *rows])
    machine, imports = results["machine"], results.get("imports")
    told = ""
    if imports:
        old = f" ({imports['score before']:.1f} before)" if "score before" in imports else ""
        told = f"Imports take {imports['score']:.1f} s more, {imports['torch']:.1f} of them torch's{old}. "
    text = (
        f"One thread. {told}Before is the code of commit 4a76a2d with all of its metrics, which was the only way. "
        f"{machine['cpu']}, torch {machine['torch']}; `python -m benchmarks.speed.score OLD_CHECKOUT`."
    )
    return f"{table}\n\n{text}"


def metrics(found: dict[str, Any]) -> str:
    """The metrics against their peers, and all of them together."""
    names = ("prdc", "vendi at 10000, n x n", "vendi at 10000", "kid at 5000", "kid at 10000")
    prdc, square, dual, few, many = (f"{found[name]['ratio']:.1f}x" for name in names)
    whole = found["all"]
    return (
        f"At n = {found['n']:,} and as many real ones: precision, recall, density and coverage together {prdc} `prdc`; "
        f"Vendi score {square} `vendi-score`'s n x n way and {dual} its d x d way. KID at n = 5,000: {few} "
        f"torch-fidelity ({many} at 10,000, where all pairs are more than its subsets; gancheck takes 5,000 for it). "
        f"All {len(whole['seconds'])} metrics of samples and reference, from cached features: "
        f"{whole['total_seconds']:.0f} s, and {whole['gigabytes_over_features']:.1f} GB over the features."
    )


def main() -> None:
    """Rewrite the pages."""
    for page in PAGES:
        write_text(page, fill_page(page.read_text(encoding="utf-8"), page))


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
