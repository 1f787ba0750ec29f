"""`gancheck weights`: which networks are at hand, where a file goes, and whether it is the right one."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from gancheck.cli.main import main

INCEPTION = "weights-inception-2015-12-05-6726825d.pth"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of downloads."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    place = tmp_path / "hub" / "checkpoints"
    place.mkdir(parents=True)
    return place


def test_every_network_is_listed_with_its_place(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")  # a narrow screen gets the table stacked
    (folder / INCEPTION).write_bytes(bytes(3 * 2**20))
    assert main(["weights"]) == 0
    said = capsys.readouterr().out
    rows = {line.split()[0]: line for line in said.splitlines() if line.strip()}
    assert "3 MiB" in rows["inception"]
    assert " no " in rows["vgg16"]
    assert "not recorded" in rows["dinov2-vit-s-14"]
    assert "points" not in rows
    assert str(folder) in said


def test_one_network_is_told_in_full(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "inception"]) == 0
    said = capsys.readouterr().out
    for part in (str(folder / INCEPTION), "https://", "6726825d", "CVPR 2016", "Apache-2.0"):
        assert part in said


def test_another_file_than_the_published_one_is_found_out(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / INCEPTION).write_bytes(b"other")
    assert main(["weights", "inception", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["sha256"] is None
    assert main(["weights", "inception", "--verify"]) == 1
    said = capsys.readouterr().out
    assert hashlib.sha256(b"other").hexdigest() in said
    assert "another file" in said


def test_the_published_file_is_known(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / INCEPTION).write_bytes(b"right")
    monkeypatch.setattr("gancheck.extractors.published.hash_in", lambda _: hashlib.sha256(b"right").hexdigest()[:8])
    assert main(["weights", "inception", "--verify", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["check"] == "as published"


def test_no_file_cannot_be_verified(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "vgg16", "--verify"]) == 1
    assert "here       no" in capsys.readouterr().out


OWN = """
from dataclasses import dataclass
import gancheck as gc
from gancheck.extractors.weights import Source


@gc.extractor("mine")
@dataclass
class Mine(gc.Extractor):
    \"\"\"Weights of somebody's own.\"\"\"

    def published_weights(self):
        return Source("https://example.org/mine.pth", "mine.pth")

    def features(self, x):
        return x.flatten(1)
"""


def test_a_users_extractor_is_listed_too(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "mine.py"
    path.write_text(OWN)
    assert main(["weights", "mine", "--with", str(path)]) == 0
    assert "https://example.org/mine.pth" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["incepton"], "Did you mean 'inception'"),
        (["points"], "needs no weights"),
        (["--verify"], "name an extractor"),
    ],
)
def test_what_cannot_be_told_is_one_line(words: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", *words]) == 2
    said = capsys.readouterr().err
    assert line in said
    assert said.count("\n") == 1


def test_an_extractor_that_must_be_given_parameters_hides_no_other(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "needy.py").write_text(
        "from dataclasses import dataclass\nfrom gancheck.extractors.base import Extractor, extractor\n"
        '@extractor(\'needy\')\n@dataclass\nclass Needy(Extractor):\n    """Cut."""\n    size: int\n'
        "    def load(self, device, weights): ...\n    def features(self, x): return x[:, : self.size]\n"
    )
    assert main(["weights", "--with", str(tmp_path / "needy.py")]) == 0
    assert "inception" in capsys.readouterr().out
