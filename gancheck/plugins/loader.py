"""Plug-in files: loaded by path, under a module name that holds a hash of their source and of what it reaches.

A plug-in's module is a package whose modules are the files beside it. So two folders can have helpers of one name, and
neither `sys.path` nor the names of other modules are touched.
"""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from gancheck.errors import BadPlugin
from gancheck.plugins.own_code import OwnCode, is_package, root_beside
from gancheck.plugins.source import SourceTree

TREE = SourceTree(Path(__file__).parents[1])
PREFIX = "gancheck_plugin_"


def own_code_of(path: Path) -> OwnCode:
    """What of the user's belongs to a plug-in's file; the file alone where it is no source code."""
    try:
        return TREE.own_code(path)
    except (SyntaxError, ValueError, RecursionError):
        return OwnCode([], (path,))


def source_hash(path: Path, others: frozenset[str] = frozenset()) -> str:
    """12 hex digits of what a plug-in computes; `others` are further plug-ins in its file, by the names of their
    definitions. See `gancheck.plugins.source`."""
    return _source_hash(path, others, own_code_of(path).fingerprint)


@cache
def _source_hash(path: Path, others: frozenset[str], fingerprint: str) -> str:
    return TREE.hash_of(path, others)


def load_file(path: Path) -> ModuleType:
    """Import one Python file; the same source gives the same module, so dataclasses keep their identity."""
    if not path.is_file():
        raise BadPlugin(f"{path}: there is no such file")
    if path.suffix != ".py":
        raise BadPlugin(f"{path} is not a Python file; plug-ins end in .py")
    place = path.resolve()
    stem, own = re.sub(r"\W", "_", path.stem), own_code_of(place)
    name = f"{PREFIX}{stem}_{own.fingerprint}_{abs(hash(place)) % 10**8}"
    if name in sys.modules:
        return sys.modules[name]
    module = module_from_spec(spec_of(name, place, place.parent))
    sys.modules[name] = module  # dataclasses look their module up while they are made
    sys.modules[f"{name}.{path.stem}"] = module  # modules beside it may import it
    try:
        vars(module)["__loader__"].exec_module(module)
    except (Exception, SystemExit) as error:
        for loaded in [m for m in sys.modules if m == name or m.startswith(f"{name}.")]:
            del sys.modules[loaded]
        raise BadPlugin(f"{path}{place_in(error, place, own.files)}".replace(f"{name}.", "")) from error
    return module


def spec_of(name: str, file: Path, folder: Path | None = None) -> ModuleSpec:
    """How a file of the user's is imported; a package has a folder."""
    places = None if folder is None else [str(folder)]
    spec = spec_from_file_location(name, file, loader=OwnLoader(name, str(file)), submodule_search_locations=places)
    assert spec is not None
    return spec


class OwnLoader(SourceFileLoader):
    """Runs a file of the user's, for which the names of modules beside the plug-in mean these modules."""

    def get_code(self, fullname: str) -> CodeType:
        """From the source, as cached bytecode can be older than what the hash names."""
        code: CodeType = compile(self.get_data(self.path), self.path, "exec", dont_inherit=True)
        return code

    def exec_module(self, module: ModuleType) -> None:
        """With an `import` of its own, which Python looks up among a module's builtins."""
        root = module.__name__.partition(".")[0]
        folder = Path(sys.modules[root].__path__[0])
        beside = cache(lambda name: root_beside(name, folder, Path(self.path)) is not None)
        in_package = is_package(folder) and Path(self.path).parent == folder

        def import_module(name: str, scope: Any = None, local: Any = None, names: Any = (), level: int = 0) -> Any:
            first = name.partition(".")[0]
            if level == 1 and not name and in_package:  # `from . import x`: the package is more than the plug-in's file
                name, first, level = folder.name, folder.name, 0
            elif level or not beside(first):
                return builtins.__import__(name, scope, local, names, level)
            made = builtins.__import__(f"{root}.{name}", scope, local, names, 0)
            return made if names else sys.modules[f"{root}.{first}"]

        vars(module)["__builtins__"] = {**vars(builtins), "__import__": import_module}
        super().exec_module(module)


class OwnFinder(MetaPathFinder):
    """Finds the modules inside a plug-in's module: files and folders beside it."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        """Packages before modules before plain folders, as Python does, and last the package around a plug-in."""
        if not path or not fullname.startswith(PREFIX):
            return None
        place = Path(path[0]) / fullname.rpartition(".")[2]
        if (file := place / "__init__.py").is_file():
            return spec_of(fullname, file, place)
        if (file := place.with_name(f"{place.name}.py")).is_file():
            return spec_of(fullname, file)
        if place.is_dir():
            return plain_folder(fullname, place)
        own = place.name == place.parent.name and is_package(place.parent)
        return spec_of(fullname, place.with_name("__init__.py"), place.parent) if own else None


def plain_folder(name: str, folder: Path) -> ModuleSpec:
    """A package without a file of its own."""
    spec = ModuleSpec(name, None, is_package=True)
    spec.submodule_search_locations = [str(folder)]
    return spec


sys.meta_path.insert(0, OwnFinder())


def place_in(error: BaseException, path: Path, files: Iterable[Path]) -> str:
    """`, line 3 does not import: NameError: ...`, and the line of the module beside it that raised."""
    line, text = raising_line(error, path), f"{type(error).__name__}: {error}"
    inner = [f" ({file.name}, line {n})" for file in files if file != path and (n := raising_line(error, file))]
    return f"{f', line {line}' if line else ''} does not import: {text}{inner[-1] if inner else ''}"


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
