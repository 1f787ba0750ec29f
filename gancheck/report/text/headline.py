"""What was found, in a few words, and the modes that it concerns."""

from __future__ import annotations

import polars as pl

from gancheck.scoring.scores import Scores, Verdict

WORDS: dict[Verdict, str] = {
    "healthy": "no collapse found",
    "collapsed": "the samples have collapsed",
    "dropped-modes": "modes are missing",
    "imbalanced": "modes are out of balance",
    "shrunken-modes": "modes are narrower than real ones",
    "low-fidelity": "samples lie off the data",
    "mislabelled": "samples do not look like their classes",
    "memorised": "samples copy training data",
    "undecided": "too little data to decide",
}
LOST = ("dropped", "thin")


def headline(scores: Scores) -> str:
    """`3 of 8 modes are missing`, or the verdict in words where none is."""
    return count_modes(scores.per_mode, "dropped", "missing") or WORDS[scores.verdict]


def count_modes(modes: pl.DataFrame, status: str, word: str = "") -> str:
    """`1 of 8 modes is missing`; empty where no mode has that status."""
    count = number_of(modes, status)
    return f"{count:,} of {len(modes):,} modes {'is' if count == 1 else 'are'} {word or status}" if count else ""


def number_of(modes: pl.DataFrame, status: str) -> int:
    """How many modes have that status."""
    return int((modes["status"] == status).sum()) if len(modes) else 0


def lost(modes: pl.DataFrame) -> pl.DataFrame:
    """The dropped modes, then the thin ones; in both, those first that lost the most real mass."""
    if modes.is_empty():
        return modes
    rank, gap = pl.col("status") != "dropped", pl.col("real_share") - pl.col("share").fill_null(0)
    return modes.filter(pl.col("status").is_in(LOST)).sort(rank, -gap, "mode")
