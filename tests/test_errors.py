"""Errors are one line for a terminal."""

from __future__ import annotations

import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.errors import LONGEST, BadData


def test_a_message_is_one_line_whatever_names_are_in_it() -> None:
    assert str(BadData("no column 'a\nb', \x1b[2J or \u202e")) == r"no column 'a b', \x1b[2J or \u202e"


def test_a_message_with_a_long_name_is_cut() -> None:
    assert len(str(BadData("x" * 70_000))) == LONGEST + 3


def test_the_command_line_shows_no_control_characters(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["score", "there is no\x1b[2J.npy", "--dataset", "ring8"]) == 2
    assert "\x1b" not in (said := capsys.readouterr().err)
    assert said.count("\n") == 1


def test_errors_keep_what_they_were_given() -> None:
    assert isinstance(BadData("a"), gc.GancheckError)
    assert BadData("a\nb").args == ("a\nb",)
