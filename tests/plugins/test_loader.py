from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from gancheck.errors import BadPlugin
from gancheck.plugins.loader import files_in, load_file, source_hash

GAN = """
from dataclasses import dataclass
from torch import nn
import gancheck as gc

@gc.gan("tiny")
@dataclass(frozen=True)
class Tiny(gc.Gan):
    width: int = {width}

    def build(self, data: gc.DataSpec) -> gc.Players:
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))
"""


def write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def test_one_file_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path / "tiny.py", GAN.format(width=1))
    module = load_file(path)
    assert load_file(path) is module
    assert load_file(tmp_path / "." / "tiny.py") is module
    assert module.Tiny().width == 1


def test_a_changed_file_is_loaded_anew_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within one second and at the same size, cached bytecode would still pass for fresh."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    path = tmp_path / "tiny.py"
    for width in (1, 2, 3):
        assert load_file(write(path, GAN.format(width=width))).Tiny().width == width
    assert not list(tmp_path.glob("__pycache__"))


def test_equal_files_in_two_places_are_two_modules(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, GAN.format(width=1)) for name in ("one.py", "two.py"))
    assert source_hash(one) == source_hash(two)
    assert load_file(one) is not load_file(two)


def test_annotations_mean_what_the_file_says(tmp_path: Path) -> None:
    module = load_file(write(tmp_path / "plain.py", "def f(x: int) -> int:\n    return x\n"))
    assert module.f.__annotations__ == {"x": int, "return": int}
    assert module.__file__ == str(tmp_path.resolve() / "plain.py")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("x = 1\ny = undefined\n", "bad.py, line 2 does not import: NameError: name 'undefined' is not defined"),
        ("import nowhere_to_be_found\n", "bad.py, line 1 does not import: ModuleNotFoundError"),
        ("def f():\n    return 1 / 0\n\n\nf()\n", "bad.py, line 2 does not import: ZeroDivisionError"),
        ("x = 1\n\ndef broken(:\n", "bad.py, line 3 does not import: SyntaxError"),
        ("import sys\nsys.exit(3)\n", "bad.py, line 2 does not import: SystemExit: 3"),
        ("import gancheck as gc\n\n@gc.gan('No Name')\nclass G: ...\n", "bad.py, line 3 does not import: BadPlugin"),
        ("x = 1\nexec('def (')\n", "bad.py, line 2 does not import: SyntaxError"),
    ],
)
@pytest.mark.parametrize("relative", [False, True])
def test_a_file_that_does_not_import_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: str, relative: bool
) -> None:
    write(tmp_path / "bad.py", text)
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    with pytest.raises(BadPlugin) as caught:
        load_file(Path("bad.py") if relative else tmp_path / "bad.py")
    assert line in str(caught.value)
    assert not [name for name in set(sys.modules) - before if name.startswith("gancheck_plugin_bad_")]


def test_a_file_that_is_no_python_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadPlugin, match=r"is not a Python file; plug-ins end in \.py"):
        load_file(write(tmp_path / "notes.txt", "hello"))
    with pytest.raises(BadPlugin, match="there is no such file"):
        load_file(tmp_path / "missing.py")
    (tmp_path / "latin.py").write_bytes(b"x = '\xff'\n")
    with pytest.raises(BadPlugin, match=r"latin.py.* does not import: SyntaxError"):
        load_file(tmp_path / "latin.py")


def test_a_folder_gives_its_files_in_order_without_private_ones(tmp_path: Path) -> None:
    for name in ("b.py", "a.py", "_private.py", "notes.txt"):
        write(tmp_path / name, "")
    assert [path.name for path in files_in(tmp_path)] == ["a.py", "b.py"]
    assert files_in(tmp_path / "b.py") == [tmp_path / "b.py"]


def test_importing_the_package_imports_no_torch() -> None:
    code = "import sys, gancheck; gancheck.__dir__(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
