"""What of one replicate is evaluated, and its game as it stands between updates."""

from __future__ import annotations

from dataclasses import replace

from gancheck.gans.game import Game
from gancheck.gans.noise import Noise, NoiseRecorder
from gancheck.gans.players import Players
from gancheck.gans.state import Params, State
from gancheck.gans.still_game import still_game
from gancheck.training.replicas import ReplicaStack


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
    game = standing_game(replicas, replicas.players, now, NoiseRecorder({}, device=replicas.device))
    return {p: {**weights[p], **game.constrained_weights(p)} for p in kept}


def standing_game(replicas: ReplicaStack, players: Players, state: State, noise: Noise) -> Game:
    """One replicate's game as it stands."""
    return still_game(
        players,
        replicas.setup.recipe,
        weights=state.weights,
        buffers=state.buffers,
        memory=state.memory,
        progress=state.progress,
        noise=noise,
        settings=replicas.settings,
        steps=replicas.setup.budget.steps,
    )
