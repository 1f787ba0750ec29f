"""What an object of dataclass fields remembers, as plain values and back."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints


def remembered(thing: Any) -> Any:
    """Numbers, strings, lists and dictionaries, of a dataclass's fields (parameters too)."""
    if is_dataclass(thing) and not isinstance(thing, type):
        return {
            field.name: remembered(getattr(thing, field.name)) for field in fields(thing) if hasattr(thing, field.name)
        }
    if isinstance(thing, Mapping):
        return {key: remembered(value) for key, value in thing.items()}
    if isinstance(thing, list | tuple | deque):
        return [remembered(value) for value in thing]
    return thing


def parameters_of(thing: Any) -> dict[str, Any]:
    """The plain values of those fields of a dataclass with which it is made."""
    return {field.name: remembered(getattr(thing, field.name)) for field in fields(thing) if field.init}


def restore_memory(thing: Any, values: Mapping[str, Any]) -> None:
    """Write back what a detector remembers, but none of its parameters."""
    parameters = parameters_of(thing)
    restore(thing, {name: value for name, value in values.items() if name not in parameters})


def restore(thing: Any, values: Mapping[str, Any]) -> None:
    """Write back into the fields of an object of the same kind what `remembered` gave; `values` stay as they are."""
    kinds = kinds_of(type(thing))
    for field in fields(thing):
        if field.name in values:
            now = getattr(thing, field.name, None)
            object.__setattr__(thing, field.name, restored(now, values[field.name], kinds.get(field.name, Any)))


def restored(now: Any, value: Any, kind: Any = Any) -> Any:
    """A value in the form that the field has now; an entry that is not there yet has the form of its annotation."""
    if is_dataclass(now) and isinstance(value, Mapping):
        restore(now, value)
        return now
    if isinstance(value, Mapping):
        if made := dataclass_of(kind):
            return made_of(made, value)
        return {key: restored(None, each, last_argument(kind)) for key, each in value.items()}
    if isinstance(value, list | tuple):
        entries = [restored(None, each, last_argument(kind)) for each in value]
        return (
            deque(entries, now.maxlen)
            if isinstance(now, deque)
            else tuple(entries)
            if isinstance(now, tuple)
            else entries
        )
    return value


def made_of(kind: type, values: Mapping[str, Any]) -> Any:
    """A new object of a dataclass with these values in its fields."""
    kinds = kinds_of(kind)
    given = {f.name: restored(None, values[f.name], kinds.get(f.name, Any)) for f in parameters_in(kind, values)}
    made = kind(**given)
    restore(made, values)
    return made


def parameters_in(kind: Any, values: Mapping[str, Any]) -> list[Any]:
    """The fields with which an object is made, as far as there are values for them."""
    return [field for field in fields(kind) if field.init and field.name in values]


def kinds_of(kind: type) -> dict[str, Any]:
    """The annotations of a class; none where one cannot be resolved."""
    try:
        return get_type_hints(kind)
    except (NameError, TypeError):
        return {}


def dataclass_of(kind: Any) -> type | None:
    """The dataclass that an annotation names, also as `X | None`."""
    choices = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    return next((choice for choice in choices if isinstance(choice, type) and is_dataclass(choice)), None)


def last_argument(kind: Any) -> Any:
    """What a list or a dictionary of this annotation holds."""
    found = get_args(kind)
    return found[0] if found and found[-1] is Ellipsis else found[-1] if found else Any
