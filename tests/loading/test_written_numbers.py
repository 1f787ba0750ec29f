"""Numbers written for people: thousands marks, decimal commas, per cent and currency signs."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from gancheck.loading.open import open_samples
from gancheck.loading.samples import Samples


def read(path: Path, text: str, like: Samples | None = None) -> Samples:
    path.write_text(text, encoding="utf-8")
    return open_samples(path, like=like)


def said(samples: Samples, words: str) -> bool:
    return any(words in note for note in samples.notes)


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.56", "12,345.5", "-999.25", "1,234,567.0"], [1234.56, 12345.5, -999.25, 1234567]),
        (["1.234,56", "12.345,5", "-999,25", "1.234.567"], [1234.56, 12345.5, -999.25, 1234567]),
        (["1,234", "12,345", "17", "3,000"], [1234, 12345, 17, 3000]),
        (["12.3%", "4 %", "-5.5%", "100%"], [12.3, 4, -5.5, 100]),
        (["12,3%", "4 %", "-5,5%", "100%"], [12.3, 4, -5.5, 100]),
        (["$40", "-$1,250.50", "$3.5", "$0"], [40, -1250.5, 3.5, 0]),
        (["40 €", "1.250,50 €", "3,5€", "0€"], [40, 1250.5, 3.5, 0]),
    ],
)
@pytest.mark.parametrize("header", ["sum,n\n", ""])
def test_numbers_written_for_people_are_numbers(
    tmp_path: Path, cells: list[str], numbers: list[float], header: str
) -> None:
    rows = "\n".join(f'"{cell}",{k}.5' for k, cell in enumerate(cells))
    opened = read(tmp_path / "a.csv", header + rows)
    assert opened.take(9).tolist() == [[number, k + 0.5] for k, number in enumerate(numbers)]
    assert said(
        opened, "thousands marks, decimal commas, % and currency signs of 'sum' read" if header else "currency signs of"
    )


@pytest.mark.parametrize("text", ["s;n\n1.234,56;1,5\n234,5;2,5\n", "s\tn\n1,234.56\t1.5\n234.5\t2.5\n"])
def test_the_rest_of_a_line_says_what_a_comma_is(tmp_path: Path, text: str) -> None:
    assert read(tmp_path / "a.csv", text).take(9).tolist() == [[1234.56, 1.5], [234.5, 2.5]]


def test_points_between_thousands_are_said_among_decimal_commas(tmp_path: Path) -> None:
    opened = read(tmp_path / "a.csv", "n;u\n1.234;1,5\n12.345;2,5\n")
    assert opened.take(9).tolist() == [[1234, 1.5], [12345, 2.5]]
    assert said(opened, "signs of 'n' read: 1.234,5 is 1234.5")


def test_a_header_of_percentages_names_plain_numbers(tmp_path: Path) -> None:
    assert read(tmp_path / "a.csv", "25%,50%\n1.5,2.5\n3.5,4.5\n").columns == ("25%", "50%")


def test_words_with_digits_stay_categories() -> None:
    opened = open_samples(pl.DataFrame({"u": [1.5] * 30, "size": ["4,5,6", "10 cm", "$"] * 10}))
    assert opened.columns == ("u", "size=$", "size=10 cm", "size=4,5,6")
