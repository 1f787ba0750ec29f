"""The page's table of a GPU: what was found, and an honest word where nothing was."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.speed.gpu_page import gpu_images


def test_without_figures_the_page_says_not_measured(tmp_path: Path) -> None:
    assert gpu_images(tmp_path / "nothing.json").startswith("Not measured")


def test_figures_stand_with_the_card_that_they_were_found_on(tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    figures = {"by hand": 1234.5, "frechet": [9.87, 24.6], "stopped": "after 170 s"}
    machine = {"torch": "2.11", "cores": 16}
    path.write_text(json.dumps({"card": "Card X", "date": "2026-01-01", "machine": machine, "figures": figures}))
    page = gpu_images(path)
    assert "| by hand | 1,234 |" in page
    assert "| frechet | 9.87, 24.6 |" in page
    assert "One Card X, torch 2.11, 16 cores, 2026-01-01" in page
