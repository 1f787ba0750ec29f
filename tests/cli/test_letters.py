"""Letters that a terminal lacks are shown by the nearest that it has."""

from __future__ import annotations

import contextlib
from io import BytesIO, TextIOWrapper

import pytest

from gancheck.cli.letters import show_nearest_letters
from gancheck.cli.main import main


def write(text: str, encoding: str) -> str:
    stream = TextIOWrapper(BytesIO(), encoding=encoding, write_through=True)
    with contextlib.redirect_stdout(stream):
        show_nearest_letters()
        print(text, end="")
    return stream.buffer.getvalue().decode(encoding)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("1–6", "1-6"), ("Hölder", "Holder"), ("a…", "a..."), ("█▊─", "###"), ("2×", "2x"), ("点", "\\u70b9")],
)
def test_nothing_is_an_error_in_ascii(text: str, shown: str) -> None:
    assert write(text, "ascii") == shown


def test_letters_that_are_there_stay() -> None:
    assert write("1–6 Hölder 点", "utf-8") == "1–6 Hölder 点"
    assert write("Hölder – 点", "latin-1") == "Hölder - \\u70b9"


def test_commands_speak_to_a_terminal_without_utf8() -> None:
    stream = TextIOWrapper(BytesIO(), encoding="ascii", write_through=True)
    with contextlib.redirect_stdout(stream):
        assert main(["list", "suites"]) == 0
        assert main(["run", "--help"]) == 0
