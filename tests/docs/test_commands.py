"""The commands on the README and the pages of docs/ are run: line by line, page by page, in a folder of their own.

What is made smaller: every shipped suite is `SMALL` under its name, a page's own suite trains for few steps on one
seed, tuning has two trials, metrics are the named ones or two, and no picture of a board is drawn. A line that stands
on several pages is run once. What is not run is in `NOT_RUN`, with the reason. Files that pages name without writing
them are made by `write_inputs`.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

import gancheck as gc
from gancheck.bench import selection
from gancheck.bench.suite_file import suite_files
from gancheck.bench.task import EvaluationProtocol
from gancheck.cli.main import main
from gancheck.evaluation import panel
from gancheck.training.vectorise import ExecutionPath
from tests.docs.test_pages import BLOCKS, FILES

SAME = "the same as `gancheck run quick` where suites are small"
#: Beginning of a line, or what stands in it -> why nobody runs it here.
NOT_RUN = {
    "git clone": "the network",
    "source ": "a shell's own",
    "make ": "a virtual environment, or all of a benchmark",
    "pip install": "the network",
    "python -m": "minutes of training, or the results of a whole suite",
    "duckdb": "a program of others",
    "tensorboard --logdir": "a program of others, which stays",
    "ray start": "a program of others",
    "--engine ray": "a cluster",
    "#!/bin/bash": "a script for a cluster",
    "--serve": "stays until Ctrl-C",
    "--data-root": "data from the network",
    "--weights": "weights that do not ship",
    "--features inception": "weights that do not ship",
    "--reference real/ --out": "images are compared by weights that do not ship",
    "--reference real/ --latent": "images are compared by weights that do not ship",
    "--reference real/ --metrics": "images are compared by weights that do not ship",
    "gancheck weights inception": "weights that do not ship",
    "gancheck run cures": SAME,
    "gancheck run stacked-mnist5k": SAME,
    "gancheck check drift.py": "the tests of `gancheck new` hold what it writes against its contract",
    "own.toml": "photographs need a classifier, which takes minutes to train",
    "gancheck doctor": "what is on this machine, of which its own tests make a small one",
}
#: Written on a page -> run here.
SMALLER = {"--trials 8": "--trials 2", "--count 20000": "--count 300"}
#: What a shipped suite is here: two recipes, and a task on points; of `images` one on digits.
SMALL = """\
version = "1"
recipes = ["none", "r1"]
task = [{ dataset = DATA, gan = { name = "mlp", width = 8 } }]
"""
#: Commands that end with 1 where they have found something.
FINDS = ("diagnose", "score", "inspect")


def lines_of(text: str) -> list[str]:
    """The commands of a block; a script is one."""
    if text.startswith("#!"):
        return [text]
    console = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    return console or [line for line in text.splitlines() if line.strip()]


def reason_against(line: str) -> str:
    """Why a line is not run; empty for one that is."""
    return next((reason for part, reason in NOT_RUN.items() if part in line), "")


LINES = {
    page: [line for b in BLOCKS if b.page == page and b.language in ("sh", "console") for line in lines_of(b.text)]
    for page in dict.fromkeys(block.page for block in BLOCKS)
}


def lines_run() -> dict[Path, list[str]]:
    """Page -> what is run of it: what stands on several pages on the first of them."""
    seen, run = set[tuple[str, ...]](), dict[Path, list[str]]()
    for page, lines in LINES.items():
        for line in (line for line in lines if not reason_against(line)):
            words = tuple(shlex.split(line, comments=True))
            if words not in seen:
                run.setdefault(page, []).append(line)
            seen.add(words)
    return run


RUN = lines_run()


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory, registry: gc.Registry) -> Path:
    """A folder with every file that the pages write or name, and small suites."""
    place = tmp_path_factory.mktemp("inputs")
    for name, text in FILES.items():
        (place / name).write_text(text, encoding="utf-8")
    (place / "lines.py").write_text(next(block.text for block in BLOCKS if "class Lines" in block.text))
    write_inputs(place, registry)
    (place / "suites").mkdir()
    for name in suite_files():
        data = '"digits"' if name == "images" else '{ name = "grid", side = 2, sigma = 0.1 }'
        (place / "suites" / f"{name}.toml").write_text(SMALL.replace("DATA", data))
    return place


def write_inputs(place: Path, registry: gc.Registry) -> None:
    """Samples as arrays, tables and images; traces of trainings; a generator."""
    batch = registry.build("dataset", "ring8").draw(1_200, torch.Generator().manual_seed(0))
    x, y = batch.x.numpy(), batch.y.numpy()
    for name in ("samples", "held_out", "train"):
        np.save(place / f"{name}.npy", x[:400])
        np.savetxt(place / f"{name}.csv", x, delimiter=",", header="a,b", comments="")
        np.savez(place / f"{name}.npz", x=x, y=y)
    np.savez(place / "made.npz", x=x, y=y)
    for name, labels in (("classes", y), ("asked_for", y[:400])):
        (place / f"{name}.txt").write_text("\n".join(map(str, labels)))
    np.savetxt(place / "points.csv", x, delimiter=",", header="width,height", comments="")
    write_images(place)
    write_people(place)
    write_traces(place)
    torch.jit.save(torch.jit.script(torch.nn.Sequential(torch.nn.Linear(4, 64), Squares())), place / "generator.pt")


class Squares(torch.nn.Module):
    """Rows of 64 numbers as images of 8 x 8."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(x).reshape(-1, 1, 8, 8)


def write_images(place: Path) -> None:
    """Three folders with images of two classes, and an array of images beside its classes."""
    values = np.random.default_rng(0).integers(0, 256, (80, 8, 8, 3), dtype=np.uint8)
    for folder in ("made", "real", "data"):
        for i, image in enumerate(values):
            path = place / folder / ("cat" if i % 2 else "dog") / f"{i}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
    np.savez(place / "train.npz", images=values, labels=np.arange(80) % 2)


def write_people(place: Path) -> None:
    """A table with a column of words."""
    rows = [f"{20 + i % 50},{1.5 + i % 7 / 10},{('fr', 'de', 'it')[i % 3]}" for i in range(300)]
    (place / "people.csv").write_text("\n".join(["age,height,country", *rows]))


def write_traces(place: Path) -> None:
    """One training whose loss runs away in the end, in every form that can be diagnosed."""
    loss = [2.3 * 0.98**i if i < 150 else 2.0 * 1.05 ** (i - 150) for i in range(200)]
    steps = [{"step": i, "loss": value} for i, value in enumerate(loss)]
    (place / "run.jsonl").write_text("\n".join(map(json.dumps, steps)))
    (place / "trainer_state.json").write_text(json.dumps({"log_history": steps, "global_step": 199}))
    (place / "losses.csv").write_text("\n".join(["step,loss", *(f"{i},{value}" for i, value in enumerate(loss))]))
    (place / "log.txt").write_text("\n".join(f"step {i} loss {value:.4f}" for i, value in enumerate(loss)))
    ticks = [{"Progress/tick": {"num": 1, "mean": i}, "Loss/D/loss": {"num": 1, "mean": v}} for i, v in enumerate(loss)]
    (place / "stats.jsonl").write_text("\n".join(map(json.dumps, ticks)))
    events = pytest.importorskip("torch.utils.tensorboard").SummaryWriter(place / "runs" / "first")
    for row in steps:
        events.add_scalar("loss", row["loss"], row["step"])
    events.close()


@pytest.fixture
def place(inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that a page's commands are run in, and a home of their own."""
    folder = tmp_path / "page"
    shutil.copytree(inputs, folder)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR", "BASH_COMPLETION_USER_DIR"):
        monkeypatch.delenv(variable, raising=False)
    shipped = {path.stem: path for path in (folder / "suites").iterdir()}
    monkeypatch.setattr("gancheck.bench.suite_file.suite_files", lambda: shipped)
    return folder


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few steps, samples, real ones and metrics, one seed, nothing traced or timed, no pictures, no other processes."""

    def few_steps(suite: gc.Suite, seeds: int | None, steps: int | None) -> gc.Suite:
        protocol = EvaluationProtocol(("modes", "quality"), 200)
        tasks = tuple(replace(task, budget=gc.Budget(2, 1), protocol=protocol) for task in suite.tasks)
        return replace(selection.resize(suite, seeds, None), tasks=tasks, seeds=1, block=1)

    monkeypatch.setattr("gancheck.bench.plan.resize", few_steps)
    monkeypatch.setattr("gancheck.api.tune.select", lambda *given: few_steps(selection.select(*given), None, None))
    monkeypatch.setattr("gancheck.bench.spec.Cell.path", lambda *_: ExecutionPath("stacked", "eager"))
    monkeypatch.setattr("gancheck.api.run.draw", lambda *_: [])
    monkeypatch.setattr("gancheck.api.run.write_report", lambda *_: None)
    monkeypatch.setattr("gancheck.api.run.profile_tasks", lambda _: [])
    monkeypatch.setattr("gancheck.bench.plan.trial", lambda *_: 0.001)
    monkeypatch.setattr("gancheck.bench.execution.local.available_cores", lambda: 1)
    few = lambda registry, texts=(): panel.select_metrics(registry, [*texts] or ("modes", "quality"))  # noqa: E731
    monkeypatch.setattr("gancheck.cli.score.select_metrics", few)
    monkeypatch.setattr("gancheck.scoring.score.REALS", 600)


@pytest.mark.parametrize("page", RUN, ids=lambda page: page.stem)
def test_commands_of_a_page_run(page: Path, place: Path, small: None, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in folders_read(RUN[page]):
        assert main(["run", "quick", "--out", folder, "--quiet"]) == 0
    for name in re.findall(r"gancheck new \w+ (\w+)", " ".join(RUN[page])):
        Path(f"{name}.py").unlink(missing_ok=True)  # the page writes it
    for line in RUN[page]:
        words = shlex.split(smaller(line), comments=True)
        assert words[0] == "gancheck"
        status = main(words[1:])
        assert status == 0 or (status == 1 and words[1] in FINDS), (line, capsys.readouterr().err)


def folders_read(lines: list[str]) -> list[str]:
    """The results folders that lines read before any line has written them."""
    read = (word for line in lines for word in line.split() if re.match(r"gancheck (rank|report) ", line))
    written = {f"runs/{Path(line.split()[2]).stem}" for line in lines if line.startswith("gancheck run ")}
    return sorted({word for word in read if word.startswith("runs/")} - written)


def smaller(line: str) -> str:
    """The line as it is run here."""
    for written, run in SMALLER.items():
        line = line.replace(written, run)
    return line


def test_every_reason_and_every_smaller_word_is_needed() -> None:
    lines = [line for there in LINES.values() for line in there]
    assert not [part for part in NOT_RUN if not any(part in line for line in lines)]
    assert not [word for word in SMALLER if not any(word in line for line in lines)]


def test_most_commands_of_the_pages_are_run() -> None:
    asked = {line for lines in LINES.values() for line in lines if line.startswith("gancheck ")}
    assert sum(map(len, RUN.values())) > 0.6 * len(asked)
