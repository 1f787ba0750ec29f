"""Power: how many seeds see a difference of 5, 10 and 20 points."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from benchmarks.validity.runs import Scores, board_means, choose_seeds, stored_seeds
from gancheck.statistics.intervals import Array
from gancheck.statistics.paired_tests import sign_flip
from gancheck.statistics.ranking import LEVEL, MIN_PAIRS, rank
from gancheck.statistics.resolution import POWER, board_resolution, paired_differences
from gancheck.system.tables import Row

DIFFERENCES = (0.05, 0.10, 0.20)
RECIPES = (2, 12)  #: on a board: Holm's first level is 5 % over k (k - 1)
SEEDS = (4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 70, 100, 150, 200)
DRAWS = 100  #: for every pair of recipes
BINS = (0.025, 0.075, 0.15, 0.3, 1.01)  #: of measured differences between recipes
BOARDS = 200


def power(scores: Scores, generator: np.random.Generator) -> list[Row]:
    """A row for every difference, size of board and number of seeds: the share of draws in which the test sees it.

    Measured differences of every pair of recipes are centred on each task, widened by sqrt(S / (S - 1)) for
    the centring and shifted by the difference; seeds are drawn from them with replacement, each task for itself.
    The test is the sign-flip test in its t form (`sees`), as the exact one takes minutes beyond 40 pairs.
    """
    noise = [list(map(centre, pair)) for pair in paired_differences(scores)]
    rows = []
    for seeds in SEEDS:
        drawn = np.stack([draw(pair, seeds, generator) for pair in noise])  # (pairs of recipes, draws, tasks * seeds)
        for recipes in RECIPES:
            level = LEVEL / (recipes * (recipes - 1))
            for difference in DIFFERENCES:
                share = float(sees(drawn + difference, level).mean())
                rows.append({"difference": difference, "recipes": recipes, "seeds": seeds, "power": share})
    return rows


def centre(differences: Array) -> Array:
    """Without their mean, and as wide as seeds that were not centred."""
    size = len(differences)
    centred: Array = (differences - differences.mean()) * np.sqrt(size / (size - 1))
    return centred


def draw(noise: list[Array], seeds: int, generator: np.random.Generator) -> Array:
    """(draws, tasks * seeds) of the noise of one pair of recipes."""
    return np.concatenate([generator.choice(task, (DRAWS, seeds)) for task in noise], axis=1)


def sees(differences: Array, level: float) -> NDArray[np.bool_]:
    """(...,) whether the test rejects, of (..., n) paired differences of equal weight.

    The sum over its flipped signs' standard deviation grows with Student's t of the differences, and is held against
    the quantile that belongs to t's: Fisher's approximation of the exact test.
    """
    n = differences.shape[-1]
    t = float(stdtrit(n - 1, 1 - level))
    size = np.sqrt(np.square(differences).sum(axis=-1))
    enough = n >= MIN_PAIRS and 2.0**-n <= level
    rejected: NDArray[np.bool_] = differences.sum(axis=-1) >= size * t * np.sqrt(n / (n - 1 + t * t))
    seen: NDArray[np.bool_] = rejected & (size > 0) & enough
    return seen


def seeds_needed(rows: list[Row]) -> list[Row]:
    """The fewest seeds tried that see a difference in 80 of 100 draws; None: more than were tried."""
    found = []
    for recipes in RECIPES:
        for difference in DIFFERENCES:
            mine = [row for row in rows if (row["recipes"], row["difference"]) == (recipes, difference)]
            enough = [row["seeds"] for row in mine if row["power"] >= POWER]
            found.append({"recipes": recipes, "difference": difference, "seeds": min(enough, default=None)})
    return found


def exact_check(scores: Scores, generator: np.random.Generator, seeds: int = 5) -> list[Row]:
    """The t form beside the exact test, on the same draws of 5 seeds."""
    noise = [list(map(centre, pair)) for pair in paired_differences(scores)]
    drawn = np.concatenate([draw(pair, seeds, generator)[:10] for pair in noise])
    rows = []
    for recipes in RECIPES:
        level = LEVEL / (recipes * (recipes - 1))
        for difference in DIFFERENCES:
            exact = [sign_flip([row]) <= level for row in drawn + difference]
            t_form = sees(drawn + difference, level)
            facts = {"difference": difference, "recipes": recipes, "seeds": seeds}
            rows.append({**facts, "exact": float(np.mean(exact)), "t_form": float(t_form.mean())})
    return rows


def real_pairs(scores: Scores, generator: np.random.Generator, seeds: int = 5) -> list[Row]:
    """Boards of 5 of the stored seeds: how often the tests tell a pair of recipes apart, by the difference that all
    seeds show, and how often the wrong way round."""
    means, total = board_means(scores), stored_seeds(scores)
    boards = [
        rank(choose_seeds(scores, generator.permutation(total)[:seeds]), generator).significant for _ in range(BOARDS)
    ]
    right = np.mean(boards, axis=0)
    pairs = [(abs(means[a] - means[b]), *order(i, j, means[a] >= means[b])) for (i, a), (j, b) in named_pairs(means)]
    rows = []
    for low, high in pairwise(BINS):
        mine = [(better, worse) for gap, better, worse in pairs if low <= gap < high]
        if mine:
            shares = ([float(right[i, j]) for i, j in mine], [float(right[j, i]) for i, j in mine])
            facts = {"low": low, "high": min(high, 1.0), "pairs": len(mine), "seeds": seeds}
            rows.append({**facts, "told_apart": float(np.mean(shares[0])), "wrong_way": float(np.mean(shares[1]))})
    return rows


def order(i: int, j: int, is_first_better: bool) -> tuple[int, int]:
    """The better one first."""
    return (i, j) if is_first_better else (j, i)


def named_pairs(means: dict[str, float]) -> list[tuple[tuple[int, str], tuple[int, str]]]:
    """All pairs of recipes with their places."""
    return list(combinations(enumerate(means), 2))


def resolutions(scores: Scores, generator: np.random.Generator, seeds: int = 5) -> Row:
    """What the line under a board says, on boards of 5 of the stored seeds: median, and 5th and 95th in a hundred."""
    total = stored_seeds(scores)
    found = [board_resolution(choose_seeds(scores, generator.permutation(total)[:seeds])) for _ in range(BOARDS)]
    low, middle, high = np.quantile([np.inf if d is None else d for d in found], [0.05, 0.5, 0.95])
    whole = board_resolution(scores)
    return {"seeds": seeds, "low": low, "median": middle, "high": high, "all_seeds": total, "of_all_seeds": whole}
