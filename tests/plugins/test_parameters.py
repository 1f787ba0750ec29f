from __future__ import annotations

import keyword
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gancheck.errors import BadParameter, UnknownName
from gancheck.plugins import parameters

WORDS = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True).filter(lambda w: not keyword.iskeyword(w))
NAMES = st.from_regex(r"[a-z0-9][a-z0-9-]{0,12}", fullmatch=True)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
PARTS = st.lists(
    st.text("abc=.- ", max_size=6) | st.just("ema(x=1e+3)") | st.just("a(b=(1+2), c=3)"), min_size=1, max_size=4
)
LITERALS = st.recursive(st.none() | st.booleans() | NUMBERS | st.text(), lambda inner: st.lists(inner, max_size=3))


@dataclass(frozen=True)
class Knobs:
    """Something with parameters of every kind."""

    width: int
    rate: float = 0.5
    betas: tuple[float, float] = (0.5, 0.9)
    kind: Literal["round", "square"] = "round"
    names: list[str] = field(default_factory=lambda: ["a"])
    made: int = field(default=7, init=False)

    def __post_init__(self) -> None:
        if self.width < 0:
            raise ValueError(f"width = {self.width} is negative")
        if self.rate > 1:
            raise BadParameter(f"rate = {self.rate} is above 1")


def build(**values: Any) -> Knobs:
    return parameters.build(Knobs, values, "thing 'knobs'")


def test_values_are_taken_and_turned_into_the_annotated_types() -> None:
    made = build(width=3, rate=1, betas=[0, 0.9], kind="square")
    assert made == Knobs(3, 1.0, (0.0, 0.9), "square")
    assert isinstance(made.rate, float)
    assert isinstance(made.betas, tuple)


def test_an_unknown_name_gets_a_hint_and_the_list() -> None:
    with pytest.raises(UnknownName) as caught:
        build(width=3, rte=1)
    assert str(caught.value) == (
        "thing 'knobs' has no parameter 'rte'. Did you mean 'rate'? It takes width, rate, betas, kind, names"
    )
    with pytest.raises(UnknownName, match="no parameter 'made'"):  # set by the class itself
        build(width=3, made=1)


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"width": "wide"}, "thing 'knobs': width = 'wide': expected `int`, got `str`"),
        ({"width": 1.5}, "thing 'knobs': width = 1.5: expected `int`, got `float`"),
        ({"width": True}, "thing 'knobs': width = True: expected `int`, got `bool`"),
        ({"width": 1, "betas": [0.5]}, "thing 'knobs': betas = [0.5]: expected `array` of length 2, got 1"),
        ({"width": 1, "kind": "oval"}, "thing 'knobs': kind = 'oval': invalid enum value 'oval'"),
        ({"width": -1}, "thing 'knobs': width = -1 is negative"),
        ({"width": 1, "rate": 2.0}, "thing 'knobs': rate = 2.0 is above 1"),
        ({}, "thing 'knobs' needs a value for width"),
    ],
)
def test_a_refused_value_is_one_clear_line(values: dict[str, Any], line: str) -> None:
    with pytest.raises(BadParameter) as caught:
        build(**values)
    assert str(caught.value) == line


def test_parameters_and_defaults_survive_json() -> None:
    assert parameters.parameters(build(width=3)) == {
        **{"width": 3, "rate": 0.5, "betas": [0.5, 0.9], "kind": "round", "names": ["a"]},
    }
    assert parameters.defaults(Knobs) == {"rate": 0.5, "betas": [0.5, 0.9], "kind": "round", "names": ["a"]}
    assert parameters.plain({"a": ((1, 2), [3])}) == {"a": [[1, 2], [3]]}


@given(NAMES, st.dictionaries(WORDS, LITERALS, max_size=4))
def test_label_and_parse_call_are_inverses(name: str, values: dict[str, Any]) -> None:
    assert parameters.parse_call(parameters.label(name, values)) == (name, values)


@given(PARTS, st.sampled_from("+,"))
def test_signs_inside_brackets_do_not_split(parts: list[str], sign: str) -> None:
    assert parameters.split_outside_brackets(sign.join(parts), sign) == [part.strip() for part in parts]


@pytest.mark.parametrize("text", [" r1 ", "r1()", "r1( )"])
def test_brackets_and_spaces_may_be_left_out(text: str) -> None:
    assert parameters.parse_call(text) == ("r1", {})


@pytest.mark.parametrize(
    "text",
    [
        *("r1(gamma=1", "r1(gamma)", "r1(1)", "r1(gamma=x)", "r1(gamma=1)(decay=2)", "r1(gamma=1, gamma=2)"),
        *("r1(**{'gamma': 1})", "r1(gamma=1) + ema(decay=2)", "r1(gamma={[]: 1})", "r1(gamma=__import__('os'))"),
        "r1(gamma=" + "(" * 500 + ")",
    ],
)
def test_what_is_no_call_is_refused_with_the_way_to_write_it(text: str) -> None:
    with pytest.raises(BadParameter, match=r"write it as r1\(parameter=value, ...\)"):
        parameters.parse_call(text)


@settings(max_examples=200)
@given(st.text() | st.text("r1(=,)+*'[]{}:. \\\n\x00", max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        name, values = parameters.parse_call(text)
    except BadParameter:
        return
    assert "(" not in name
    assert all(isinstance(key, str) for key in values)


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("folder:photos", {"path": "photos"}),
        ("folder:/data/my photos (2024)(side=64)", {"path": "/data/my photos (2024)", "side": 64}),
        ("folder:C:/a.csv(names=['(', 'b'])", {"path": "C:/a.csv", "names": ["(", "b"]}),
        ("folder(path='a:b')", {"path": "a:b"}),
    ],
)
def test_a_path_may_stand_behind_a_colon(text: str, read: dict[str, Any]) -> None:
    assert parameters.parse_call(text) == ("folder", read)


def test_two_paths_are_refused() -> None:
    with pytest.raises(BadParameter, match="second path, 'b'"):
        parameters.parse_call("folder:a(path='b')")


def test_fields_that_name_places_are_told_from_others() -> None:
    @dataclass
    class Placed:
        path: str = field(metadata=parameters.PLACE)
        side: int = 0

    assert parameters.place_names(Placed) == ["path"]
    assert parameters.place_names(int) == []
