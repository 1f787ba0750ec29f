"""A few thousand characters of plain sentences, made by a small grammar."""

from __future__ import annotations

import random

WHO = ("the miller", "a tired sailor", "our neighbour", "the old teacher", "a young baker", "the gardener", "my aunt")
DOES = ("carries", "sells", "finds", "counts", "washes", "borrows", "paints", "forgets", "hides", "mends")
WHAT = (
    "a basket of apples",
    "the blue boat",
    "two letters",
    "a wooden chair",
    "the kettle",
    "some warm bread",
    "a map",
)
WHERE = ("near the river", "behind the school", "in the market", "under the bridge", "by the window", "on the hill")
WHEN = ("in the morning", "before supper", "every winter", "after the rain", "on sundays", "at last")


def sentences(seed: int, characters: int) -> str:
    """Text of that length."""
    choose, text = random.Random(seed), ""
    while len(text) < characters:
        text += " ".join(choose.choice(words) for words in (WHO, DOES, WHAT, WHERE, WHEN)) + ". "
    return text[:characters]
