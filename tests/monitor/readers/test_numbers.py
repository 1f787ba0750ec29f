from __future__ import annotations

import pytest

from gancheck.monitor.readers.numbers import count_of, number_of


@pytest.mark.parametrize(
    ("text", "value"), [("1,234.56", 1234.56), ("-12,345", -12345.0), ("1,234,567", 1234567.0), ("1,234.", 1234.0)]
)
def test_thousands_may_be_grouped(text: str, value: float) -> None:
    assert number_of(text) == value


@pytest.mark.parametrize("text", ["0,53", "0,532", "12,34", "1234,567", "1,2", "1.234,56", "1,234,5", ","])
def test_other_commas_make_no_number(text: str) -> None:
    assert number_of(text) is None


def test_a_count_may_be_grouped() -> None:
    assert count_of("12,345") == 12345
