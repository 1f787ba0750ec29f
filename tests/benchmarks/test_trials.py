"""Runs of trials: what is kept is not made again, and a run that stops early is balanced."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from benchmarks.metrics.trials import Effort, run_trials, spread_evenly


@dataclass(frozen=True)
class Trial:
    """One draw."""

    kind: str
    expected: tuple[str, ...]
    seed: int


class Counted:
    """A trial's answer, and how often it was made."""

    def __init__(self) -> None:
        self.made: list[Trial] = []

    def __call__(self, trial: Trial) -> dict[str, object]:
        self.made.append(trial)
        return {**asdict(trial), "verdict": f"{trial.kind} {trial.seed}"}


def draws(kind: str, count: int) -> list[Trial]:
    return [Trial(kind, ("healthy",), seed) for seed in range(count)]


def test_what_is_kept_is_not_made_again(tmp_path):
    todo, effort, run = draws("a", 5), Effort(tmp_path / "answers.jsonl", 1), Counted()
    run_trials(run, todo[:3], effort)
    answers = run_trials(run, todo, effort)
    assert run.made == todo
    assert [answer["verdict"] for answer in answers] == [f"a {seed}" for seed in range(5)]


def test_a_run_ends_when_its_time_is_up(tmp_path):
    effort, run = Effort(tmp_path / "answers.jsonl", 1, minutes=0), Counted()
    assert len(run_trials(run, draws("a", 5), effort)) == 1
    assert len(run_trials(run, draws("a", 5), effort)) == 2


def test_groups_keep_step():
    order = spread_evenly([*draws("many", 8), *draws("few", 2)], lambda trial: trial.kind)
    assert [trial.kind for trial in order[:5]].count("few") == 1
    assert [trial.seed for trial in order if trial.kind == "many"] == list(range(8))
