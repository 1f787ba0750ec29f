"""What goes wrong in a hook says where: strategy, hook, file and line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import gancheck as gc
from gancheck.plugins.loader import load_file
from gancheck.strategies.hook_call import HookError
from gancheck.testing import OpenGame

FILE = """
from dataclasses import dataclass
import gancheck as gc
from beside import helper

class Base(gc.Strategy):
    def generator_loss(self, loss, game):
        return loss + game.memory["typo"]

@gc.strategy("mine", family="regulariser")
@dataclass(frozen=True)
class Mine(Base):
    def memory(self, state):
        return {"mine-mean": state.progress}

    def discriminator_loss(self, loss, game):
        return loss + game.weights["encoder"]

    def settings(self, settings):
        return settings.tuned("genrator", lr="fast") if settings.batch == 3 else settings

    def after_step(self, state):
        return helper(state)
"""


@pytest.fixture
def mine(tmp_path: Path) -> Any:
    (tmp_path / "beside.py").write_text("def helper(state):\n    return state.weights['nobody']\n")
    (tmp_path / "mine.py").write_text(FILE)
    return load_file(tmp_path / "mine.py").Mine()


def said(raising: Callable[[], Any]) -> str:
    with pytest.raises(HookError) as caught:
        raising()
    return str(caught.value)


def test_a_loss_that_asks_for_an_unknown_player_says_where_and_who_there_is(mine: Any) -> None:
    opened = gc.testing.game(mine)
    assert said(opened.loss) == (
        "strategy 'mine', discriminator_loss, mine.py line 17: KeyError: 'encoder' "
        "(players: generator, discriminator; memories: mine-mean)"
    )


def test_an_unknown_memory_in_a_class_that_it_derives_from_is_found(mine: Any) -> None:
    opened = gc.testing.game(mine, "generator")
    assert said(opened.loss) == (
        "strategy 'mine', generator_loss, mine.py line 8: KeyError: 'typo' "
        "(players: generator, discriminator; memories: mine-mean)"
    )


def test_an_error_in_a_helper_beside_it_names_the_line_that_called(mine: Any) -> None:
    opened = gc.testing.game(mine)
    state = gc.State(opened.game.weights, {}, torch.zeros(()))
    text = said(lambda: opened.game.hooks.after_step(state))  # type: ignore[attr-defined]
    assert text.startswith("strategy 'mine', after_step, mine.py line 23: KeyError: 'nobody' (players: generator")


def test_settings_are_a_hook_like_others(mine: Any, setup: Callable[..., Any]) -> None:
    made = setup(extra=(mine,), batch=3)
    text = said(lambda: made.recipe.settings(made.settings))
    assert text.startswith("strategy 'mine', settings, mine.py line 20: TypeError: ")


@gc.strategy("asking", family="regulariser")
@dataclass(frozen=True)
class Asking(gc.Strategy):
    """Asks the game for somebody who is not there."""

    what: str = "player"

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        if self.what == "critic":
            return loss + game.facing("discriminator2").real_logits.mean()
        if self.what == "parameter":
            raise gc.BadParameter("weight = -1 is negative")
        return loss + game.call("encodr", game.real).mean()


def test_players_and_critics_that_are_not_there_are_named_with_those_that_are() -> None:
    text = said(gc.testing.game(Asking()).loss)
    assert text.startswith("strategy 'asking', discriminator_loss, test_hook_call.py line ")
    assert text.endswith("there is no 'encodr': the player is one of generator, discriminator.")
    text = said(gc.testing.game(Asking("critic")).loss)
    assert "there is no 'discriminator2': the critic is one of discriminator. Did you mean 'discriminator'?" in text


def test_a_value_that_a_hook_refuses_stays_a_bad_parameter() -> None:
    with pytest.raises(gc.BadParameter, match=r"^weight = -1 is negative$"):
        gc.testing.game(Asking("parameter")).loss()


def test_an_error_is_told_once_where_hooks_call_hooks() -> None:
    @gc.strategy("inner", family="regulariser")
    @dataclass(frozen=True)
    class Inner(gc.Strategy):
        def inputs(self, x: Tensor, of: gc.Sample, game: gc.Game) -> Tensor:
            raise ValueError("mine")

    text = said(gc.testing.game(Inner()).loss)  # the objective's loss asks for `game.real`, which asks for `inputs`
    assert text.count("strategy '") == 1
    assert text.startswith("strategy 'inner', inputs, test_hook_call.py line ")
    assert text.endswith(": ValueError: mine")


def test_a_strategy_that_was_typed_in_has_no_file() -> None:
    scope: dict[str, Any] = {"gc": gc, "__name__": "typed_in"}
    exec("class Typed(gc.Strategy):\n    def generator_loss(self, loss, game):\n        return loss + 'a'\n", scope)
    typed = gc.strategy("typed", family="regulariser")(dataclass(frozen=True)(scope["Typed"]))
    opened: OpenGame = gc.testing.game(typed(), "generator")
    assert said(opened.loss).startswith("strategy 'typed', generator_loss: TypeError: ")
