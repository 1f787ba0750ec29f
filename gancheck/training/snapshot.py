"""What of one replicate is evaluated, and its game as it stands between updates."""

from __future__ import annotations

from dataclasses import replace

from gancheck.gans.game import Game
from gancheck.gans.noise import MeanNoise, Noise
from gancheck.gans.players import Players
from gancheck.gans.sampler import PlainSampler, Sampler
from gancheck.gans.state import Params, State
from gancheck.gans.still_game import still_game
from gancheck.training.replicas import ReplicaStack, build_networks
from gancheck.training.setup import TrainingSetup


def kept_players(replicas: ReplicaStack) -> tuple[str, ...]:
    """The players that a snapshot keeps: all of them where samples are judged, which may take encoders too."""
    keeps = replicas.setup.recipe.keeps
    judging = replicas.players.modules if "discriminator" in keeps else keeps
    return tuple(dict.fromkeys((*replicas.players.generating, *judging)))


def evaluation_weights(replicas: ReplicaStack, state: State) -> dict[str, Params]:
    """One replicate's weights, as they are played with, and buffers, of all players that a snapshot keeps."""
    recipe, kept = replicas.setup.recipe, kept_players(replicas)
    weights = recipe.evaluation_weights(state, kept)
    if not recipe.implementing("constrain"):
        return weights
    held = {p: {name: weights[p][name] for name in state.weights[p]} for p in kept}
    now = replace(state, weights={**state.weights, **held})
    game = standing_game(replicas, now)
    return {p: {**weights[p], **game.constrained_weights(p)} for p in kept}


def standing_game(
    replicas: ReplicaStack, state: State, players: Players | None = None, noise: Noise | None = None
) -> Game:
    """One replicate's game as it stands, with these players in place of those that are trained."""
    return still_game(
        players or replicas.players,
        replicas.setup.recipe,
        weights=state.weights,
        buffers=state.buffers,
        memory=state.memory,
        progress=state.progress,
        noise=noise or MeanNoise({}, device=replicas.device),
        settings=replicas.settings,
        steps=replicas.setup.budget.steps,
    )


def sampler_of(setup: TrainingSetup) -> Sampler:
    """How samples are drawn from what was kept."""
    settings = setup.recipe.settings(setup.settings)
    return setup.recipe.sampler(PlainSampler(build_networks(setup), setup.recipe, settings))
