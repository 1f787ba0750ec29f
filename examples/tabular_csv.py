"""A table that a tabular GAN wrote, scored against the real one. Planted fault: it never writes the rarest plan.

    python examples/tabular_csv.py

Bring your own files: gancheck score made.csv --reference held_out.csv --modes plan
"""

from __future__ import annotations

import csv
import tempfile
from pathlib import Path

import numpy as np

import gancheck as gc

PLANS = {"basic": 0.70, "plus": 0.25, "family": 0.05}  # share of the customers
FEES, AGES = {"basic": 9.0, "plus": 19.0, "family": 29.0}, {"basic": 34.0, "plus": 41.0, "family": 45.0}


def write_table(path: Path, shares: dict[str, float], count: int, seed: int) -> Path:
    """Age, monthly fee and plan of `count` customers; a stand-in for what a tabular GAN writes."""
    rng = np.random.default_rng(seed)
    chances = np.array(list(shares.values())) / sum(shares.values())
    plans = rng.choice(list(shares), count, p=chances)
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["age", "fee", "plan"])
        rows.writerows([f"{rng.normal(AGES[p], 8):.1f}", f"{rng.normal(FEES[p], 1):.2f}", p] for p in plans)
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        real = write_table(Path(folder) / "held_out.csv", PLANS, 3_000, seed=0)
        kept = {plan: share for plan, share in PLANS.items() if plan != "family"}
        made = write_table(Path(folder) / "made.csv", kept, 3_000, seed=1)
        scores = gc.score(made, reference=real, modes="plan", metrics="fid,coverage")
    print(scores.verdict, "-", scores.reason)
    print(scores.per_mode)


if __name__ == "__main__":
    main()
