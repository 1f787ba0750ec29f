"""`gancheck new`."""

from __future__ import annotations

import keyword
import re
import shlex
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gancheck.errors import BadParameter
from gancheck.plugins.info import refuse_bad_name
from gancheck.plugins.kinds import KINDS, Kind, kind_named
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text

TEMPLATES = Path(__file__).with_name("templates")
PLACEHOLDERS = ("my-plugin", "MyPlugin", "my_plugin")


def new_command(
    kind: Annotated[str, Parameter(help=f"One of {', '.join(KINDS)}.")], name: str, *, path: Path = Path()
) -> int:
    """Write a small plug-in that works, to make your own of, and its test.

    Parameters
    ----------
    name
        What to call it in suites and on the command line: lower-case letters, digits and dashes.
    path
        Folder to write to; it is made where there is none. Nothing in it is overwritten.
    """
    sort, module = kind_named(kind), name.replace("-", "_")
    refuse_bad_name(kind, name)
    Registry.load().refuse_taken(kind, name)
    files = (path / f"{module}.py", path / f"test_{module}.py")
    refuse_existing(files)
    refuse_hidden_module(module)
    for file, text in zip(files, (plugin_text(kind, name), test_text(kind, name, module)), strict=True):
        write_text(file, text, "--path")
    print(next_steps(sort, name, *files))
    return 0


def refuse_existing(files: tuple[Path, ...]) -> None:
    """BadParameter for the first file that is there already."""
    if there := next((file for file in files if file.exists()), None):
        raise BadParameter(f"{there} is there already and is not overwritten: take another name or another --path")


def refuse_hidden_module(module: str) -> None:
    """BadParameter where the file would hide a module that others import, such as `random`, or pass for a test."""
    if module.startswith("test_"):
        raise BadParameter(f"{module}.py would be taken for a test: take another name")
    spec = find_spec(module)
    if module in sys.stdlib_module_names or (spec and spec.origin):
        raise BadParameter(f"{module}.py would hide the Python module of this name: take another name")


def plugin_text(kind: str, name: str) -> str:
    """The kind's template under another name."""
    text = (TEMPLATES / f"{kind}.py").read_text(encoding="utf-8")
    words = re.findall(r"\w+", fill(text, "", "", ""))
    whole, snake = "".join(part.capitalize() for part in name.split("-")), name.replace("-", "_")
    class_name = whole if is_free(whole, words) else f"{kind.capitalize()}{whole}"
    return fill(text, name, class_name, snake if is_free(snake, words) else f"{kind}_{snake}")


def test_text(kind: str, name: str, module: str) -> str:
    """The kind's template of a test, else that of all kinds, for a plug-in in `module`.py."""
    own = TEMPLATES / f"tests_{kind}.py"
    template = own if own.is_file() else TEMPLATES / "tests.py"
    return fill(template.read_text(encoding="utf-8"), name, "", module)


def fill(text: str, *names: str) -> str:
    """A template with other names in the places of the three that it has."""
    new = dict(zip(PLACEHOLDERS, names, strict=True))
    return re.sub("|".join(PLACEHOLDERS), lambda found: new[found[0]], text)


def is_free(name: str, words: Sequence[str]) -> bool:
    """Whether a class or function can have this name: neither Python nor the template has another use for it."""
    return name.isidentifier() and not keyword.iskeyword(name) and name not in words


def next_steps(kind: Kind, name: str, file: Path, test: Path) -> str:
    """What was written, and the commands that come next."""
    place = shlex.quote(str(file))
    return (
        f"wrote {file}, which works as it is and says what goes where, and {test} for pytest\n"
        f"next: gancheck check {place}\n"
        f"      gancheck {kind.use.format(file=place, name=name)}"
    )
