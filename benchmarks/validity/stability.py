"""Stability: are boards of disjoint seeds alike?"""

from __future__ import annotations

import numpy as np
from scipy.stats import kendalltau

from benchmarks.validity.runs import Scores, board_means, choose_seeds, stored_seeds
from gancheck.statistics.ranking import rank
from gancheck.system.tables import Row

SEEDS = (1, 2, 3, 5, 7, 10)
AIM = 0.9  #: of tau, at 10 seeds
SPLITS = 500
TESTED = 50  #: splits on which both boards are tested, which takes longer
TESTED_SEEDS = 5


def stability(scores: Scores, generator: np.random.Generator) -> list[Row]:
    """A row for every number of seeds of which two disjoint boards can be made: Kendall's tau between the two orders by
    modes held, over random splits (its mean, and the tenth and ninetieth in a hundred)."""
    total = stored_seeds(scores)
    rows = []
    for seeds in (seeds for seeds in SEEDS if 2 * seeds <= total):
        taus = [agreement(*split(scores, seeds, generator)) for _ in range(SPLITS)]
        low, high = np.quantile(taus, [0.1, 0.9])
        rows.append({"seeds": seeds, "tau": float(np.mean(taus)), "tau_low": float(low), "tau_high": float(high)})
    return rows


def split(scores: Scores, seeds: int, generator: np.random.Generator) -> tuple[Scores, Scores]:
    """Two boards of so many seeds, none in common."""
    places = generator.permutation(stored_seeds(scores))[: 2 * seeds]
    return choose_seeds(scores, places[:seeds]), choose_seeds(scores, places[seeds:])


def agreement(first: Scores, second: Scores) -> float:
    """Kendall's tau-b between two orders of the same recipes."""
    one, other = board_means(first), board_means(second)
    return float(kendalltau([one[recipe] for recipe in one], [other[recipe] for recipe in one]).statistic)


def contradictions(scores: Scores, generator: np.random.Generator) -> Row:
    """Pairs that two boards of 5 disjoint seeds tell apart: in how many they agree, and in how many they contradict."""
    if stored_seeds(scores) < 2 * TESTED_SEEDS:
        return {"splits": 0, "seeds": TESTED_SEEDS, "told_apart_by_one": 0, "by_both": 0, "contradicting": 0}
    by_one = by_both = against = 0
    for _ in range(TESTED):
        first, second = (rank(side, generator).significant for side in split(scores, TESTED_SEEDS, generator))
        by_one += int((first | second | first.T | second.T).sum()) // 2
        by_both += int((first & second).sum())
        against += int((first & second.T).sum())
    counts = {"told_apart_by_one": by_one, "by_both": by_both, "contradicting": against}
    return {"splits": TESTED, "seeds": TESTED_SEEDS, **counts}
