"""Names of recipes where there is little room: a tuned recipe's parameters are longer than a picture is wide."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, count

Names = Mapping[str, str]  #: of recipes, as a picture has room for them
ROOM = 36  #: letters
LEFT_OUT = "(\N{HORIZONTAL ELLIPSIS})"
PARAMETERS = re.compile(r"\((?!\N{HORIZONTAL ELLIPSIS}\))[^()]*\)")


def fit_labels(names: Iterable[str], room: int = ROOM) -> dict[str, str]:
    """A label of at most `room` letters for every name, each another one. Names that fit stay as they are; of others
    parameters are left out, the last ones first, and then the middle. Tables have the whole names."""
    known = list(dict.fromkeys(names))
    labels = {name: name for name in known if len(name) <= room}
    seen = Counter(fit(name, room) for name in known)
    for place, name in enumerate(known, start=1):
        if len(name) > room:
            tried = chain([fit(name, room)] * (seen[fit(name, room)] == 1), number_labels(name, place, room))
            labels[name] = next(label for label in tried if label not in labels.values())
    return {name: labels[name] for name in known}


def number_labels(name: str, place: int, room: int) -> Iterator[str]:
    """Labels with a recipe's place among all of them, or a number that is free."""
    for number in count(place):
        mark = f" [{number}]"
        yield fit(name, room - len(mark)) + mark


def fit(name: str, room: int) -> str:
    """`r1(…)+learning-rates(…)` for a name of more letters than there is room for."""
    while len(name) > room and (found := list(PARAMETERS.finditer(name))):
        start, end = found[-1].span()
        name = name[:start] + LEFT_OUT + name[end:]
    return name if len(name) <= room else cut_middle(name, room)


def cut_middle(name: str, room: int) -> str:
    """The start and the end of a name."""
    kept = room - 1
    return f"{name[: kept - kept // 2]}\N{HORIZONTAL ELLIPSIS}{name[len(name) - kept // 2 :]}"
