"""What was expected, written down and committed before any figure was computed."""

from __future__ import annotations

from typing import NamedTuple


class Expectation(NamedTuple):
    """One sentence beside the part that tries it."""

    part: str
    text: str


EXPECTATIONS = (
    Expectation("false wins", "Boards of one strategy under several names have a false win in at most 5 % of cases."),
    Expectation("gains", "The 95 % interval of a gain that is none leaves out zero in about 5 % of cases."),
    Expectation(
        "coverage", "The t interval holds the truth in 93 % or more at 5 seeds; the bootstrap's are too short."
    ),
    Expectation("power", "On a board of twelve, 5 seeds see 20 points, 10 points need more than 10, 5 points over 50."),
    Expectation("stability", "Boards of disjoint seeds agree to a Kendall tau of 0.9 at 10 seeds, less at 5."),
    Expectation(
        "definitions", "Other rules of holding a mode leave the order alike (tau over 0.8); FID and quality do not."
    ),
    Expectation("budget", "A quarter of the training gives another order than the whole (tau under 0.9)."),
)
