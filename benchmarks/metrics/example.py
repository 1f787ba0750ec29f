"""The README's example: train a GAN that loses modes, score its samples, keep what `gancheck score` said.

python -m benchmarks.metrics.example        # writes benchmarks/results/score/
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

from benchmarks.usage import refuse_arguments
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import execute
from gancheck.report.plots.bench_samples import redraw
from gancheck.system.files import write_text

KEPT = Path(__file__).parents[1] / "results" / "score"
SUITE, ONLY = "sharpening", ("dataset=ring", "strategy=ttur")
DATASET = "ring(modes=8, radius=2.0, sigma=0.1)"
SCORE = ("gancheck", "score", "samples.npy", "--dataset", DATASET, "--metrics", "modes,quality,fid,coverage,c2st")
PICTURES = ("samples.png", "modes.png")


def main() -> None:
    """Train, draw, score; the transcript and the pictures are kept."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        draw(place)
        command = [sys.executable, "-m", *SCORE, "--out", "answer"]
        here = {**os.environ, "PYTHONPATH": str(KEPT.parents[2])}
        said = subprocess.run(command, cwd=place, capture_output=True, text=True, check=True, env=here).stdout
        shell = " ".join(f'"{word}"' if " " in word else word for word in (*SCORE, "--out", "answer"))
        KEPT.mkdir(parents=True, exist_ok=True)
        for name in PICTURES:
            shutil.copyfile(place / "answer" / name, KEPT / name)
        lines = [line.rstrip() for line in said.splitlines()]
        write_text(KEPT / "transcript.txt", "\n".join([f"$ {shell}", *lines, ""]))


def draw(place: Path) -> None:
    """Samples of the first seed."""
    plan = Plan.make(SUITE, only=ONLY, out=place / "runs", device="cpu")
    execute(plan, LocalExecutor(1, 1))
    run = next(run for run in plan.store.runs() if run.spec.seed == 0)
    samples = redraw(run, plan.jobs[0], plan.registry, plan.store)
    assert samples is not None
    np.save(place / "samples.npy", samples.numpy())


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
