"""`gancheck report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gancheck.plugins.registry import Registry
from gancheck.report.html.report import FILE, Report
from gancheck.system.arithmetic import arithmetic
from gancheck.system.data_folder import data_from


def report_command(
    runs: Path,
    *,
    out: Path | None = None,
    with_: Annotated[list[Path] | None, Parameter(name="--with", consume_multiple=False, negative="")] = None,
    data_root: Path | None = None,
) -> int:
    """One page of a results folder, from the folder alone.

    Parameters
    ----------
    runs
        A folder that `gancheck run` has made, such as runs/quick.
    out
        File to write; report.html in the folder unless given.
    with_
        The plug-in file or folder that the runs were made with, so that their samples can be drawn; can be given
        several times.
    data_root
        Folder of downloaded data sets, such as cifar10; GANCHECK_DATA or gancheck's cache unless given.
    """
    report = Report.of(runs, Registry.load([str(path) for path in with_ or ()]))
    with data_from(data_root), arithmetic():
        print(report.write(out or runs / FILE))
    return 0
