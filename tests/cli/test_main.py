"""The command line: one line on what is wrong, exit status 2, and never a traceback unless it is asked for."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polars
import pytest

import gancheck as gc
from gancheck.cli.main import COMMANDS, main
from gancheck.system.resources import share

ROOT = Path(__file__).parents[2]
SUITE = """\
version = "1"
about = "for tests"
recipes = ["none", "r1"]
seeds = 2
block = 2
budget = { steps = 3, evaluations = 1 }
evaluation = { samples = 200, metrics = ["score", "modes"] }
task = [{ dataset = "ring(sigma=0.1)", gan = "own" }]
"""
GAN = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("own")
@dataclass(frozen=True)
class Own(gc.Gan):
    \"\"\"A GAN of my own.\"\"\"

    size: int = 2

    def build(self, data):
        return gc.Players(nn.Linear(self.size, data.size), nn.Linear(data.size, 1), gc.Latent(self.size))

    def train(self, session):
        for _ in session.steps():
            pass
"""


pytestmark = pytest.mark.usefixtures("without_pictures")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, with a suite and a plug-in."""
    folder = tmp_path / "my folder"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("mine.toml").write_text(SUITE)
    Path("own.py").write_text(GAN)
    return folder


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "own.py").write_text(GAN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gancheck.api.run.draw", lambda *_: [])
        gc.run(folder / "mine.toml", plugins=[folder / "own.py"], out=folder / "runs", jobs=1, device="cpu")
    return folder / "runs"


def python(*call: str) -> subprocess.CompletedProcess[str]:
    settings = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *call], env=settings, capture_output=True, text=True, timeout=250)


def refused(call: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a call that must be refused."""
    assert main(call) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert line.startswith("gancheck: ")
    return line


# ---- help and usage


WRONG = {
    "runn quick": "unknown command 'runn'. Did you mean 'run'? (gancheck --help)",
    "run": "requires an argument. (gancheck run --help)",
    "run quick --sedes 3": "--sedes. Did you mean --seeds? (gancheck run --help)",
    "run quick --seeds three": "(gancheck run --help)",
    "run quick --device tpu": "--device tpu: choose auto, cpu, cuda or cuda:N",
    "run qiuck": "unknown suite 'qiuck'. Did you mean 'quick'? (gancheck list suites)",
    "run smoke.toml": "smoke.toml: there is no such suite file. Did you mean 'smoke'? (gancheck list suites)",
    "run smoke --only strategy=pac-gan": "unknown strategy 'pac-gan'. Did you mean 'pacgan'? (gancheck list",
    "run smoke --only strategies=none": "--only strategies=none: write it as strategy=a,b",
    "run smoke --only gan=mpl": "unknown gan 'mpl'. Did you mean 'mlp'? (gancheck list gans)",
    "run smoke --seeds 0": "seeds = 0: needs at least 1",
    "run smoke --jobs 0": "jobs = 0: needs at least 1",
    "run smoke --steps -5": "steps = -5: needs at least 1",
    "run smoke --with nothing.py": "nothing.py: there is no such file",
    "run smoke --with notes.txt": "notes.txt is not a Python file; plug-ins end in .py",
    "list strategie": "cannot list 'strategie'. Did you mean 'strategies'?",
    "check nothing.py": "nothing.py: there is no such file",
    "rank nowhere": "nowhere is no results folder; give the one that gancheck run has made",
    "rank . --format word": '"csv", "markdown", "latex", "json", "parquet"',
    "rank runs --mix speeds": "--mix has no 'speeds'. Did you mean 'suites'? It takes suites, versions, tracks",
}


@pytest.mark.parametrize(("word", "status", "said"), [("--help", 0, ""), ("runn", 2, WRONG["runn quick"])])
def test_help_and_a_mistyped_command_are_answered_without_torch(word: str, status: int, said: str) -> None:
    heavy = ("torch", "numpy", "polars", "matplotlib", "scipy", "sklearn")
    code = (
        f"import sys; from gancheck.cli.main import main; status = main(['{word}']);"
        f"sys.exit(' '.join(m for m in {heavy} if m in sys.modules) or status)"
    )
    made = python("-c", code)
    assert made.returncode == status, made.stderr
    assert said in made.stderr
    assert bool(made.stderr) == bool(said)
    assert word != "--help" or all(command in made.stdout for command in COMMANDS)


@pytest.mark.parametrize("command", [[], *([name] for name in COMMANDS)])
def test_every_command_has_help(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*command, "--help"]) == 0
    said = capsys.readouterr()
    assert f"Usage: gancheck {' '.join(command)}".rstrip() in said.out
    assert said.err == ""


def test_the_options_of_run_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    main(["run", "--help"])
    shown = capsys.readouterr().out
    for option in ("--with", "--only", "--seeds", "--steps", "--out", "--jobs", "--device", "--plan", "--force"):
        assert option in shown
    assert "--no-" not in shown


def test_the_version_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert re.fullmatch(r"\d\S*\n", capsys.readouterr().out)


@pytest.mark.parametrize("call", WRONG)
def test_a_wrong_call_is_one_line(call: str, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("notes.txt").write_text("")
    assert WRONG[call] in refused(call.split(), capsys)
    assert not Path("runs").exists()


def test_debug_shows_the_traceback(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(["run", "qiuck", "--debug"]) == 2
    first = capsys.readouterr().err
    monkeypatch.setenv("GANCHECK_DEBUG", "1")
    assert main(["run", "qiuck"]) == 2
    assert capsys.readouterr().err == first
    assert first.startswith("Traceback (most recent call last):")
    assert first.splitlines()[-1].startswith("gancheck: unknown suite 'qiuck'")


def test_a_bug_of_gancheck_is_one_line_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("gancheck.cli.list.Registry", None)
    assert "this is a bug of gancheck; --debug shows where" in refused(["list"], capsys)


def test_an_interrupted_command_says_how_to_go_on(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("own.py").write_text(GAN.replace("pass", "raise KeyboardInterrupt"))
    assert main(["run", "mine.toml", "--with", "own.py", "--jobs", "1"]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == (
        "gancheck: interrupted; nothing is half-written. The same command goes on where it stopped."
    )


@pytest.mark.parametrize("call", [["list", "gans", "--json"], ["list", "gans"], ["--version"]])
def test_a_reader_that_goes_away_is_no_error(call: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as pipe, contextlib.redirect_stdout(pipe):
        assert main(call) == 0
    assert capfd.readouterr().err == ""


# ---- list


def test_everything_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    names = {kind: [entry["name"] for entry in entries] for kind, entries in shown.items()}
    assert list(names) == ["gans", "strategies", "datasets", "metrics", "detectors", "extractors", "suites"]
    assert {"mlp", "dcgan"} <= set(names["gans"])
    assert {"none", "wgan-gp", "pacgan", "unrolled"} <= set(names["strategies"])
    assert {"ring8", "grid25", "veegan1200", "digits", "stacked-digits"} <= set(names["datasets"])
    assert {"modes", "fid", "coverage", "vendi", "score"} <= set(names["metrics"])
    assert {"nonfinite", "plateau", "diversity-drop"} <= set(names["detectors"])
    assert {"points", "classifier", "inception"} <= set(names["extractors"])
    assert {"smoke", "quick", "toy", "images"} <= set(names["suites"])
    assert all(entry["summary"] for entries in shown.values() for entry in entries)
    pacgan = next(entry for entry in shown["strategies"] if entry["name"] == "pacgan")
    assert pacgan["parameters"] == {"m": 2}
    ring8 = next(entry for entry in shown["datasets"] if entry["name"] == "ring8")
    assert ring8["parameters"] == {"modes": 8, "radius": 1.0, "sigma": 0.01}


def test_one_kind_is_a_table_with_parameters(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "gans", "--with", "own.py"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"^own +yes +A GAN of my own\. +size=2", shown, re.MULTILINE)
    assert re.search(r"^mlp ", shown, re.MULTILINE)
    assert "pacgan" not in shown


# ---- check


MLP = (share("models") / "mlp.py").read_text()


def test_a_renamed_copy_of_a_reference_gan_keeps_the_contract(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(MLP.replace('@gc.gan("mlp")', '@gc.gan("mine")'))
    assert main(["check", "mine.py"]) == 0
    said = capsys.readouterr()
    assert re.fullmatch(r"ok   gan 'mine': trains on ring8 .*; trains on digits .*\n", said.out)
    assert said.err == ""


def test_a_copy_under_its_old_name_is_said(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("mine.py").write_text(MLP)
    assert re.search(
        r"gan 'mlp' is defined twice: in .*mlp\.py and in .*mine\.py; rename one", refused(["check", "mine.py"], capsys)
    )


BROKEN = {
    "import missing_package": r"line 1 does not import: ModuleNotFoundError: No module named 'missing_package'",
    "def f(:\n    pass": r"line 1 does not import: SyntaxError: ",
    "x = 1\nraise SystemExit(0)": r"line 2 does not import: SystemExit",
    "x = 1": r"mine\.py defines no plug-in; decorate one with",
    GAN.replace("def build", "def biuld"): r"gan 'own' lacks build",
    GAN.replace("@dataclass(frozen=True)\n", ""): r"gan 'own' must be a dataclass",
    GAN.replace("@gc.gan", "@gc.gann"): r"no attribute 'gann'",
    GAN.replace("data.size), nn", "3), nn").partition("    def train")[0]: r"gan 'own'.*samples of shape",
    GAN.replace("return gc.Players", "return list"): r"gan 'own'",
    GAN.replace("pass", "break"): r"gan 'own': training is failed: .*train\(\) ended after 0 of",
}


@pytest.mark.parametrize("text", BROKEN, ids=[f"broken {i}" for i in range(len(BROKEN))])
def test_a_plug_in_that_breaks_the_contract_is_one_line(
    text: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.py").write_text(text)
    assert main(["check", "mine.py"]) == 2
    said = capsys.readouterr()
    (line,) = said.err.splitlines()
    assert re.search(BROKEN[text], line), line
    assert said.out == ""


def test_every_plug_in_of_a_folder_is_checked(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("plug-ins").mkdir()
    Path("plug-ins/good.py").write_text(GAN.replace('@gc.gan("own")', '@gc.gan("good")'))
    Path("plug-ins/bad.py").write_text(GAN.replace("pass", "break"))
    Path("plug-ins/_helper.py").write_text("raise RuntimeError")
    assert main(["check", "plug-ins"]) == 2
    said = capsys.readouterr()
    assert said.out.startswith("ok   gan 'good'")
    assert "gan 'own': training is failed" in said.err


# ---- rank


def test_rank_gives_the_leaderboard_that_run_has_written(finished: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rank", str(finished)]) == 0
    assert capsys.readouterr().out == (finished / "leaderboard.csv").read_text()


def test_rank_writes_every_format(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (finished / "leaderboard.csv").open() as file:
        names = [row["strategy"] for row in csv.DictReader(file)]
    assert names == ["r1", "own (model)", "real", "memoriser", "blanket"]
    for form, start in (("csv", "rank,"), ("markdown", "| rank"), ("latex", "\\begin{tabular}"), ("json", "[")):
        out = tmp_path / "tables" / f"table.{form}"
        assert main(["rank", str(finished), "--format", form, "--out", str(out)]) == 0
        text = out.read_text()
        assert text.startswith(start)
        assert all(name in text for name in names)
        assert main(["rank", str(finished), "--format", form]) == 0
        assert capsys.readouterr().out == text
    assert [row["strategy"] for row in json.loads((tmp_path / "tables/table.json").read_text())] == names


def test_rank_writes_parquet_to_a_file_and_not_to_a_terminal(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rank", str(finished), "--format", "parquet", "--out", str(tmp_path / "board.parquet")]) == 0
    table = polars.read_parquet(tmp_path / "board.parquet")
    assert table.columns == (finished / "leaderboard.csv").read_text().splitlines()[0].split(",")
    assert table["strategy"][0] == "r1"
    assert "--out board.parquet" in refused(["rank", str(finished), "--format", "parquet"], capsys)


def test_rank_of_a_folder_and_its_copy_is_the_same_board_and_says_so(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(finished, tmp_path / "copy")
    assert main(["rank", str(finished), str(copy)]) == 0
    said = capsys.readouterr()
    assert said.out == (finished / "leaderboard.csv").read_text()
    assert "in several folders, and count once." in said.err


def test_rank_keeps_versions_apart_unless_told_and_then_says_it_under_the_table(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = Path(shutil.copytree(finished, tmp_path / "copy"))
    about = json.loads((copy / "suite.json").read_text())
    (copy / "suite.json").write_text(json.dumps({**about, "version": "9"}))
    assert "--mix versions" in refused(["rank", str(finished), str(copy)], capsys)
    assert main(["rank", str(finished), str(copy), "--mix", "versions", "--format", "markdown"]) == 0
    assert "Mixed versions: version: " in capsys.readouterr().out.splitlines()[-1]


def test_rank_leaves_the_folder_as_it_is(finished: Path) -> None:
    before = {p: p.stat().st_mtime_ns for p in finished.rglob("*")}
    assert main(["rank", str(finished)]) == 0
    assert {p: p.stat().st_mtime_ns for p in finished.rglob("*")} == before


def test_rank_refuses_what_is_no_results_folder(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "notes.jsonl").write_text("{}")
    assert "is no results folder" in refused(["rank", str(tmp_path / "foreign")], capsys)
    assert "is no results folder" in refused(["rank", str(finished / "leaderboard.csv")], capsys)
    (tmp_path / "empty").mkdir()
    shutil.copy(finished / "suite.json", tmp_path / "empty")
    assert "holds no runs yet; gancheck run mine makes them" in refused(["rank", str(tmp_path / "empty")], capsys)
    (tmp_path / "empty" / "suite.json").write_text("[1]")
    assert "suite.json is not what gancheck wrote" in refused(["rank", str(tmp_path / "empty")], capsys)


def test_rank_names_a_damaged_run(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path(shutil.copytree(finished, tmp_path / "runs"))
    path = next(folder.glob("*.jsonl"))
    path.write_text(path.read_text().replace('"seconds": ', '"seconds": 1'))
    assert f"{path.name} was changed after it was written" in refused(["rank", str(folder)], capsys)


def test_rank_into_a_place_that_cannot_be_written_is_one_line(
    finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path, tmp_path / "file" / "table.csv"):
        assert f"cannot write {out}" in refused(["rank", str(finished), "--out", str(out)], capsys)


# ---- run


def test_run_finds_relative_paths_folders_and_one_plug_in_given_twice(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("plug-ins").mkdir()
    Path("own.py").rename("plug-ins/own.py")
    call = ["run", "mine.toml", "--with", "plug-ins", "--with", "plug-ins/own.py", "--jobs", "1"]
    assert main([*call, "--out", "my runs"]) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "2 done, 0 failed, 2 skipped, 0 cached -> my runs/leaderboard.csv"
    assert re.search(r"ring/own none seed 1: done, \d+% of the modes, ", said.err)
    assert Path("my runs/leaderboard.csv").exists()
    assert main([*call, "--with", str(place / "plug-ins"), "--out", str(place / "my runs")]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == (
        f"0 done, 0 failed, 2 skipped, 2 cached -> {place}/my runs/leaderboard.csv"
    )


def test_results_go_to_a_folder_named_after_the_suite(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "mine.toml", "--with", "own.py", "--jobs", "1", "--only", "strategy=none"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].endswith(" -> runs/mine/leaderboard.csv")
    assert Path("runs/mine/leaderboard.csv").exists()


def test_a_folder_that_is_a_file_is_one_line(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("mine")
    line = refused(["run", "mine.toml", "--with", "own.py", "--out", "file", "--jobs", "1"], capsys)
    assert "file cannot be used for results" in line
    assert Path("file").read_text() == "mine"


@pytest.mark.parametrize("call", [["--version"], ["rnak", "nowhere"]])
def test_the_script_and_the_module_run_the_same_command(call: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, said = main(call), capsys.readouterr()
    script = "from gancheck.cli.main import script; script()"
    for made in (python("-c", script, *call), python("-m", "gancheck", *call)):
        assert (made.returncode, made.stdout, made.stderr) == (status, said.out, said.err)
