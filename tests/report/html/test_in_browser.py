"""The report in a browser: it complains of nothing, asks no network, and everything on it works."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.report.html.browser import Browser, browser

FIRST = "document.querySelector('table.sortable')"
STRATEGIES = f"[...{FIRST}.tBodies[0].rows].filter(r => !r.hidden).map(r => r.cells[1].textContent)"


@pytest.fixture(scope="module")
def tab(tmp_path_factory: pytest.TempPathFactory, page: Path) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as tab:
        tab.open(page.as_uri())
        yield tab


def test_page_complains_of_nothing_and_asks_no_network(tab: Browser, page: Path) -> None:
    assert tab.complaints == []
    assert {address.partition(":")[0] for address in tab.requests} <= {"file", "data"}
    assert tab.run("document.querySelectorAll('#ranks circle').length") >= 3


@pytest.mark.parametrize("width", [400, 1_600])
def test_page_fits_the_window(tab: Browser, width: int) -> None:
    tab.resize(width)
    assert tab.run("document.documentElement.scrollWidth") <= width


def test_table_sorts_both_ways_and_filters(tab: Browser) -> None:
    heading = f"[...{FIRST}.tHead.rows[0].cells].find(c => c.textContent.trim() === 'modes held')"
    tab.run(f"{heading}.querySelector('button').click()")
    rising = tab.run(STRATEGIES)
    tab.run(f"{heading}.querySelector('button').click()")
    assert tab.run(f"{heading}.getAttribute('aria-sort')") == "descending"
    falling = tab.run(STRATEGIES)
    assert falling.index("r1") < falling.index("none")
    assert rising.index("r1") > rising.index("none")
    tab.run(
        "(b => { b.value = 'r1'; b.dispatchEvent(new Event('input')); })(document.querySelector('input[type=search]'))"
    )
    assert tab.run(STRATEGIES) == ["r1"]


def test_slider_moves_by_the_keyboard_and_takes_the_pictures_along(tab: Browser) -> None:
    cells = "document.querySelector('.lost svg').textContent"
    at_the_end = tab.run(cells)
    tab.run("document.querySelector('input[type=range]').focus()")
    tab.press("ArrowLeft")
    tab.wait_for("document.querySelector('.time output').textContent === 'step 10 of 20'")
    assert tab.run(cells) != at_the_end
    tab.press("ArrowRight")
    tab.wait_for("document.querySelector('.time output').textContent === 'step 20 of 20'")
    assert tab.run(cells) == at_the_end


def test_samples_are_on_the_canvas(tab: Browser) -> None:
    drawn = "(c => c.getContext('2d').getImageData(0, 0, c.width, c.height).data.some(x => x > 0))"
    assert tab.run(f"{drawn}(document.querySelector('canvas'))")
    assert tab.run("document.querySelectorAll('.seeds img').length") >= 4


def test_focus_can_be_seen(tab: Browser) -> None:
    tab.run("document.activeElement.blur()")
    tab.press("Tab")
    style = "getComputedStyle(document.activeElement)"
    assert tab.run("document.activeElement !== document.body")
    assert tab.run(f"{style}.outlineStyle") == "solid"


def test_dark_and_print_have_their_own_colours(tab: Browser) -> None:
    paper = "getComputedStyle(document.body).backgroundColor"
    tab.look(scheme="dark")
    assert tab.run(paper) == "rgb(20, 23, 27)"
    tab.look("print", "dark")
    assert tab.run(paper) == "rgb(255, 255, 255)"
    tab.look()
    assert tab.print().startswith(b"%PDF")
    assert tab.complaints == []


def test_paper_has_no_controls_and_cuts_nothing(tab: Browser) -> None:
    shown = "[...document.querySelectorAll('{}')].filter(e => e.getClientRects().length).length"
    tab.look("print", "dark")
    tab.resize(720)  # what is between the margins of a sheet
    assert tab.run(shown.format("nav, input, select, .time button, svg .cursor")) == 0
    assert tab.run(shown.format(".time output")) == 2  # at which evaluation samples and lost modes are
    assert tab.run("document.documentElement.scrollWidth") <= 720
    assert (
        tab.run("Math.max(...[...document.querySelectorAll('.scroll')].map(e => e.scrollWidth - e.clientWidth))") <= 0
    )
    sizes = "new Set([...document.querySelectorAll('#board > p')].map(e => parseFloat(getComputedStyle(e).fontSize)))"
    assert tab.run(f"Math.max(...{sizes})") <= 11
    tab.look()
    tab.resize(1_600)
