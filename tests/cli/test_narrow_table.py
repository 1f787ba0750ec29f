"""Tables on narrow screens: no letter is lost, and where a table fits it stays one."""

from __future__ import annotations

import pytest
from rich.bar import Bar
from rich.console import Group
from rich.table import Table

from gancheck.cli.console import Output


@pytest.fixture
def table() -> Table:
    made = Table("strategy", "modes held", title="board", caption="the end", box=None)
    made.columns[1].no_wrap = True
    made.add_row("minibatch-discrimination[x]", "0.52 [0.47, 0.57]")
    made.add_row("none", "")
    return made


@pytest.mark.parametrize("wrapped", [lambda table: table, lambda table: Group("first", table)])
def test_a_table_that_does_not_fit_is_stacked(table, wrapped, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    Output().print(wrapped(table))
    lines = [line.rstrip() for line in capsys.readouterr().out.splitlines()]
    assert lines[-5:] == ["board", "minibatch-discrimination[x]", "  modes held: 0.52 [0.47, 0.57]", "none", "the end"]


def test_a_table_that_fits_stays_a_table(table, monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    Output().print(table)
    assert "minibatch-discrimination[x]  0.52 [0.47, 0.57]" in capsys.readouterr().out


def test_bars_are_left_out_where_there_is_no_room(monkeypatch, capsys) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    made = Table("mode", "", "share of all of the samples", box=None)
    made.add_row("m" * 30, Bar(1, 0, 1, width=36), "50 %")
    Output().print(made)
    assert capsys.readouterr().out.split("\n")[1].rstrip() == "  share of all of the samples: 50 %"


def test_a_dumb_terminal_is_as_wide_as_it_says(monkeypatch) -> None:
    for name, value in (("TERM", "dumb"), ("FORCE_COLOR", "1"), ("COLUMNS", "50")):
        monkeypatch.setenv(name, value)
    assert Output().width == 50


def test_no_colour_where_none_is_wanted(monkeypatch) -> None:
    for name, value in (("NO_COLOR", "1"), ("FORCE_COLOR", "1"), ("TERM", "xterm")):
        monkeypatch.setenv(name, value)
    assert Output().no_color
