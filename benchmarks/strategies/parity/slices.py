"""Parts of a file that others wrote, cut out by name, so that nothing else of it has to be imported or run."""

from __future__ import annotations

import json
import re
import textwrap
from pathlib import Path


def source_of(path: Path) -> str:
    """A file's code; of a notebook its cells of code."""
    text = path.read_text(encoding="utf-8", errors="replace").expandtabs(4)
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def definition(text: str, name: str) -> str:
    """A function or class; `Class.method` is the method as a plain function. Decorators are left out."""
    first, _, rest = name.partition(".")
    lines = text.splitlines()
    start = index_of(lines, rf"\s*(def|class) {re.escape(first)}\b")
    inner = len(lines[start]) - len(lines[start].lstrip())
    ends = (i for i in range(start + 1, len(lines)) if not belongs(lines[i], inner))
    kept = [line for line in lines[start : next(ends, len(lines))] if not is_stray(line, inner)]
    block = textwrap.dedent("\n".join(kept))
    return definition("\n".join(block.splitlines()[1:]), rest) if rest else block


def belongs(line: str, inner: int) -> bool:
    """Whether a line goes on with a block that began at a column."""
    said = line.strip()
    return not said or len(line) - len(line.lstrip()) > inner or said.startswith((")", "#"))


def is_stray(line: str, inner: int) -> bool:
    """Whether it is a comment that stands further left than the block it is in."""
    return line.strip().startswith("#") and len(line) - len(line.lstrip()) < inner + 1


def statement(text: str, start: str, skip: int = 0) -> str:
    """The statement that starts so, over as many lines as it needs; `skip` earlier ones that start alike are passed."""
    lines = text.splitlines()
    found = [i for i, line in enumerate(lines) if line.strip().startswith(start)]
    if len(found) <= skip:
        raise LookupError(f"no statement starts with {start!r}")
    for end in range(found[skip] + 1, len(lines) + 1):
        code = textwrap.dedent("\n".join(lines[found[skip] : end]))
        if compiles(code):
            return code
    raise LookupError(f"the statement that starts with {start!r} never ends")


def index_of(lines: list[str], pattern: str) -> int:
    """The first line that matches."""
    found = next((i for i, line in enumerate(lines) if re.match(pattern, line)), None)
    if found is None:
        raise LookupError(f"no line matches {pattern!r}")
    return found


def compiles(code: str) -> bool:
    """Whether it is whole."""
    try:
        compile(code, "peer", "exec")
    except SyntaxError:
        return False
    return True
