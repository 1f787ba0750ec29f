"""Which modules' answers went on into others, as the graph of the backward pass knows it.

Names are written on the graph's nodes, which keeps neither answers nor nodes alive.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Key = tuple[str, str]  #: model and module
ANSWER, SEEN = "gancheck answer", "gancheck seen"  #: entries of a node's metadata


class AnswerGraph:
    """Of the models in one checked step; what was computed without a graph is not in it."""

    def __init__(self) -> None:
        self.known: set[Key] = set()  #: modules that have answered
        self.used: set[Key] = set()  #: those of whose answers something went on into another module of their model

    def add(self, key: Key, answer: object) -> None:
        """A module has answered. Every node is looked at just once, by the first module behind it: an answer that came
        to another model's module first has left its own model."""
        node = getattr(answer, "grad_fn", None)
        if node is None:
            return
        sources = (before.metadata.get(ANSWER) for before in nodes_before(node))
        self.used.update(source for source in sources if source is not None and source[0] == key[0])
        self.known.add(key)
        node.metadata[ANSWER] = key


def nodes_before(node: Any) -> Iterator[Any]:
    """All that a node was made of, as far as it has not been looked at."""
    waiting = [before for before, _ in node.next_functions]
    while waiting:
        node = waiting.pop()
        if node is not None and SEEN not in node.metadata:
            node.metadata[SEEN] = True
            waiting += [before for before, _ in node.next_functions]
            yield node
