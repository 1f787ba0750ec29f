"""What a strategy must do to others: train its players, leave room for a regulariser, and own up to labels."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace

import torch

from gancheck.datasets.base import Batch, Dataset
from gancheck.errors import BadParameter, BadPlugin, Unsupported
from gancheck.gans.state import Params
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.testing.require import require
from gancheck.testing.short_training import Outcome, Trial, same_bits, try_training

HEAVY = "r1(gamma=1e6)"  #: a regulariser that nothing it reaches can ignore
BESIDE = ("ema", "pacgan")  #: further strategies that every other composes with, or says why not


def effects(trial: Trial, alone: Outcome, label: str, registry: Registry) -> Iterator[str]:
    """Notes on what a recipe does to players, labels and R1; BadPlugin where one of them is left out in silence.

    `alone` is its outcome without anything beside it.
    """
    yield from idle_players(alone)
    if trial.recipe.kind != "oracle":
        refuse_labels(trial, alone)
    composes = []
    if "r1" not in trial.recipe.names():
        refuse_unreached(alone.end, beside(trial, label, HEAVY, registry).outcome().end)
        composes.append("r1")
    others = [other for other in BESIDE if other not in trial.recipe.names()]
    if refusal(trial, label, "+".join(others), registry) is None:  # all at once, as nearly all do
        composes += others
    else:
        reasons = {other: refusal(trial, label, other, registry) for other in others}
        composes += [other for other, reason in reasons.items() if reason is None]
        yield from (f"refuses {other}: {reason}" for other, reason in reasons.items() if reason)
    yield f"composes with {', '.join(composes)}"


def refusal(trial: Trial, label: str, others: str, registry: Registry) -> str | None:
    """Why a recipe cannot stand beside others, or None."""
    try:
        try_training(beside(trial, label, others, registry).alone)
        return None
    except (BadParameter, Unsupported) as reason:
        return str(reason)


def beside(trial: Trial, label: str, other: str, registry: Registry) -> Trial:
    """The same with one more strategy."""
    return replace(trial, recipe=Recipe.parse(f"{label}+{other}", registry))


def idle_players(outcome: Outcome) -> Iterator[str]:
    """A note where the discriminator never moves; BadPlugin where another player does not."""
    for player in (player for player, tensors in outcome.start.items() if tensors):
        if same_bits(outcome.start, outcome.end, player):
            idle = player == "discriminator"  # some generators learn from samples alone
            require(idle, f"player '{player}' gets no gradient in any turn, and stays as it starts")
            yield "its discriminator is never trained"


def refuse_labels(trial: Trial, known: Outcome) -> None:
    """BadPlugin where other labels of the same samples give other weights, or the same training does."""
    if same_weights(replace(trial, dataset=relabel(trial.dataset)).outcome().end, known.end):
        return
    require(
        same_weights(trial.outcome().end, known.end),
        "the same training gives other weights the second time: hooks must give the same for the same tensors, and "
        "keep nothing to themselves (see memory)",
    )
    raise BadPlugin(
        'uses the modes of real samples (batch.y), which no training knows: say kind="oracle" in its decorator'
    )


def same_weights(one: dict[str, Params], other: dict[str, Params]) -> bool:
    """Whether the weights of all players are the same to the last bit."""
    return all(same_bits(one, other, player) for player in one)


def refuse_unreached(alone: dict[str, Params], beside: dict[str, Params]) -> None:
    """BadPlugin where a heavy R1 beside a recipe changes no weight."""
    require(
        not same_weights(alone, beside),
        f"{HEAVY} beside it changes no weight: what judges samples is no player of the role 'discriminator', or the "
        "loss of one is replaced and not added to",
    )


def relabel(dataset: Dataset) -> Dataset:
    """The same data, every batch with its labels in the reverse order."""
    other = copy.copy(dataset)

    def draw(count: int, source: torch.Generator) -> Batch:
        batch = dataset.draw(count, source)
        return batch._replace(y=batch.y.flip(0))

    object.__setattr__(other, "draw", draw)  # datasets are frozen
    return other
