"""`gancheck new`: what it writes works, is what it says to do next, and nothing is overwritten."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gancheck as gc
from gancheck.cli.main import main
from gancheck.datasets.images.digit_pools import digits
from gancheck.numerics.seeding import generator
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.loader import load_file

every_kind = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(kind: str, name: str, *more: str) -> Path:
    assert main(["new", kind, name, *more]) == 0
    return Path(f"{name.replace('-', '_')}.py")


def refused(call: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """The one line of a call that must be refused."""
    capsys.readouterr()
    assert main(call) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    return line


@every_kind
def test_what_is_written_keeps_its_contract(kind: str) -> None:
    path = written(kind, "my-own")
    assert {p.name for p in Path().iterdir()} == {"my_own.py", "test_my_own.py"}
    (line,) = gc.check(path)
    assert line.startswith(f"{kind} 'my-own': ")
    assert not re.search(r"my-plugin|MyPlugin|my_plugin", path.read_text() + Path("test_my_own.py").read_text())


def test_the_written_test_passes_and_fails_where_the_plug_in_breaks(
    capfd: pytest.CaptureFixture[str],
) -> None:
    written("metric", "my-own")
    broken = written("metric", "broken")
    broken.write_text(broken.read_text().replace(".clamp_min(0)", " - 1"))
    alone = ["-p", "no:cacheprovider", "-p", "no:timeout", "-p", "no:faulthandler", "--import-mode=importlib"]
    assert pytest.main(["-q", *alone, "test_my_own.py", "test_broken.py"]) == 1
    out = capfd.readouterr().out
    assert "1 failed, 1 passed" in out
    assert re.search(r"BadPlugin: metric 'broken': gave -0\.9.*, outside its range", out)


def commands(kind: str, name: str, capsys: pytest.CaptureFixture[str], *more: str) -> list[list[str]]:
    """What to type next, as printed, without the program's name."""
    written(kind, name, *more)
    lines = [line.removeprefix("next: ").strip() for line in capsys.readouterr().out.splitlines()]
    return [shlex.split(line)[1:] for line in lines if line.startswith("gancheck ")]


def test_the_printed_check_works_where_the_folder_has_a_space(capsys: pytest.CaptureFixture[str]) -> None:
    check, _ = commands("detector", "mine", capsys, "--path", "new folder/of plug-ins")
    assert main(check) == 0
    assert capsys.readouterr().out.startswith("ok   detector 'mine'")
    assert Path("new folder/of plug-ins/test_mine.py").is_file()


@pytest.mark.parametrize(
    ("kind", "less"),
    [
        ("gan", ["--only", "dataset=digits", "--only", "strategy=none"]),
        ("strategy", ["--only", "dataset=digits"]),
        ("dataset", ["--only", "strategy=none"]),
    ],
)
def test_the_printed_run_knows_the_plug_in(kind: str, less: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    _, use = commands(kind, "mine", capsys)
    assert use[:2] == ["run", "quick"]
    assert main([*use, *less, "--plan"]) == 0
    assert "mine" in capsys.readouterr().out


def test_the_printed_score_computes_the_metric(capsys: pytest.CaptureFixture[str]) -> None:
    _, use = commands("metric", "mine", capsys)
    np.save(
        "samples.npy", gc.Registry.load().build("dataset", "ring8").pool("real", 600, generator("cpu", "test")).numpy()
    )
    assert main(use) == 0
    assert re.search(r"^ +mine +[\d.e-]+ +[\d.e-]+ +lower", capsys.readouterr().out, re.MULTILINE)


def test_the_printed_score_takes_the_features(capsys: pytest.CaptureFixture[str]) -> None:
    _, use = commands("extractor", "mine", capsys)
    for folder, images in (("made", digits("train").x[:200]), ("real", digits("train").x[200:620])):
        Path(folder).mkdir()
        for i, image in enumerate(images.numpy()):
            Image.fromarray(((image + 1) * 127.5).round().astype(np.uint8)).save(f"{folder}/{i:03}.png")
    assert main([*use, "--metrics", "fid"]) == 0
    assert "fid@mine" in capsys.readouterr().out


def test_nothing_is_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    path = written("gan", "my-own")
    path.write_text("mine")
    assert refused(["new", "strategy", "my-own"], capsys) == (
        "gancheck: my_own.py is there already and is not overwritten: take another name or another --path"
    )
    path.unlink()
    assert "test_my_own.py is there already" in refused(["new", "gan", "my-own"], capsys)
    assert not path.exists()
    assert main(["new", "gan", "my-own", "--path", "elsewhere"]) == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("stratgy mine", "unknown kind of plug-in 'stratgy'. Did you mean 'strategy'? Take one of gan, strategy, "),
        ("gans mine", "Did you mean 'gan'?"),
        ("gan Mine", "gan name 'Mine': use lower-case letters, digits and dashes"),
        ("gan my_own", "use lower-case letters, digits and dashes"),
        ("gan ../mine", "use lower-case letters, digits and dashes"),
        ("gan mlp", "mlp.py; take another name"),
        ("dataset ring8", "ring.py; take another name"),
        ("strategy memoriser", "the board has a row or column of this name"),
        ("metric held", "the board has a row or column of this name"),
        ("extractor auto", "an option this value"),
        ("strategy random", "random.py would hide the Python module of this name"),
        ("gan torch", "torch.py would hide the Python module of this name"),
        ("metric test-it", "test_it.py would be taken for a test"),
        ("gan mine --path file", "cannot write file/mine.py"),
        ("gan", "requires an argument"),
    ],
)
def test_a_bad_call_is_one_line_and_writes_nothing(call: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("")
    assert says in refused(["new", *call.split()], capsys)
    assert [path.name for path in Path().iterdir()] == ["file"]


def test_a_folder_that_cannot_be_written_names_the_option(capsys: pytest.CaptureFixture[str]) -> None:
    Path("file").write_text("")
    assert refused(["new", "gan", "mine", "--path", "file/x"], capsys).endswith("choose another --path")


@pytest.mark.parametrize(
    ("kind", "name", "python_name"),
    [
        ("strategy", "wgan-ct", "WganCt"),
        ("strategy", "tensor", "StrategyTensor"),
        ("dataset", "2d-moons", "Dataset2dMoons"),
        ("metric", "my-distance", "my_distance"),
        ("metric", "lambda", "metric_lambda"),
        ("metric", "view", "metric_view"),
        ("gan", "my-plugin", "MyPlugin"),
    ],
)
def test_python_names_never_hide_what_the_file_uses(kind: str, name: str, python_name: str) -> None:
    path = written(kind, name)
    assert getattr(load_file(path), python_name).__gancheck__.name == name


def test_help_names_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "--help"]) == 0
    assert "gan, strategy, dataset, metric, detector, extractor" in capsys.readouterr().out
