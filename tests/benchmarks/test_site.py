"""The site holds every page, and what pages link to; mkdocs itself is run by `make docs`."""

from __future__ import annotations

import re

import gancheck as gc
from benchmarks.site.pages import ROOT, linked_files, listing, point_to_listings
from benchmarks.site.reference import reference_pages

NAVIGATION = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


def test_every_page_of_docs_is_in_the_navigation() -> None:
    named = set(re.findall(r"(docs/[\w-]+\.md)", NAVIGATION))
    assert named == {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").glob("*.md")}


def test_every_page_of_the_reference_is_in_the_navigation() -> None:
    assert set(re.findall(r"(reference/[\w-]+\.md)", NAVIGATION)) == set(reference_pages())


def test_every_public_name_is_in_the_reference() -> None:
    pages = "".join(reference_pages().values())
    errors = {name for name, module in gc.PUBLIC.items() if module == "gancheck.errors"}
    assert {name for name in gc.PUBLIC if f"{{heading: gc.{name}}}" not in pages} == errors
    assert "::: gancheck.errors\n" in pages


def test_pictures_and_pages_of_benchmarks_come_with_the_pages_that_link_to_them() -> None:
    found = {path.relative_to(ROOT).as_posix() for path in linked_files()}
    assert {"benchmarks/RESULTS.md", "benchmarks/results/quick/modes.png", "examples/README.md"} <= found
    assert not [name for name in found if name.startswith((".venv", "runs/"))]


def test_link_to_a_folder_leads_to_a_list_of_its_files() -> None:
    page = ROOT / "docs" / "gans.md"
    assert point_to_listings("in [models/](../models), [x](ranking.md#a)", page) == (
        "in [models/](../models/index.md), [x](ranking.md#a)"
    )
    assert "- [mlp.py](mlp.py)" in listing(ROOT / "models")


def test_theme_asks_for_nothing_from_elsewhere() -> None:
    assert "font: false" in NAVIGATION
    assert "://" not in re.sub(r"#.*", "", NAVIGATION)
