"""`gancheck inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter
from rich.bar import Bar
from rich.table import Table
from rich.text import Text

from gancheck.cli.console import Output
from gancheck.cli.reading import ArrayName, Kind, ModesColumn, Side
from gancheck.cli.threads import Threads, threads_used
from gancheck.cli.words import Quiet, choose_words
from gancheck.inspection import Inspection, inspect_data
from gancheck.inspection.problem import Problem
from gancheck.report.plots.inspection import draw
from gancheck.report.text.progress import bar
from gancheck.system.files import write_text

COLOURS = {"error": "bold red", "warning": "yellow", "note": "dim"}
WIDTH = 36  #: of the longest bar
ENDS = 10  #: modes shown at either end where there are many


def inspect_command(
    data: Path,
    *,
    labels: Path | None = None,
    kind: Kind = "auto",
    array: ArrayName = None,
    resize: Side = None,
    modes: ModesColumn = None,
    threads: Threads = None,
    out: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
    quiet: Quiet = False,
) -> int:
    """Look at training data before any training: imbalance, copies, outliers, ranges, broken files.

    Exit status 1 where something would stop training, such as a broken file.

    Parameters
    ----------
    data
        An array file, a table, or images in a folder or an archive.
    labels
        One class a sample; else the source's own, else clusters that stand clearly apart.
    out
        A folder for pictures and inspection.json.
    json
        For programs: problems with their evidence, and facts.
    """
    with threads_used(threads):
        shown = partial(bar, words=choose_words(quiet))
        found = inspect_data(data, labels, shown, kind=kind, array=array, resize=resize, modes=modes)
    pictures = save_pictures(found, out) if out else []
    if json:
        print(found.to_json())
    elif quiet:
        print_outcome(found, [problem for problem in found.problems if problem.severity == "error"])
    else:
        print_report(found, pictures)
    return 1 if found.count("error") else 0


def save_pictures(found: Inspection, folder: Path) -> list[Path]:
    """Everything in a folder."""
    write_text(folder / "inspection.json", found.to_json() + "\n")
    return draw(found, folder)


def print_outcome(found: Inspection, problems: Sequence[Problem]) -> Output:
    """The outcome, and a line for each of some problems."""
    output = Output()
    output.print(Text(found.outcome, style="bold"), soft_wrap=True)
    for problem in problems:
        output.print(line(problem), soft_wrap=True)
    return output


def print_report(found: Inspection, pictures: list[Path]) -> None:
    """The outcome, a line for each problem, and the modes."""
    output = print_outcome(found, found.problems)
    for remark in remarks(found.facts):
        output.print(Text(remark, style="dim"), soft_wrap=True)
    if found.facts["modes"]:
        output.print()
        output.print(table(found.facts))
    for picture in pictures:
        output.print(Text(f"-> {picture}"), soft_wrap=True)


def line(problem: Problem) -> Text:
    """`warning  duplicates: 40 samples ...`."""
    start = Text(f"{problem.severity:<8} ", style=COLOURS[problem.severity])
    return start.append(f"{problem.kind}: ", style="bold").append(problem.text, style="default not bold")


def remarks(facts: dict[str, Any] | Any) -> list[str]:
    """How the data was read and what was looked at."""
    low, high = facts["range"]
    said = [f"values {low:.4g} ... {high:.4g}, mean {facts['mean']:.4g}, standard deviation {facts['sd']:.4g}"]
    if facts["neighbours_of"] < facts["n"]:
        said.append(f"copies and outliers among neighbours: looked for in {facts['neighbours_of']:,} samples only")
    if facts["modes"] and (least := facts["every_mode_testable_from"]):
        said.append(f"the loss of any of these modes shows from {least:,} samples on; hold half of the data out for it")
    return [*said, *facts["notes"]]


def table(facts: Any) -> Table:
    """Samples of each mode with a bar, the largest first; from how many samples on its loss can be seen."""
    rows = sorted(facts["modes"], key=lambda row: -row["samples"])
    made = Table(box=None, pad_edge=False)
    made.add_column(facts["modes_by"])
    for name in ("samples", "share"):
        made.add_column(name, justify="right")
    made.add_column("")
    made.add_column("testable from", justify="right")
    hidden = len(rows) - 2 * ENDS
    for i, row in enumerate(rows):
        if hidden > 1 and i == ENDS:
            made.add_row("...", f"{hidden} more")
        if hidden <= 1 or not ENDS <= i < len(rows) - ENDS:
            made.add_row(*cells(row, rows[0]["samples"]))
    return made


def cells(row: dict[str, Any], most: int) -> list[Any]:
    """One mode."""
    least = row["testable_from"]
    size = Bar(most, 0, row["samples"], width=WIDTH)
    share, needed = f"{100 * row['share']:.3g} %", f"{least:,} samples" if least else ""
    return [Text(row["name"]), f"{row['samples']:,}", share, size, needed]
