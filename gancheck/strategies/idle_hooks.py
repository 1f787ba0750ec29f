"""Hooks that a strategy overrides and that no turn calls: beside these others it would be silently without effect."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from gancheck.errors import BadPlugin
from gancheck.strategies.base import Strategy, name_of

#: The hooks of a turn, and why it would not call one.
WHY = {
    "pick": "no turn draws real samples",
    "latents": "no turn draws latents",
    "codes": "no loss asks for real samples of a GAN whose latent has codes",
    "inputs": "no loss asks what the discriminator sees (game.real, game.fake)",
    "constrain": "no loss calls a player",
    "weigh": "no loss averages its rows by game.average",
    "discriminator_loss": "the discriminator has no turn",
    "generator_loss": "the generator has no turn",
    "helper_loss": "no player has a loss of its own; players.add(name, module, turn=...) adds one that has",
    "lookahead": "no turn plays a loss",
    "gradients": "no turn takes gradients",
}


def refuse_idle_hooks(strategies: Iterable[Strategy], called: Collection[tuple[str, str]]) -> None:
    """BadPlugin where a strategy's hook is not among those called, pairs of its name and the hook."""
    for strategy in strategies:
        for hook, why in WHY.items():
            if strategy.overrides(hook) and (name_of(strategy), hook) not in called:
                raise BadPlugin(f"strategy '{name_of(strategy)}': {hook} is never called, so it has no effect: {why}")
