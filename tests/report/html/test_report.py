"""The report as a file: what it holds, from the store alone, and what no name can put into it."""

from __future__ import annotations

import base64
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

import gancheck as gc
from gancheck.bench.kept_setup import rebuild_setup
from gancheck.bench.store import Store
from gancheck.cli.main import main
from gancheck.errors import BadPlugin, StoreError
from gancheck.report.html.report import Report

HOSTILE = "</script><script>alert(1)</script>"


def numbers(page: Path) -> Any:
    """What the page's script draws."""
    (text,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.read_text(), re.DOTALL)
    return json.loads(text)


def test_names_of_plugins_and_reasons_are_never_markup(page: Path) -> None:
    text = page.read_text()
    assert text.count("<script") == 2  # the numbers, and the script
    assert "alert(1)</script>" not in text
    assert "<img src=x>" not in text
    assert HOSTILE in [row["strategy"] for row in numbers(page)["board"]]


def test_page_names_nothing_outside_of_itself_and_forbids_it(page: Path) -> None:
    text = html.unescape(page.read_text())
    assert not re.findall(r"""(?:src|href)=["'](?!data:|#)""", text)
    assert "url(" not in text
    assert "default-src 'none'" in text
    assert "connect-src 'none'" in text
    assert page.stat().st_size < 300_000


def test_samples_are_drawn_again_for_every_seed_and_evaluation(page: Path) -> None:
    samples = numbers(page)["samples"]["ring/mlp"]
    assert [run["seed"] for run in samples["drawn"]["r1"]] == [0, 1]
    assert set(samples["drawn"]["r1"][0]["at"]) == {"10", "20"}
    assert len(base64.b64decode(samples["drawn"]["r1"][0]["at"]["20"])) == 600  # 300 points
    assert "unknown strategy" in " ".join(samples["missing"])


def test_images_are_small_grids(page: Path) -> None:
    samples = numbers(page)["samples"]["digits/mlp"]
    assert samples["kind"] == "images"
    assert samples["real"].startswith("data:image/png;base64,")


def test_lost_modes_are_shares_of_seeds_and_a_failed_run_has_lost_all(page: Path) -> None:
    lost = numbers(page)["tasks"][0]["lost"]["shares"]
    assert lost["none"] == {"10": [0, 0, 0, 0], "20": [0, 1, 1, 1]}
    assert lost["r1"]["20"] == [0, 0, 0, 0]
    assert lost[HOSTILE]["20"] == [0.5, 1, 1, 1]


def test_alarms_stand_beside_the_loss_of_modes(page: Path) -> None:
    first, _ = numbers(page)["tasks"][0]["alarms"]["none"]
    assert (first["onset"], [alarm["step"] for alarm in first["alarms"]]) == (20, [12])


def test_failures_and_the_command_are_on_the_page(page: Path) -> None:
    text = page.read_text()
    assert "left the numbers" in text
    assert "gancheck run mine --steps 20 --seeds 2 --only" in text


def test_report_command_writes_the_same_page_elsewhere(
    page: Path, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder), "--out", str(tmp_path / "page.html")]) == 0
    assert capsys.readouterr().out == f"{tmp_path / 'page.html'}\n"
    assert (tmp_path / "page.html").read_text() == page.read_text()


def test_folder_without_runs_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path)]) == 2
    assert "is no results folder" in capsys.readouterr().err
    Store(tmp_path).claim("mine", "1")
    with pytest.raises(StoreError, match="holds no runs yet"):
        Report.of(tmp_path, gc.Registry())


def test_changed_plugin_is_not_drawn_as_if_it_were_the_same(folder: Path, registry: gc.Registry) -> None:
    spec = Store(folder).runs()[0].spec
    changed = json.loads(json.dumps(spec.table()))
    changed["training"]["gan"]["source"] = "other"
    with pytest.raises(BadPlugin, match="was changed after"):
        rebuild_setup(type(spec).read(changed), registry)
