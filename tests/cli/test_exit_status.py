"""Exit statuses are the page's: scripts rely on them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from gancheck.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "command-line.md"
CALLS = {
    "list suites": 0,
    "diagnose good.csv": 0,
    "diagnose bad.csv": 1,
    "inspect broken.npy": 1,
    "weights inception --verify": 1,
    "list nothing": 2,
    "inspect nothing.npy": 2,
    "diagnose nothing.csv": 2,
    "weights nothing": 2,
    "completion tcsh": 2,
}


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    Path("good.csv").write_text("step,loss\n" + "".join(f"{k},{1 / k}\n" for k in range(1, 30)))
    Path("bad.csv").write_text("step,loss\n" + "".join(f"{k},{'nan' if k > 5 else 1}\n" for k in range(1, 30)))
    np.save("broken.npy", np.where(np.arange(100)[:, None] % 2, np.nan, np.arange(200.0).reshape(100, 2)))


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("call", CALLS)
def test_status_is_as_the_page_says(call: str) -> None:
    assert main(call.split()) == CALLS[call]


def test_the_page_has_every_status() -> None:
    assert re.findall(r"^\| (\d+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE) == ["0", "1", "2", "3", "130"]
