"""The README and the pages of docs/: their code runs, their commands exist, their links lead somewhere.

A Python block whose first line names a file (`# drift.py`) is that file, and holds plug-ins, which are held against
their contracts; so is a TOML block, which holds a suite. The other Python blocks of a page are one script, from top to
bottom, run beside those files and a few arrays of samples. Trainings and metrics are made few and small here.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck as gc
from benchmarks.readme import PAGES, ROOT
from gancheck.bench import selection
from gancheck.bench.suite_file import suite_files
from gancheck.bench.task import EvaluationProtocol
from gancheck.cli.list import WHAT
from gancheck.cli.main import COMMANDS, app
from gancheck.evaluation import panel
from gancheck.plugins.kinds import KINDS
from gancheck.training.vectorise import ExecutionPath

LINKED = (*PAGES, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"# (\S+\.(?:py|toml))\n")
LINK = re.compile(r"\]\(([^)\s]+)\)")


class Block(NamedTuple):
    """A piece of code on a page."""

    page: Path
    language: str
    text: str

    @property
    def file(self) -> str:
        """The file that it is; empty for a part of the page's script."""
        found = FILE.match(self.text)
        return found[1] if found else ""


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


BLOCKS = [Block(page, *found) for page in PAGES for found in BLOCK.findall(text_of(page))]
FILES = {block.file: block.text for block in BLOCKS if block.file}
SCRIPTS = list(dict.fromkeys(b.page for b in BLOCKS if b.language == "python" and not b.file))


#: Suites that an earlier command on the same page writes.
WRITTEN = ("runs/tuned-quick+tuning/tuned.toml",)


def calls_of(command: str) -> list[Any]:
    """The words of every call of a command, each with the page that it is on."""
    shells = (block for block in BLOCKS if block.language in ("sh", "console"))
    lines = ((block.page, line) for block in shells for line in block.text.splitlines())
    calls = [(page, line.removeprefix("$ ")) for page, line in lines if re.match(rf"(\$ )?{command} ", line)]
    return [pytest.param(shlex.split(line, comments=True)[1:], id=f"{page.stem}: {line[:60]}") for page, line in calls]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: gc.Registry) -> Path:
    """A folder with every file that the pages write and name, to work in."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))  # a page's script imports the files of the page
    ring, source = registry.build("dataset", "ring8"), torch.Generator().manual_seed(0)
    for name, count in (("samples", 300), ("held_out", 500), ("train", 300)):
        np.save(tmp_path / f"{name}.npy", ring.draw(count, source).x.numpy())
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    write_own_data(tmp_path, ring.draw(1_200, source))
    return tmp_path


def write_own_data(place: Path, points: gc.Batch) -> None:
    """The table and the folder of images that the page on data sets trains on."""
    rows = [f"{x},{y},{label}" for (x, y), label in zip(points.x.tolist(), points.y.tolist(), strict=True)]
    (place / "points.csv").write_text("\n".join(["width,height,kind", *rows]))
    for i, name in enumerate(("cat", "dog")):
        (place / "photos" / name).mkdir(parents=True)
        for k in range(12):
            Image.new("RGB", (8, 8), (20 * k, 90 * i, 128)).save(place / "photos" / name / f"{k}.png")


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few steps, samples, real ones and metrics, one seed, nothing traced, no pictures, no further processes."""

    def resize(suite: gc.Suite, seeds: int | None, steps: int | None) -> gc.Suite:
        whole, protocol = selection.resize(suite, seeds, steps), EvaluationProtocol(("modes", "quality"), 200)
        tasks = tuple(replace(task, budget=gc.Budget(2, 1), protocol=protocol) for task in whole.tasks)
        return replace(whole, tasks=tasks, seeds=1, block=1)

    monkeypatch.setattr("gancheck.api.run.resize", resize)
    monkeypatch.setattr("gancheck.bench.spec.Cell.path", lambda *_: ExecutionPath("stacked", "eager"))
    monkeypatch.setattr("gancheck.api.run.draw", lambda *_: [])
    monkeypatch.setattr("gancheck.bench.execution.local.available_cores", lambda: 1)
    few = ("modes", "quality", "fid")
    chosen = lambda registry, texts=(): panel.select_metrics(registry, [*texts] or few)  # noqa: E731
    monkeypatch.setattr("gancheck.api.score.select_metrics", chosen)
    monkeypatch.setattr("gancheck.scoring.score.REALS", 600)


@pytest.mark.parametrize("page", SCRIPTS, ids=lambda page: page.stem)
def test_python_on_a_page_runs(page: Path, place: Path, small: None) -> None:
    names: dict[str, Any] = {"__name__": "page"}
    for block in (block for block in BLOCKS if block.page == page and block.language == "python" and not block.file):
        exec(compile(block.text, page.name, "exec"), names)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".py")])
def test_plugin_on_a_page_keeps_its_contract(name: str, place: Path) -> None:
    assert gc.check(name)


@pytest.mark.parametrize("name", [name for name in FILES if name.endswith(".toml")])
def test_suite_on_a_page_can_be_read(name: str, place: Path, registry: gc.Registry) -> None:
    assert gc.load_suite(name, registry).recipes


def test_metric_and_dataset_of_a_page_score_samples(place: Path) -> None:
    plugins, metrics = ("metrics.py", "cross.py"), "mean-gap,nearest(p=1.0)"
    scores = gc.score("samples.npy", dataset="wide-cross(sigma=0.2)", metrics=metrics, plugins=plugins)
    low, high = scores.intervals["nearest(p=1.0)"]
    assert low < scores.values["nearest(p=1.0)"] < high
    assert scores.values["mean-gap"] is not None


def test_extractor_of_a_page_gives_the_features_of_images(place: Path, registry: gc.Registry) -> None:
    digits = registry.build("dataset", "digits").draw(500, torch.Generator().manual_seed(0)).x
    scores = gc.score(
        digits[:80], reference=digits[80:], features="blocks(side=2)", metrics="fid", plugins=["blocks.py"]
    )
    assert list(scores.values) == ["fid@blocks(side=2)"]


def test_strategies_of_the_pages_compose(place: Path, small: None) -> None:
    plugins = ["drift.py", "steady.py", "mine.py", "myvae.py", "detectors.py"]
    outcome = gc.run(
        strategies=["r1+drift(weight=0.01)+steady"], datasets=["ring8"], gans=["mine", "myvae"], plugins=plugins
    )
    assert dict(outcome.counts) == {"done": 1, "skipped": 1}  # no strategy can treat the vae


def test_strategy_of_a_page_sees_what_critics_see(place: Path, small: None) -> None:
    outcome = gc.run(
        strategies=["paced", "pacgan+paced", "paced+pacgan", "ali+paced"],
        datasets=["ring8"],
        gans=["mlp", "cgan"],
        plugins=["paced.py", str(ROOT / "models" / "cgan.py")],
    )
    assert dict(outcome.counts) == {"done": 8}


def test_file_that_stands_on_several_pages_is_the_same_on_all() -> None:
    assert all(FILES[block.file] == block.text for block in BLOCKS if block.file)


@pytest.mark.parametrize("words", calls_of("gancheck"))
def test_command_exists_with_its_options(words: list[str]) -> None:
    command, bound, *_ = app().parse_args(words, print_error=False, exit_on_error=False)
    assert command.__name__ == f"{words[0]}_command"
    names = bound.arguments
    assert names.get("kind", "gan") in KINDS
    assert names.get("what") in (None, *WHAT)
    selection.parse_only(names.get("only") or ())
    if words[0] == "run":
        assert names["suite"] in {*suite_files(), *FILES, *WRITTEN}


def test_commands_are_looked_at() -> None:
    assert len(calls_of("gancheck")) > 30


@pytest.mark.parametrize("words", calls_of("make"))
def test_make_target_exists(words: list[str]) -> None:
    assert re.search(rf"^{words[0]}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


@pytest.mark.parametrize("page", LINKED, ids=lambda page: page.stem)
def test_links_and_pictures_are_there(page: Path) -> None:
    for link in LINK.findall(re.sub(BLOCK, "", text_of(page))):
        place, _, anchor = link.partition("#")
        if "://" in place:
            continue
        target = (page.parent / place).resolve() if place else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(page: Path) -> set[str]:
    """The places in a page that a link can lead to, as GitHub names them."""
    headings = re.findall(r"^#+ (.*)$", re.sub(BLOCK, "", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_index_links_to_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    assert {page.name for page in PAGES if page.parent == index.parent} - {"README.md"} <= set(
        LINK.findall(text_of(index))
    )


def test_readme_can_be_read_in_a_minute_or_two() -> None:
    assert len(text_of(ROOT / "README.md").splitlines()) <= 120


@pytest.mark.parametrize("name", sorted(gc.PUBLIC))
def test_public_name_is_in_the_list_of_names(name: str) -> None:
    assert f"`gc.{name}`" in text_of(ROOT / "docs" / "python.md")


@pytest.mark.parametrize("command", COMMANDS)
def test_command_is_shown_on_a_page(command: str) -> None:
    assert any(words.values[0][:1] == [command] for words in calls_of("gancheck"))


@pytest.mark.parametrize("suite", suite_files())
def test_suite_is_in_the_table_of_suites(suite: str) -> None:
    assert f"\n| `{suite}` |" in text_of(ROOT / "docs" / "ranking.md")
