"""my-plugin keeps its contract: run `pytest` in this folder."""

from __future__ import annotations

from pathlib import Path

import gancheck as gc


def test_the_contract_is_kept() -> None:
    assert gc.check(Path(__file__).with_name("my_plugin.py"))
