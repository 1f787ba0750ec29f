"""`gancheck check` and `gancheck.check`: the same contracts, for people and for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.errors import BadPlugin
from gancheck.testing.require import NotTried

GOOD = '''
import torch
import gancheck as gc


@gc.metric("{name}", better="lower", low=0)
def measure(view):
    """Distance of the means."""
    return (view.fake.mean(0) - view.real.mean(0)).norm()
'''
BROKEN = GOOD.replace("return ", "return -1 - ")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: str, text: str, name: str) -> Path:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(text.format(name=name))
    return Path(path)


def test_a_line_says_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    path = write("mine.py", GOOD, "mine")
    lines = gc.check(path)
    assert lines == gc.check("mine.py")
    assert len(lines) == 1
    assert lines[0].startswith("metric 'mine': real data: 0.0")
    assert main(["check", "mine.py"]) == 0
    said = capsys.readouterr()
    assert said.out == f"ok   {lines[0]}\n"
    assert said.err == ""


def test_every_plug_in_of_a_folder_is_held_against_its_contract() -> None:
    write("all/two.py", GOOD, "two")
    write("all/one.py", GOOD + GOOD.replace("{name}", "another").replace("measure", "measure_again"), "one")
    write("all/_private.py", "raise RuntimeError", "")
    write("all/test_one.py", "raise RuntimeError", "")
    assert [line.partition(":")[0] for line in gc.check("all")] == ["metric 'one'", "metric 'another'", "metric 'two'"]


def test_the_first_broken_plug_in_raises_and_the_command_says_all(capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a", GOOD), ("b", BROKEN), ("c", BROKEN), ("d", GOOD)):
        write(f"all/{name}.py", text, name)
    with pytest.raises(BadPlugin, match=r"^metric 'b': gave -1.*, outside its range$"):
        gc.check("all")
    assert main(["check", "all"]) == 2
    said = capsys.readouterr()
    assert [line.partition(":")[0] for line in said.out.splitlines()] == ["ok   metric 'a'", "ok   metric 'd'"]
    assert [line.partition(":")[0] for line in said.err.splitlines()] == ["BAD  metric 'b'", "BAD  metric 'c'"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nothing.py", "nothing.py: there is no such file"),
        ("empty", "empty holds no plug-in files"),
        ("plain.py", "plain.py defines no plug-in; decorate one with"),
        ("models/mlp.py", "gan 'mlp' is defined twice"),
    ],
)
def test_what_holds_no_plug_in_is_one_line(path: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("empty").mkdir()
    write("plain.py", "x = 1", "")
    write("models/mlp.py", GOOD.replace("metric", "gan").replace(', better="lower", low=0', ""), "mlp")
    with pytest.raises(BadPlugin, match=says.replace("(", r"\(")):
        gc.check(path)
    assert main(["check", path]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert says in line


SKIPPED = """
from dataclasses import dataclass
import gancheck as gc


@gc.strategy("{name}", family="regulariser")
@dataclass(frozen=True)
class Mine(gc.Strategy):
    def supports(self, gan, data):
        return "sounds only"

    def discriminator_loss(self, loss, game):
        return loss + game.real_logits.mean()
"""


def test_what_nothing_could_try_is_skipped_and_has_a_status_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    write("all/good.py", GOOD, "good")
    path = write("all/sound.py", SKIPPED, "sound")
    assert main(["check", "all"]) == 3
    said = capsys.readouterr()
    assert said.out.startswith("ok   metric 'good'")
    assert said.err == (
        "skip strategy 'sound': skipped on points: sound: sounds only; skipped on images: sound: sounds only\n"
    )
    with pytest.raises(NotTried, match="strategy 'sound': skipped on points"):
        gc.check(path)
    write("all/broken.py", BROKEN, "broken")
    assert main(["check", "all"]) == 2


def test_a_quiet_check_says_only_what_is_not_kept(capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (("a", GOOD), ("b", BROKEN)):
        write(f"all/{name}.py", text, name)
    assert main(["check", "all", "--quiet"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("BAD  metric 'b'")


def test_what_is_built_in_can_be_checked_by_its_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(Path(gc.__file__).parent / "metrics" / "spread.py")]) == 0
    assert capsys.readouterr().out.startswith("ok   metric 'spread'")
