"""Plug-in files: loaded by path, under a module name that holds their source's hash."""

from __future__ import annotations

import hashlib
import importlib.util
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType

from gancheck.errors import BadPlugin
from gancheck.plugins.source import SourceTree


def file_hash(path: Path) -> str:
    """First 12 hex digits of the file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def source_hash(path: Path) -> str:
    """12 hex digits of what a plug-in's file computes; see `gancheck.plugins.source`."""
    return _source_hash(path, file_hash(path))


@cache
def _source_hash(path: Path, content: str) -> str:
    return SourceTree(Path(__file__).parents[1]).hash_of(path)


def load_file(path: Path) -> ModuleType:
    """Import one Python file; the same source gives the same module, so dataclasses keep their identity."""
    if not path.is_file():
        raise BadPlugin(f"{path}: there is no such file")
    place = path.resolve()
    name = f"gancheck_plugin_{path.stem.replace('-', '_')}_{file_hash(path)}_{abs(hash(place)) % 10**8}"
    if name in sys.modules:
        return sys.modules[name]
    spec = importlib.util.spec_from_file_location(name, place)
    if spec is None:
        raise BadPlugin(f"{path} is not a Python file; plug-ins end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses look their module up while they are made
    try:
        # not through the loader, whose cached bytecode can be older than the source that the hash names
        exec(compile(place.read_bytes(), str(place), "exec", dont_inherit=True), vars(module))
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        where = f", line {line}" if (line := raising_line(error, place)) else ""
        raise BadPlugin(f"{path}{where} does not import: {type(error).__name__}: {error}") from error
    return module


def raising_line(error: BaseException, path: Path) -> int | None:
    """The last line of `path` that the error passed through."""
    line = error.lineno if isinstance(error, SyntaxError) and error.filename == str(path) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def list_places(plugins: str | Path | Iterable[str | Path]) -> list[Path]:
    """Files and folders with plug-ins; one text or path is one place."""
    return [Path(place) for place in ([plugins] if isinstance(plugins, str | Path) else plugins)]


def files_in(place: Path) -> list[Path]:
    """The plug-in files of a folder, which are neither private nor tests, or the file itself."""
    if place.is_dir():
        return sorted(p for p in place.glob("*.py") if not p.name.startswith(("_", "test_")))
    return [place]
