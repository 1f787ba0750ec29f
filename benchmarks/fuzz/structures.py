"""Files that are well-formed and make no sense: a valid one taken apart, some of its values changed, put together."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

Way = tuple[Any, ...]


@dataclass(frozen=True)
class Form:
    """How a file becomes nested dicts, lists and plain values, and such a tree a file."""

    parse: Callable[[bytes], Any]
    dump: Callable[[Any], bytes]  #: may raise where a tree cannot be written, which is then no case


def deep(kind: type) -> Any:
    """Brackets in brackets."""
    made: Any = kind()
    for _ in range(900):
        made = [made] if kind is list else {"a": made}
    return made


NUMBERS = (0, -1, 1, 2**31, 2**63, -(2**63), 10**12, 10**30, 0.5, -0.0, 1e308, 5e-324)
NO_NUMBERS = (float("nan"), float("inf"), -float("inf"))
TEXTS = (
    *("", " ", "\0", "nan", "1e400", "-1", "../../outside", "/etc/passwd", "a/../../../outside.png", "C:\\outside"),
    *(
        "=cmd()",
        "<script>alert(1)</script>",
        "\x1b[2J",
        "line\nline",
        "\u202e",
        "\ud800",
        "é",
        "[" * 3000,
        "x" * 70_000,
    ),
)
ODD = st.one_of(
    st.sampled_from((None, True, False, [], {}, [[]], [None], {"": None})),
    st.sampled_from(NUMBERS),
    st.sampled_from(NO_NUMBERS),
    st.sampled_from(TEXTS),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from((list, dict)).map(deep),
)


@st.composite
def hostile_trees(draw: st.DrawFn, tree: Any) -> Any:
    """A tree with one to three of its values replaced, removed, doubled or under another name."""
    made = copy.deepcopy(tree)
    for _ in range(draw(st.integers(1, 3))):
        ways = list(ways_in(made))
        if not ways:
            return draw(ODD)
        made = change(draw, made, draw(st.sampled_from(ways)))
    return made


def ways_in(tree: Any, above: Way = ()) -> Iterator[Way]:
    """The ways to all values, groups among them, of the first levels."""
    items = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    for key, value in items:
        yield (*above, key)
        if len(above) < 8:
            yield from ways_in(value, (*above, key))


def change(draw: st.DrawFn, tree: Any, way: Way) -> Any:
    """One change at the end of a way."""
    place = tree
    for key in way[:-1]:
        place = place[key]
    what, key = draw(st.sampled_from(("replace", "replace", "replace", "remove", "double", "rename"))), way[-1]
    if what == "replace":
        place[key] = draw(ODD)
    elif what == "remove":
        del place[key]
    elif what == "double" and isinstance(place, list):
        place.insert(key, copy.deepcopy(place[key]))
    elif isinstance(place, dict):
        place[draw(st.sampled_from(TEXTS))] = place.pop(key) if what == "rename" else place[key]
    return tree


def hostile_files(form: Form, valid: bytes, count: int, number: int) -> list[bytes]:
    """Well-formed files, so many or a few less; the same for the same number."""
    found: list[bytes] = []
    checks = list(HealthCheck)

    @seed(number)
    @settings(max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=checks)
    @given(hostile_trees(form.parse(valid)))
    def collect(tree: Any) -> None:
        data = dump_or_none(form, tree)
        if data is not None:
            found.append(data)

    if count:
        collect()
    return found[:count]


def dump_or_none(form: Form, tree: Any) -> bytes | None:
    """The file; None where a tree has no such form."""
    try:
        return form.dump(tree)
    except Exception:  # whatever a library says to a tree that it cannot write
        return None
