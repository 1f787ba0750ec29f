"""Parameters of plug-ins: dataclass fields, set from TOML or from `name(key=value)`, checked by name and type."""

from __future__ import annotations

import ast
import dataclasses
import typing
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from gancheck.errors import BadParameter, GancheckError, UnknownName, did_you_mean

T = TypeVar("T")


def build(cls: type[T], values: Mapping[str, Any], what: str) -> T:
    """Make `cls(**values)`; unknown names, wrong types and refused values are one line that starts with `what`."""
    fields = {f.name: f for f in dataclasses.fields(cls) if f.init}  # type: ignore[arg-type]
    for name in values:
        if name not in fields:
            takes = ", ".join(fields) or "no parameters"
            raise UnknownName(f"{what} has no parameter '{name}'.{did_you_mean(name, fields)} It takes {takes}")
    missing = [n for n, f in fields.items() if required(f) and n not in values]
    if missing:
        raise BadParameter(f"{what} needs a value for {', '.join(missing)}")
    types = typing.get_type_hints(cls)
    checked = {name: convert(value, types[name], f"{what}: {name}") for name, value in values.items()}
    try:
        return cls(**checked)
    except (ValueError, TypeError) as error:
        raise BadParameter(f"{what}: {error}") from error
    except GancheckError as error:
        raise error if str(error).startswith(what) else type(error)(f"{what}: {error}") from error


def required(field: dataclasses.Field[Any]) -> bool:
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


def parameters(thing: Any) -> dict[str, Any]:
    """All parameters of a plug-in object as JSON-able values."""
    return {f.name: plain(getattr(thing, f.name)) for f in dataclasses.fields(thing) if f.init}


def plain(value: Any) -> Any:
    """Tuples as lists, so that a value equals itself after a trip through JSON."""
    if isinstance(value, tuple | list):
        return [plain(v) for v in value]
    return {k: plain(v) for k, v in value.items()} if isinstance(value, dict) else value


def parse_call(text: str) -> tuple[str, dict[str, Any]]:
    """Read `name` or `name(key=value, ...)`; values are Python literals."""
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
