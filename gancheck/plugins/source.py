"""What a plug-in computes, as a hash: the code of its file, and of every definition of gancheck that this code uses.

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

PACKAGE = "gancheck"

#: Fields of the syntax tree that say nothing about what is computed, or that only some versions of Python have.
IGNORED = ("ctx", "kind", "returns", "type_comment", "type_ignores", "type_params")
WHOLE = "*"  #: instead of a name: everything that a module defines
BASES = "base"  #: module of a kind's folder that says what a plug-in is; of it only constants are followed
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
        statements = [s for s in statements if not is_docstring(s)]
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

    def hash_of(self, path: Path) -> str:
        """12 hex digits of the code of a file and of all that it uses; of its bytes where that is no source code."""
        content = path.read_bytes()
        try:
            source = Source(ast.parse(content), "", self.package)
            parts = list(self.graph(source.piece(source.tree.body)))
        except (SyntaxError, ValueError, RecursionError):
            parts = [content.hex()]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]

    def graph(self, start: Piece) -> Iterator[str]:
        """Every piece of code that can be reached, numbered as it is met, with what its names lead to by number."""
        numbers: dict[Place, int] = {}
        waiting = [start]
        for piece in waiting:
            links = []
            for name, meanings in piece.uses:
                for place in (end for meaning in meanings for end in resolve(self, meaning)):
                    if place not in numbers:
                        numbers[place] = len(waiting)
                        waiting.append(piece_at(self, place))
                    links.append(f"{name} -> {numbers[place]}")
            yield f"{piece.text} [{', '.join(dict.fromkeys(links))}]"


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
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return place.name != WHOLE and not any(isinstance(s, kinds) for s in source.definitions[place.name])


@cache
def piece_at(tree: SourceTree, place: Place) -> Piece:
    """The code of a place that `resolve` gave."""
    source = read_module(tree, place.module)
    assert source is not None
    return source.piece(source.tree.body if place.name == WHOLE else source.definitions[place.name])


def imports_in(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """The local names that a node imports from the package, each with its dotted path."""
    if isinstance(node, ast.ImportFrom) and ours(node.module, package):
        yield from (
            (a.asname or a.name, str(node.module) if a.name == WHOLE else f"{node.module}.{a.name}") for a in node.names
        )
    elif isinstance(node, ast.Import):
        for a in (a for a in node.names if ours(a.name, package)):
            yield (a.asname, a.name) if a.asname else (package, package)


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


def names_defined(statement: ast.stmt) -> Iterator[str]:
    """The names that a statement at the top of a module gives a meaning to, or changes, in any of its branches."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.Expr):
        targets = statement.targets if isinstance(statement, ast.Assign) else [statement]
        yield from (n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name) and n.id)
    else:
        for child in ast.iter_child_nodes(statement):
            if isinstance(child, ast.stmt):
                yield from names_defined(child)
            elif isinstance(child, ast.ExceptHandler):
                yield from (name for inner in child.body for name in names_defined(inner))


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all below it that count, in the order of the code."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        yield part
        children = (child for _, value in fields(part) for child in (value if isinstance(value, list) else [value]))
        waiting += reversed([child for child in children if isinstance(child, ast.AST)])


def fields(node: ast.AST) -> Iterator[tuple[str, object]]:
    """A node's fields that count: no annotations of functions, no docstrings, nothing raised or for checkers only."""
    if isinstance(node, ast.Raise):
        return
    for name, value in ast.iter_fields(node):
        unseen = (name == "annotation" and isinstance(node, ast.arg)) or (name == "body" and is_for_checkers(node))
        if name in IGNORED or unseen or value is None or value == []:
            continue
        yield name, [v for v in value if not is_docstring(v)] if isinstance(value, list) else value


def is_for_checkers(node: ast.AST) -> bool:
    """Whether the body of a statement is seen by type checkers only."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_docstring(node: object) -> bool:
    """Whether a statement is a text and nothing else."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def canonical(node: object, package: str) -> str:
    """The code as text, the same in every version of Python; where gancheck's modules stand is left out."""
    out: list[str] = []
    waiting: list[object] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Mark):
            out.append(part.text)
        elif isinstance(part, list):
            waiting += [Mark("]"), *reversed(part), Mark("[")]
        elif not isinstance(part, ast.AST):
            out.append(repr(part))
        elif isinstance(part, ast.Import | ast.ImportFrom) and any(imports_in(part, package)):
            out.append(f"Import({','.join(sorted(name for name, _ in imports_in(part, package)))})")
        else:
            inside = [item for name, value in fields(part) for item in (Mark(f" {name}="), value)]
            waiting += [Mark(")"), *reversed(inside), Mark(f"{type(part).__name__}(")]
    return "".join(out)


class Mark(NamedTuple):
    """A piece of text between nodes."""

    text: str
