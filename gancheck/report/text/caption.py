"""What stands under a board: how much of it is more than luck, what it can see, by what it is ranked."""

from __future__ import annotations

from gancheck.bench.leaderboard import Leaderboard
from gancheck.statistics.ranking import MIN_PAIRS
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.counts import say_count


def caption_of(board: Leaderboard) -> str:
    """All of it, in one paragraph."""
    return " ".join(line for line in (board.summary(), say_resolution(board), board.rule, say_base(board)) if line)


def say_base(board: Leaderboard) -> str:
    """One sentence; empty where gains and costs refer to the untreated GAN as it is."""
    what = ", the tuned untreated GAN" if board.suite_version.endswith("+tuned") else ""
    return "" if board.base == UNTREATED else f"Gains and costs are over {board.base}{what}."


def say_resolution(board: Leaderboard) -> str:
    """One sentence; empty where nobody is ranked."""
    ranking = board.rankings.get("trained")
    if ranking is None or ranking.pairs < MIN_PAIRS or len(ranking.recipes) < 2:
        return ""
    counts = {len(board.grid[task]) for task in board.ranked_tasks}
    tasks = say_count(len(board.ranked_tasks), "task")
    runs = f"{counts.pop()} seeds on {tasks}" if len(counts) == 1 else f"{ranking.pairs} pairs of task and seed"
    if board.resolution is None:
        return f"With {runs} this board sees hardly any difference, however large; run more seeds."
    return (
        f"With {runs} this board tells apart differences of about {100 * board.resolution:.0f} points of modes held "
        "(80 times in 100, for half of its pairs of recipes)."
    )
