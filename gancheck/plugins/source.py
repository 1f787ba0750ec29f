"""What a plug-in computes, as a hash: the code of its file, and of every definition of gancheck that this code uses.

Comments, docstrings, annotations of functions and the places of gancheck's modules do not count, so correcting a typo
or moving a helper trains nothing again, and changing a helper does. What a hook is handed (a game, a view) is not
followed: that is the engine's and the evaluation's side, which have versions of their own.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

PACKAGE = "gancheck"

#: Fields of the syntax tree that say nothing about what is computed, or that only some versions of Python have.
IGNORED = ("ctx", "kind", "returns", "type_comment", "type_ignores", "type_params")
WHOLE = "*"  #: instead of a name: everything that a module defines


class Place(NamedTuple):
    """A name in a module."""

    module: str
    name: str


@dataclass(frozen=True)
class Source:
    """The syntax tree of one file, and what its names stand for."""

    tree: ast.Module
    module: str = ""  #: empty for a file that is not gancheck's
    package: str = PACKAGE

    @cached_property
    def imports(self) -> dict[str, str]:
        """Local name -> the dotted path of what it was imported from."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and ours(node.module, self.package):
                found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
            elif isinstance(node, ast.Import):
                found |= {a.asname or self.package: a.name if a.asname else self.package for a in node.names}
        return {name: path for name, path in found.items() if ours(path, self.package)}

    @cached_property
    def starred(self) -> list[str]:
        """Modules of which everything is imported."""
        nodes = (node for node in ast.walk(self.tree) if isinstance(node, ast.ImportFrom))
        return [n.module for n in nodes if n.module and ours(n.module, self.package) and n.names[0].name == "*"]

    @cached_property
    def definitions(self) -> dict[str, list[ast.stmt]]:
        """Name -> the statements at the top of the module that define it."""
        found: dict[str, list[ast.stmt]] = {}
        for statement in self.tree.body:
            for name in names_defined(statement):
                found.setdefault(name, []).append(statement)
        return found

    def used(self, node: ast.AST) -> Iterator[Place]:
        """The names of gancheck that a piece of this file's code refers to, and some that turn out not to exist."""
        for name, *attributes in chains(node):
            if name in self.imports:
                yield from places([*self.imports[name].split("."), *attributes])
            elif self.module and name in self.definitions:
                yield Place(self.module, name)
            else:
                yield from (Place(module, name) for module in self.starred)


@dataclass(frozen=True)
class SourceTree:
    """A package on disk, in which names are followed from module to module."""

    folder: Path  #: of the package
    package: str = PACKAGE

    def hash_of(self, path: Path) -> str:
        """12 hex digits of the code of a file and of all that it uses."""
        source = Source(ast.parse(path.read_bytes()), "", self.package)
        parts = {name: text for place in source.used(source.tree) for name, text in self.followed(place)}
        own = canonical(source.tree, self.package)
        return hashlib.sha256("\n".join([own, *(parts[name] for name in sorted(parts))]).encode()).hexdigest()[:12]

    def followed(self, start: Place) -> list[tuple[str, str]]:
        """The code behind a name and behind all names that it uses in turn, each with a name to sort by."""
        seen: dict[Place, str] = {}
        waiting = [start]
        while waiting:
            place = waiting.pop()
            if place not in seen:
                seen[place], further = definition(self, place)
                waiting += further
        return [(f"{place.name} {text}", text) for place, text in seen.items() if text]

    def elsewhere(self, place: Place, source: Source) -> list[Place]:
        """Where a name is defined that a module only hands on: another module, or a module of that name."""
        if place.name in source.definitions:
            return []
        if place.name in source.imports:
            return list(places(source.imports[place.name].split(".")))
        return [Place(module, place.name) for module in source.starred]

    def __hash__(self) -> int:
        return hash((self.folder, self.package))


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
def definition(tree: SourceTree, place: Place) -> tuple[str, tuple[Place, ...]]:
    """The code of one name, and the names that it refers to; no code where the name is not defined there."""
    source = read_module(tree, place.module)
    if source is None:
        return "", ()
    statements = source.tree.body if place.name == WHOLE else source.definitions.get(place.name, [])
    used = (used for statement in statements for used in source.used(statement))
    code = "\n".join(canonical(statement, tree.package) for statement in statements)
    return code, tuple(dict.fromkeys((*used, *tree.elsewhere(place, source))))


def chains(node: ast.AST) -> Iterator[list[str]]:
    """The names in a piece of code, each with the attributes that are asked of it: `a.b.c` is [a, b, c]."""
    inner: set[int] = set()
    for part in walk(node):
        attributes, end = list[str](), part
        while isinstance(end, ast.Attribute):
            attributes, end = [end.attr, *attributes], end.value
            inner.add(id(end))
        if isinstance(end, ast.Name) and id(part) not in inner:
            yield [end.id, *attributes]


def places(path: list[str]) -> Iterator[Place]:
    """What a dotted path may mean: a name in a module at every dot, or at its end a whole module."""
    for i in range(1, len(path)):
        yield Place(".".join(path[:i]), path[i])
    yield Place(".".join(path), WHOLE)


def ours(module: str | None, package: str) -> bool:
    """Whether a module belongs to the package."""
    return module is not None and module.partition(".")[0] == package


def names_defined(statement: ast.stmt) -> list[str]:
    """The names that a statement at the top of a module gives a meaning to."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
        return [n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)]
    return []


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that count."""
    yield node
    for _, value in fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from walk(child)


def fields(node: ast.AST) -> Iterator[tuple[str, object]]:
    """A node's fields that count: no annotations of functions, no docstrings, nothing for type checkers only."""
    for name, value in ast.iter_fields(node):
        annotated = name == "annotation" and isinstance(node, ast.arg)
        if name in IGNORED or annotated or value is None or value == []:
            continue
        yield name, [v for v in value if not is_silent(v)] if isinstance(value, list) else value


def is_silent(node: object) -> bool:
    """Whether a statement does nothing: a docstring, or imports that only type checkers see."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def canonical(node: object, package: str) -> str:
    """The code as text, the same in every version of Python; where gancheck's modules stand is left out."""
    if isinstance(node, list):
        return f"[{','.join(canonical(n, package) for n in node)}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    if isinstance(node, ast.ImportFrom) and ours(node.module, package):
        return f"ImportFrom({','.join(sorted(f'{a.name} {a.asname}' for a in node.names))})"
    inside = (f"{name}={canonical(value, package)}" for name, value in fields(node))
    return f"{type(node).__name__}({','.join(inside)})"
