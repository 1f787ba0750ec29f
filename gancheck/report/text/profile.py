"""`--profile`: what the steps of every task spend their time on, as a table for each."""

from __future__ import annotations

from pathlib import Path

from gancheck.bench.plan import Plan
from gancheck.bench.validation import skip_reason
from gancheck.errors import GancheckError
from gancheck.training.step_profile import StepProfile, profile_steps

FOLDER = "profile"
MOST = 10  #: operations that are named


def profile_tasks(plan: Plan) -> list[str]:
    """A few steps of the first cell of every task; the traces go to `profile/<task>.json` in the results folder."""
    texts: dict[str, str] = {}
    for job, setup in zip(plan.jobs, plan.setups, strict=True):
        label = job.cell.task.label
        if label in texts or skip_reason(setup):
            continue
        if setup.gan.own_loop:
            texts[label] = f"{label}: not profiled, the model has a training loop of its own"
            continue
        path = plan.store.folder / FOLDER / f"{label.replace('/', '-')}.json"
        try:
            texts[label] = describe(f"{label} {job.cell.recipe}", profile_steps(setup, path), path)
        except Exception as error:  # a plug-in that raises, or no memory: the runs themselves will say how
            named = str(error) if isinstance(error, GancheckError) else f"{type(error).__name__}: {error}"
            texts[label] = f"{label}: not profiled, {' '.join(named.split())}"
    return list(texts.values())


def describe(name: str, found: StepProfile, path: Path) -> str:
    """The table of one task, with a line above it."""
    each = 1000 * found.seconds / found.steps
    head = (
        f"{name}, {found.path}: {each:.2f} ms a step under the profiler, {found.share_outside:.0%} of it outside of "
        f"PyTorch's operations (Python{', compiled kernels' if 'compiled' in found.path else ''}); {path}"
    )
    lines = [f"  {'operation':44}{'calls a step':>14}{'ms a step':>12}{'share':>8}"]
    for one in found.operations[:MOST]:
        calls, spent = one.calls / found.steps, 1000 * one.seconds / found.steps
        lines.append(f"  {one.name[:43]:44}{calls:>14.1f}{spent:>12.3f}{one.seconds / found.seconds:>8.1%}")
    return "\n".join([head, *lines])
