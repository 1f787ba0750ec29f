from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.system.torchvision_compat import torchvision_operators

EXAMPLES = Path(gc.__file__).parents[1] / "examples"
torchvision_operators()

#: Example -> the library that it needs, and the detector of its planted fault.
PLANTED = {
    "plain_loop": ("sklearn", "rate-too-high"),
    "lightning_digits": ("pytorch_lightning", "frozen-parameter"),
    "huggingface_text": ("transformers", "nonfinite"),
    "diffusion_2d": ("torch", "partial-collapse"),
    "gan_ring": ("torch", "diversity-drop"),
}


#: Examples that score samples, or are a plug-in -> what they must say.
SAID = {
    "conditional_gan": "mislabelled: ",
    "tabular_csv": "dropped-modes - 1 of 3 modes is missing",
    "stylegan_folder": "dropped-modes - 3 of 10 modes are missing",
    "dcgan_batchnorm": "trains on digits",
}


@pytest.mark.parametrize("name", SAID)
def test_example_says_what_is_wrong_or_works(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert SAID[name] in capsys.readouterr().out


@pytest.mark.parametrize("name", PLANTED)
def test_the_planted_fault_is_named(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    needed, detector = PLANTED[name]
    pytest.importorskip(needed, reason=f"{needed} is not installed")
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    assert f": {detector} " in capsys.readouterr().out


def test_every_example_is_short_and_is_run_here() -> None:
    files = {path.stem: path.read_text() for path in EXAMPLES.glob("*.py")}
    listed = re.findall(r"\[(\w+)\.py\]", (EXAMPLES / "README.md").read_text())
    assert files.keys() == {*PLANTED, *SAID} == {*listed}
    for name, text in files.items():
        assert len(text.splitlines()) <= 60, name
        assert re.search(rf"python examples/{name}\.py", text)
