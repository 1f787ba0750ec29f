"""Players that circle, by construction: what the theory of their two numbers says, at every step."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.detectors.case import cases
from benchmarks.detectors.faults.all import ALL
from benchmarks.detectors.labels import Labelled, labelled
from benchmarks.detectors.programs.dirac_gan import PROGRAM
from benchmarks.detectors.programs.game import Game
from benchmarks.detectors.record import record_all
from benchmarks.detectors.store import load

STEPS = 2_000
SCENARIOS = "circling", "linear-spiral"


def changed(scenario: str, severity: int, seed: int = 100) -> Game:
    """The smallest GAN with a fault, before its first step."""
    game = PROGRAM.setup(seed)
    assert isinstance(game, Game)
    game.build()
    ALL[scenario].apply(game, "start", severity)
    return game


def play(game: Game) -> NDArray[np.complex128]:
    """Where both players are after every step: the generator's number, and the discriminator's as imaginary part."""
    optimisers = game.optimiser(game.generator), game.optimiser(game.discriminator)
    game.set_rates(1, *optimisers)
    points = []
    for _ in range(STEPS):
        game.step(*optimisers)
        points.append(complex(*(float(p.detach()) for o in optimisers for p in o.param_groups[0]["params"])))
    return np.array(points)


def turns(path: NDArray[np.complex128]) -> float:
    """Around the optimum."""
    return float(abs(np.angle(path[1:] / path[:-1]).sum()) / (2 * math.pi))


@pytest.mark.parametrize(("severity", "rate"), [(1, 0.05), (2, 0.1), (3, 0.2)])
def test_circling_players_stay_on_one_closed_ellipse(severity: int, rate: float) -> None:
    path = play(changed("circling", severity))
    level = np.abs(path) ** 2 - rate * path.real * path.imag
    assert level == pytest.approx(level[0], rel=1e-3)
    assert np.abs(path).max() / np.abs(path).min() <= 1.001 * math.sqrt((1 + rate / 2) / (1 - rate / 2))
    assert turns(path) == pytest.approx(STEPS * math.acos(1 - rate**2 / 2) / (2 * math.pi), rel=0.01)


def test_a_penalty_leads_the_same_players_home_in_as_many_turns() -> None:
    path = play(changed("linear-spiral", 1))[:600]
    assert turns(path) == pytest.approx(turns(play(changed("circling", 2))[:600]), rel=0.05)
    assert abs(path[-1]) / abs(path[0]) == pytest.approx((1 - 0.1 * 0.3) ** (599 / 2), rel=0.3)


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> list[Labelled]:
    """What the outcomes say of healthy, circling and damped players."""
    folder: Path = tmp_path_factory.mktemp("traces")
    record_all(folder, cases((PROGRAM.name,), SCENARIOS, seeds=1), 1)
    return labelled(load(folder))


def test_outcomes_say_that_players_circle(labels: list[Labelled]) -> None:
    circling = [what for what in labels if what.run.case.scenario == "circling"]
    assert [what.label for what in circling] == ["positive"] * 3
    for what in circling:
        assert outcome(what, -1) == pytest.approx(outcome(what, 0), rel=0.11)


def test_outcomes_say_that_damped_players_come_home(labels: list[Labelled]) -> None:
    damped = [what for what in labels if what.run.case.scenario == "linear-spiral"]
    assert [(what.label, what.harmed_at) for what in damped] == [("harmless", None)]
    assert outcome(damped[0], -1) < 0.01 * outcome(damped[0], 0)


def outcome(what: Labelled, look: int) -> float:
    """The distance of both players from the optimum, at one of the looks."""
    return what.run.outcomes[look][1]["radius"]
