"""What a plug-in computes, as a hash: the code of its file, and of every definition of gancheck that this code uses; of
the user's own code also the modules that it imports and the files that it names (`gancheck.plugins.own_code`).

Comments, docstrings, annotations of functions, what is raised and the places of gancheck's modules do not count, so
correcting a typo or moving a helper trains nothing again, and changing a helper does. What a hook is handed (a game, a
view) and the base classes of plug-ins are not followed: they are gancheck's side, which has versions of its own.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from gancheck.plugins.own_code import OwnCode, read_tree
from gancheck.plugins.syntax import WHOLE, canonical, chains, imports_in, is_remark, names_defined

PACKAGE = "gancheck"

BASES = "base"  #: module of a kind's folder that says what a plug-in is; of it only constants are followed
DEFINITION = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
BOOKKEEPING = ("errors", "plugins")  #: rooms whose code decides no number


class Place(NamedTuple):
    """A name in a module."""

    module: str
    name: str


class Piece(NamedTuple):
    """A piece of code as it counts."""

    text: str
    uses: tuple[tuple[str, tuple[Place, ...]], ...]  #: local name -> what it may mean, in the order of the code


@dataclass(frozen=True)
class Source:
    """The syntax tree of one file, and what its names stand for."""

    tree: ast.Module
    module: str = ""  #: empty for a file that is not gancheck's
    package: str = PACKAGE

    @cached_property
    def imports(self) -> dict[str, list[str]]:
        """Local name -> the dotted paths of what it is imported from, of all branches."""
        found: dict[str, list[str]] = {}
        for node in ast.walk(self.tree):
            for name, path in imports_in(node, self.package):
                found.setdefault(name, []).append(path)
        return found

    @cached_property
    def definitions(self) -> dict[str, list[ast.stmt]]:
        """Name -> the statements at the top of the module that give it a meaning or change it."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in dict.fromkeys(names_defined(statement)):
                found.setdefault(name, []).append(statement)
        return found

    def piece(self, statements: list[ast.stmt]) -> Piece:
        """Statements of this file, and the names of gancheck that they refer to."""
        statements = [s for s in statements if not is_remark(s)]
        uses: dict[str, tuple[Place, ...]] = {}
        for name, *attributes in (chain for statement in statements for chain in chains(statement)):
            if places := tuple(self.meanings(name, attributes)):
                uses[".".join([name, *attributes])] = places
        return Piece("\n".join(canonical(s, self.package) for s in statements), tuple(uses.items()))

    def meanings(self, name: str, attributes: list[str]) -> Iterator[Place]:
        """What a name with the attributes that are asked of it may mean; some of it turns out not to exist."""
        for path in self.imports.get(name, ()):
            yield from places([*path.split("."), *attributes])
        if self.module and name in self.definitions:
            yield Place(self.module, name)
        elif name not in self.imports:
            yield from (Place(module, name) for module in self.imports.get(WHOLE, ()))


@dataclass(frozen=True)
class SourceTree:
    """A package on disk, in which names are followed from module to module."""

    folder: Path  #: of the package
    package: str = PACKAGE

    def hash_of(self, path: Path, others: frozenset[str] = frozenset()) -> str:
        """12 hex digits of the code of a file, without the other plug-ins in it that are named here, and of all that it
        uses; of its bytes where that is no source code."""
        try:
            own = self.own_code(path, others)
            starts = [self.start(own.statements), *(self.start_of(file) for file in own.files[1:])]
            parts = [*self.graph(starts), *own.marks]
        except (SyntaxError, ValueError, RecursionError):
            parts = [path.read_bytes().hex()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def own_code(self, path: Path, others: frozenset[str] = frozenset()) -> OwnCode:
        """What of the user's belongs to a plug-in's file; of a file of the package, that file alone."""
        statements = without_others(read_tree(path).body, others)
        if path.resolve().is_relative_to(self.folder.resolve()):
            return OwnCode(statements, (path,))
        return OwnCode.reached(path, statements, self.package)

    def start_of(self, path: Path) -> Piece:
        """The code of a module of the user's, which counts whole; its bytes where it is no source code."""
        try:
            return self.start(read_tree(path).body)
        except (SyntaxError, ValueError):
            return Piece(path.read_bytes().hex(), ())

    def start(self, statements: list[ast.stmt]) -> Piece:
        """Statements of the user's, from which the package's code is followed."""
        return Source(ast.Module(statements, []), "", self.package).piece(statements)

    def graph(self, starts: list[Piece]) -> Iterator[str]:
        """Every piece of code that can be reached, numbered as it is met, with what its names lead to by number."""
        numbers: dict[Place, int] = {}
        waiting = list(starts)
        for piece in waiting:
            links = []
            for name, meanings in piece.uses:
                for place in (end for meaning in meanings for end in resolve(self, meaning)):
                    if place not in numbers:
                        numbers[place] = len(waiting)
                        waiting.append(piece_at(self, place))
                    links.append(f"{name} -> {numbers[place]}")
            yield f"{piece.text} [{', '.join(dict.fromkeys(links))}]"


def without_others(statements: list[ast.stmt], others: frozenset[str]) -> list[ast.stmt]:
    """The statements of a file without the definitions of other plug-ins, but for those that the rest uses."""
    if not others:
        return statements
    left_out = {s.name: s for s in statements if isinstance(s, DEFINITION) and s.name in others}
    waiting = [s for s in statements if s not in left_out.values()]
    for statement in waiting:
        used = [left_out.pop(name) for name, *_ in chains(statement) if name in left_out]
        waiting += used
    return [s for s in statements if s in waiting]


@cache
def read_module(tree: SourceTree, module: str) -> Source | None:
    """A module of a tree."""
    parts = module.split(".")
    if parts[0] != tree.package:
        return None
    base = tree.folder.joinpath(*parts[1:])
    path = next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)
    return None if path is None else Source(ast.parse(path.read_bytes()), module, tree.package)


@cache
def resolve(tree: SourceTree, start: Place) -> tuple[Place, ...]:
    """Where the code of a name stands, through all modules that only hand it on; nothing where it is not followed."""
    found: dict[Place, None] = {}
    waiting = [start]
    for place in waiting:
        source = read_module(tree, place.module)
        if source is None or place.module.split(".")[1:2] in ([room] for room in BOOKKEEPING):
            continue
        if place.name == WHOLE or place.name in source.definitions:
            if is_followed(place, source):
                found[place] = None
            continue
        paths = [*source.imports.get(place.name, ()), *(f"{m}.{place.name}" for m in source.imports.get(WHOLE, ()))]
        waiting += [end for path in paths for end in places(path.split(".")) if end not in waiting]
    return tuple(found)


def is_followed(place: Place, source: Source) -> bool:
    """Whether a definition counts: of the modules that say what a plug-in is, only constants do."""
    if place.module.rpartition(".")[2] != BASES or place.module.count(".") != 2:
        return True
    return place.name != WHOLE and not any(isinstance(s, DEFINITION) for s in source.definitions[place.name])


@cache
def piece_at(tree: SourceTree, place: Place) -> Piece:
    """The code of a place that `resolve` gave."""
    source = read_module(tree, place.module)
    assert source is not None
    return source.piece(source.tree.body if place.name == WHOLE else source.definitions[place.name])


def places(path: list[str]) -> Iterator[Place]:
    """What a dotted path may mean: a name in a module at every dot, or at its end a whole module."""
    for i in range(1, len(path)):
        yield Place(".".join(path[:i]), path[i])
    yield Place(".".join(path), WHOLE)
