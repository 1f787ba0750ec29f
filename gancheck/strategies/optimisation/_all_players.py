"""Optimiser settings of some or of all players changed together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from gancheck.errors import BadParameter
from gancheck.gans.settings import Optimiser, Settings

Who = Literal["all", "discriminator", "generator"]


def change_optimisers(
    settings: Settings, who: Who, change: Callable[[Optimiser], Optimiser], strategy: str
) -> Settings:
    """The settings with a change made to one player's optimiser, or to every player's.

    Players without settings of their own, such as encoders, go with the lead in whose turn they move. BadParameter
    where nothing would be another.
    """
    if who == "all":
        players = {name: change(optimiser) for name, optimiser in settings.players.items()}
        changed = replace(settings, default=change(settings.default), players=players)
    else:
        changed = replace(settings, players={**settings.players, who: change(settings.player(who))})
    if all(changed.player(lead) == settings.player(lead) for lead in ("discriminator", "generator")):
        raise BadParameter(f"{strategy} leaves every optimiser as the suite and the objective have it; set another")
    return changed
