from __future__ import annotations

from gancheck.system.control_characters import LONGEST, escape_controls


def test_control_characters_are_spelt_out_and_letters_stay() -> None:
    assert escape_controls("\x1b[2Jé\n\x9b\u202e\udc80 [red]") == r"\x1b[2Jé\n\x9b\u202e\udc80 [red]"


def test_a_line_without_end_is_cut() -> None:
    assert len(escape_controls("a" * (LONGEST + 1))) == LONGEST + 3
