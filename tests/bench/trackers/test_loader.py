"""`--track`: tensorboard, or a tracker in a file; anything else is one line that says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.bench.trackers.loader import load_tracker
from gancheck.bench.trackers.tensorboard import TensorBoard
from gancheck.errors import BadParameter, BadPlugin, Unsupported

METHODS = "\n".join(f"    def {name}(self, *values): pass" for name in ("start", "parameters", "metrics", "end"))
FILE = f"""\
class Whole:
{METHODS}

whole = Whole()

class Half:
    def start(self, run): pass

def closed():
    raise OSError("no network")
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "own trackers.py"
    path.write_text(FILE)
    return path


@pytest.mark.parametrize("name", ["Whole", "whole"])
def test_a_class_or_an_object_of_a_file_is_a_tracker(file: Path, name: str) -> None:
    assert type(load_tracker(f"{file}:{name}")).__name__ == "Whole"


def test_tensorboard_is_known_by_its_name() -> None:
    assert isinstance(load_tracker("tensorboard"), TensorBoard)


def test_a_tracker_is_taken_as_it_is(file: Path) -> None:
    tracker = load_tracker(f"{file}:whole")
    assert load_tracker(tracker) is tracker


@pytest.mark.parametrize("named", ["tensorbord", "wandb", "own.toml:x", ":", ""])
def test_another_name_is_refused(named: str) -> None:
    with pytest.raises(BadParameter, match=r"takes tensorboard or FILE.py:NAME"):
        load_tracker(named)


WRONG = {
    "Half": "lacks parameters, metrics, end; it needs start, parameters, metrics, end",
    "Hal": "has no 'Hal'. Did you mean 'Half'?",
    "closed": "cannot be opened, OSError: no network",
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_no_tracker_is_refused(file: Path, name: str) -> None:
    with pytest.raises(BadPlugin) as raised:
        load_tracker(f"{file}:{name}")
    assert WRONG[name] in str(raised.value)


def test_without_tensorboard_the_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gancheck.monitor.adapters.libraries.find_spec", lambda _: None)
    monkeypatch.delitem(__import__("sys").modules, "tensorboard", raising=False)
    with pytest.raises(Unsupported, match="pip install tensorboard"):
        load_tracker("tensorboard")
