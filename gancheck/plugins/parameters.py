"""Parameters of plug-ins: dataclass fields, set from TOML or from `name(key=value)`, checked by name and type."""

from __future__ import annotations

import ast
import dataclasses
import re
import typing
from collections.abc import Callable, Mapping
from functools import lru_cache, partial
from typing import Any, TypeVar

import msgspec

from gancheck.errors import BadParameter, GancheckError, UnknownName, did_you_mean

T = TypeVar("T")

#: Metadata of a field that names a file or a folder: relative ones are looked for beside the suite, and what they hold
#: (`Dataset.content`), not where they are, is part of a run's id.
PLACE = {"place": True}
PLACED = re.compile(r"\s*([a-z0-9][a-z0-9-]*):(.+?)(\((?:\s*\w+\s*=.*)?\))?\s*", re.DOTALL)


def build(cls: type[T], values: Mapping[str, Any], what: str) -> T:
    """Make `cls(**values)`; unknown names, wrong types and refused values are one line that starts with `what`."""
    fields = {f.name: f for f in dataclasses.fields(cls) if f.init}  # type: ignore[arg-type]
    refuse_unknown(values, fields, what)
    missing = [n for n, f in fields.items() if is_required(f) and n not in values]
    if missing:
        raise BadParameter(f"{what} needs a value for {', '.join(missing)}")
    types = types_of(cls)  # type: ignore[arg-type]
    checked = {name: convert(value, types[name], f"{what}: {name}") for name, value in values.items()}
    try:
        return cls(**checked)
    except (ValueError, TypeError) as error:
        raise BadParameter(f"{what}: {error}") from error
    except GancheckError as error:
        raise error if str(error).startswith(what) else type(error)(f"{what}: {error}") from error


def bind(function: Callable[..., Any], defaults: Mapping[str, Any], values: Mapping[str, Any], what: str) -> Any:
    """`function` with some of its parameters set, checked by name and type as `build` does."""
    refuse_unknown(values, defaults, what)
    types = hints_of(function)
    checked = {name: convert(value, types.get(name, Any), f"{what}: {name}") for name, value in values.items()}
    return partial(function, **checked) if checked else function


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The types of a function's arguments; none where one is imported for type checkers only."""
    try:
        return types_of(function)
    except NameError:
        return {}


@lru_cache(maxsize=1024)
def types_of(thing: Any) -> dict[str, Any]:
    """The annotations of a class or function; they are texts, and reading them takes longer than all other checks."""
    return typing.get_type_hints(thing)


def refuse_unknown(values: Mapping[str, Any], known: Mapping[str, Any], what: str) -> None:
    """UnknownName for a parameter that does not exist."""
    for name in values:
        if name not in known:
            takes = ", ".join(known) or "no parameters"
            raise UnknownName(f"{what} has no parameter '{name}'.{did_you_mean(name, known)} It takes {takes}")


def is_required(field: dataclasses.Field[Any]) -> bool:
    """Whether a field has no default."""
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def convert(value: Any, kind: Any, what: str) -> Any:
    """`value` as the annotated type (int to float, list to tuple), or BadParameter."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise BadParameter(f"{what} = {value!r}: {str(error)[:1].lower()}{str(error)[1:]}") from error
    except TypeError:  # an annotation msgspec does not know, such as a callable: the plug-in checks it itself
        return value


def positive(value: int, what: str) -> int:
    """A count that somebody gave: at least 1, or BadParameter."""
    if value < 1:
        raise BadParameter(f"{what} = {value}: needs at least 1")
    return value


def parameters(thing: Any) -> dict[str, Any]:
    """All parameters of a plug-in object as JSON-able values."""
    return {f.name: plain(getattr(thing, f.name)) for f in dataclasses.fields(thing) if f.init}


def place_names(cls: type) -> list[str]:
    """The fields that name files or folders."""
    return [f.name for f in getattr(cls, "__dataclass_fields__", {}).values() if f.metadata.get("place")]


def plain(value: Any) -> Any:
    """Tuples as lists, so that a value equals itself after a trip through JSON."""
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """Read `name`, `name(key=value, ...)` or `name:path`, perhaps with brackets too; values are Python literals."""
    if placed := PLACED.fullmatch(text):
        return parse_placed(*placed.groups(default=""))
    name, bracket, rest = text.strip().partition("(")
    if not bracket:
        return name.strip(), {}
    try:
        call = ast.parse(f"_({rest}", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError(text)
        values = {k.arg: ast.literal_eval(k.value) for k in call.keywords if k.arg}
        if len(values) < len(call.keywords):  # a name twice, or `**`
            raise ValueError(text)
    except (SyntaxError, ValueError, TypeError, RecursionError, MemoryError) as error:
        raise BadParameter(f"cannot read '{text}'; write it as {name.strip()}(parameter=value, ...)") from error
    return name.strip(), values


def parse_placed(name: str, path: str, rest: str) -> tuple[str, dict[str, Any]]:
    """Read `name:path(key=value, ...)`: the parameter `path` stands behind the colon."""
    values = parse_call(name + rest)[1]
    if "path" in values:
        raise BadParameter(f"{name}:{path} has a second path, {values['path']!r}; leave one out")
    return name, {"path": path, **values}


def split_outside_brackets(text: str, sign: str) -> list[str]:
    """Parts between the signs that are not inside brackets, stripped; `1e+3` may stand in a parameter."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == sign and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def split_names(text: str) -> list[str]:
    """The names in a text with commas between them, each perhaps with parameters in brackets."""
    return [name for name in split_outside_brackets(text, ",") if name]


def label(name: str, values: Mapping[str, Any]) -> str:
    """The inverse of `parse_call`."""
    inside = ", ".join(f"{k}={v!r}" for k, v in values.items())
    return f"{name}({inside})" if inside else name


def defaults(cls: type) -> dict[str, Any]:
    """The fields' default values, as JSON-able values."""
    made = {}
    for f in (f for f in dataclasses.fields(cls) if f.init):
        if f.default is not dataclasses.MISSING:
            made[f.name] = plain(f.default)
        elif f.default_factory is not dataclasses.MISSING:
            made[f.name] = plain(f.default_factory())
    return made
