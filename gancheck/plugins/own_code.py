"""The user's own code behind a plug-in: modules that its file imports, files that its texts name, packages it takes.

One rule says what a name in an import means, for Python (`gancheck.plugins.loader`) and for ids: what stands beside the
plug-in comes first, as it does for a script; but gancheck, the standard library and a file itself are never hidden.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from gancheck.plugins.syntax import walk

PLACES = ("site-packages", "dist-packages")  #: folders of installed packages
RECORDED = "torch"  #: its release is part of every run's spec
LONGEST = 200  #: characters of a text that may name a file


@dataclass(frozen=True)
class OwnCode:
    """What of the user's decides what a plug-in computes."""

    statements: list[ast.stmt]  #: of the plug-in's file, as far as they count
    files: tuple[Path, ...]  #: the plug-in's file, then every module of the user's that it imports
    data: tuple[tuple[str, Path], ...] = ()  #: files that texts in this code name, each with its text
    packages: tuple[str, ...] = ()  #: installed ones that this code imports

    @classmethod
    def reached(cls, path: Path, statements: list[ast.stmt], package: str) -> OwnCode:
        """Follow the imports of a file's statements, from module to module; `package` is gancheck."""
        place = path.resolve()
        bodies, names, folder = {place: statements}, dict[str, None](), place.parent
        waiting = [place]
        for file in waiting:
            if file not in bodies:
                bodies[file] = statements_of(file)
            for node in (node for statement in bodies[file] for node in imports_of(statement)):
                targets = [t for t in targets_of(node, file, folder) if t.name != package]
                names.update(dict.fromkeys(target.name for target in targets if target.root is None))
                found = dict.fromkeys(file for target in targets for file in target.files)
                waiting += [file for file in found if file not in waiting]
        texts = [pair for file in waiting for pair in named_files(bodies[file], file, folder)]
        packages = tuple(name for name in names if name not in (*sys.stdlib_module_names, RECORDED))
        return cls(statements, tuple(waiting), tuple(dict.fromkeys(texts)), packages)

    @property
    def marks(self) -> list[str]:
        """What counts beside code, as text: contents of files by the texts that name them, releases of packages."""
        named = sorted({f"file {text!r} {file_digest(file)}" for text, file in self.data})
        return [*named, *sorted(f"package {release_of(name)}" for name in self.packages)]

    @property
    def all_files(self) -> tuple[Path, ...]:
        """Modules and data."""
        return (*self.files, *(file for _, file in self.data))

    @cached_property
    def fingerprint(self) -> str:
        """12 hex digits of the bytes of all files."""
        digests = [file_digest(file) for file in self.all_files]
        return hashlib.sha256("\n".join(digests).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Target:
    """What an import names."""

    name: str  #: the first part of an absolute name; empty for a relative one
    root: Path | None  #: the folder from which the parts lead to a file of the user's; None: it is not the user's
    parts: tuple[str, ...]

    @property
    def files(self) -> Iterator[Path]:
        """The files of the user's that run: of every package on the way, and the module's own."""
        for i in range(1, len(self.parts) + 1 if self.root else 1):
            base = Path(self.root or "", *self.parts[:i])
            files = (base / "__init__.py", base.with_name(f"{base.name}.py"))
            yield from [file for file in files if file.is_file()][:1]


def read_tree(path: Path) -> ast.Module:
    """The syntax tree of a file; SyntaxError or ValueError where it is no source code."""
    return parse_source(path.read_bytes())


@lru_cache(maxsize=512)
def parse_source(source: bytes) -> ast.Module:
    """The syntax tree of a source, which nobody may change: the same files are looked at whenever plug-ins are loaded,
    and reading them anew took most of the time of a small `gancheck.score`."""
    return ast.parse(source)


@lru_cache(maxsize=8192)
def imports_of(statement: ast.stmt) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """The imports in a statement, in the order of the code."""
    return tuple(node for node in walk(statement) if isinstance(node, ast.Import | ast.ImportFrom))


@lru_cache(maxsize=8192)
def texts_of(statement: ast.stmt) -> tuple[str, ...]:
    """The texts in a statement that can name a file, in the order of the code."""
    values = (node.value for node in walk(statement) if isinstance(node, ast.Constant))
    return tuple(v for v in values if isinstance(v, str) and 0 < len(v) <= LONGEST and v.isprintable())


def statements_of(path: Path) -> list[ast.stmt]:
    """The statements of a module; none where it is no source code."""
    try:
        return read_tree(path).body
    except (SyntaxError, ValueError, RecursionError):
        return []


def targets_of(node: ast.Import | ast.ImportFrom, file: Path, folder: Path) -> Iterator[Target]:
    """What an import in a file means, for a plug-in in a folder."""
    if isinstance(node, ast.ImportFrom) and node.level:
        package, base = file.parents[node.level - 1], node.module.split(".") if node.module else []
        if not base and is_package(package):
            yield Target("", package.parent, (package.name,))
        yield from (Target("", package, (*base, a.name)) for a in node.names)
    else:
        start = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
        for parts in ((start + a.name).split(".") for a in node.names):
            yield Target(parts[0], root_beside(parts[0], folder, file) or own_root(parts[0]), tuple(parts))


def root_beside(name: str, folder: Path, importer: Path) -> Path | None:
    """The folder that holds what the first part of an imported name means, where that stands beside a plug-in or is
    the package around it; None where it means something else."""
    if name == __name__.partition(".")[0] or name in sys.stdlib_module_names:
        return None
    file, package = folder / f"{name}.py", folder / name
    if file.is_file() and file != importer:
        return folder
    if is_package(package) or (package.is_dir() and origin_of(name) is None):
        return folder
    return folder.parent if name == folder.name and is_package(folder) and origin_of(name) is None else None


def is_package(folder: Path) -> bool:
    """Whether a folder is a package with a file of its own."""
    return (folder / "__init__.py").is_file()


def own_root(name: str) -> Path | None:
    """The folder that holds a module of the user's elsewhere, in which it is looked for; None for what is installed."""
    found = None if name in sys.stdlib_module_names else origin_of(name)
    if found is None:
        return None
    origin = resolve_installed(found) if set(PLACES) & set(Path(found).parts) else Path(found).resolve()
    if set(PLACES) & set(origin.parts):
        return None
    return origin.parents[1] if origin.name == "__init__.py" else origin.parent


def origin_of(name: str) -> str | None:
    """The file of a module that Python finds, with links as they are; nothing of it is run."""
    with suppress(ImportError, ValueError, AttributeError):
        spec = importlib.util.find_spec(name)
        if spec and spec.has_location and spec.origin:
            return spec.origin
    return None


@lru_cache(maxsize=1024)
def resolve_installed(place: str) -> Path:
    """The place of a module among installed packages, with links followed; every file asks for the same few."""
    return Path(place).resolve()


def named_files(statements: Iterable[ast.stmt], file: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that texts in code name, each with its text: beside the code or the plug-in, a folder above, where the
    command is called, or in folders that other texts name. A text with a slash at its end names all of a folder."""
    texts = list(dict.fromkeys(text for statement in statements for text in texts_of(statement)))
    folders = folders_named(texts, [file.parent, folder, file.parent.parent, Path.cwd()])
    for text, place in ((text, os.path.join(base, text)) for text in texts for base in folders):
        if os.path.isfile(place):
            yield text, Path(place).resolve()
        elif text.endswith("/") and text.strip("./") and os.path.isdir(place):
            with suppress(OSError):
                yield from ((f"{text}{p.relative_to(place)}", p) for p in sorted(Path(place).rglob("*")) if p.is_file())


def folders_named(texts: Sequence[str], bases: Iterable[Path]) -> list[Path]:
    """Some folders, and those in them that texts name, in steps as `base / "data" / "weights.pt"` does."""
    folders, names = list(dict.fromkeys(bases)), [text for text in texts if text.strip("./")]
    for base in folders:
        places = (os.path.join(base, name) for name in names)
        places = (os.path.realpath(p) if ".." in p else p for p in places)  # also `..` of what is not there
        inside = (Path(place).resolve() for place in places if os.path.isdir(place))
        folders += dict.fromkeys(p for p in inside if p not in folders)
    return folders


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes; empty where it cannot be read."""
    with suppress(OSError), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
    return ""


def release_of(name: str) -> str:
    """An installed module's package and its version, as far as they are known."""
    try:
        return f"{name} {importlib.metadata.version(name)}"
    except importlib.metadata.PackageNotFoundError:
        return release_by_module(name)


def release_by_module(name: str) -> str:
    """The same of a module whose package has another name; only for one that is there are all packages' files read."""
    with suppress(ImportError, ValueError, AttributeError):  # as some finders and modules raise
        if importlib.util.find_spec(name) is None:
            return name
    known = importlib.metadata.packages_distributions().get(name, [])
    return " ".join([name, *(importlib.metadata.version(distribution) for distribution in known)])
