"""Python's syntax as far as it counts: walked and written out without words, layout and what checkers see."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

#: Fields of the syntax tree that say nothing about what is computed, or that only some versions of Python have.
IGNORED = ("ctx", "kind", "returns", "type_comment", "type_ignores", "type_params")
REMARKS = ("paper", "search")  #: arguments of decorators that decide no number
SPACES = ".strategies.search_space"  #: module in whose words `search` is written
WHOLE = "*"  #: instead of a name: everything that a module defines


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


def imports_in(node: ast.AST, package: str) -> Iterator[tuple[str, str]]:
    """The local names that a node imports from the package, each with its dotted path."""
    if isinstance(node, ast.ImportFrom) and ours(node.module, package):
        yield from (
            (a.asname or a.name, str(node.module) if a.name == WHOLE else f"{node.module}.{a.name}") for a in node.names
        )
    elif isinstance(node, ast.Import):
        for a in (a for a in node.names if ours(a.name, package)):
            yield (a.asname, a.name) if a.asname else (package, package)


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
        if name == "decorator_list":
            value = [without_remarks(decorator) for decorator in value]
        yield name, [v for v in value if not is_remark(v)] if isinstance(value, list) else value


def without_remarks(decorator: ast.expr) -> ast.expr:
    """A decorator without what it only says: the paper, and where tuning may look for parameters."""
    if not isinstance(decorator, ast.Call):
        return decorator
    return ast.Call(decorator.func, decorator.args, [k for k in decorator.keywords if k.arg not in REMARKS])


def is_for_checkers(node: ast.AST) -> bool:
    """Whether the body of a statement is seen by type checkers only."""
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def is_remark(node: object) -> bool:
    """Whether a statement computes nothing: a text and nothing else, or an import of what remarks are written in."""
    if isinstance(node, ast.ImportFrom):
        return (node.module or "").endswith(SPACES)
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
