"""What goes wrong in a sampler says where, and what is none is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.gans.sampler import PlainSampler, draw_samples
from gancheck.strategies.hook_call import HookError
from gancheck.strategies.recipe import Recipe


class Lost(gc.Sampler):
    """Asks for what no snapshot keeps, in one of its methods."""

    def __init__(self, inner: gc.Sampler, method: str) -> None:
        super().__init__(inner)
        self.method = method

    def latents(self, kept: gc.Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        self.ask(kept, "latents")
        return self.inner.latents(kept, count, source)

    def generate(self, kept: gc.Kept, latent: Tensor, code: Tensor | None = None) -> Tensor:
        self.ask(kept, "generate")
        return self.inner.generate(kept, latent, code)

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        self.ask(kept, "draw")
        return self.inner.draw(kept, count, source)

    def ask(self, kept: gc.Kept, method: str) -> None:
        if method == self.method:
            kept.memory["lost/queue"]


class Doubled(gc.Sampler):
    """Draws around another that may raise."""

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        return self.inner.draw(kept, count, source)


def giving(name: str, sampler: Callable[[gc.Sampler], Any]) -> gc.Strategy:
    """A strategy whose `sampler` gives this."""
    made = type("Giving", (gc.Strategy,), {"sampler": lambda self, inner: sampler(inner)})
    return gc.strategy(name, family="sampling")(made)()


KEPT = gc.Kept({"generator": {"weight": torch.eye(2), "bias": torch.zeros(2)}})


def drawn(*strategies: gc.Strategy) -> Tensor:
    plain = PlainSampler(gc.Networks(nn.Linear(2, 2), gc.Latent(2)))
    return draw_samples(Recipe("x", strategies).sampler(plain), KEPT, 5, torch.Generator().manual_seed(0))


@pytest.mark.parametrize("method", ["latents", "generate", "draw"])
def test_an_error_names_the_strategy_the_class_the_file_and_the_line(method: str) -> None:
    lost, around = giving("lost", lambda inner: Lost(inner, method)), giving("around", Doubled)
    line = Lost.ask.__code__.co_firstlineno + 2
    for strategies in ((lost,), (lost, around)):  # it is told of the one that raised
        with pytest.raises(HookError) as caught:
            drawn(*strategies)
        assert str(caught.value) == (
            f"strategy 'lost', Lost.{method}, test_named_sampler.py line {line}: KeyError: 'lost/queue' "
            "(players: generator; memories: none)"
        )


def test_samples_are_those_of_the_sampler_that_is_named() -> None:
    assert drawn(giving("around", Doubled)).equal(drawn())


def test_what_is_no_sampler_is_refused() -> None:
    with pytest.raises(BadPlugin, match=r"strategy 'none-of-it', sampler: gave NoneType, not a gancheck\.Sampler"):
        drawn(giving("none-of-it", lambda _: None))


def test_a_generator_that_cannot_be_called_is_no_strategys_fault() -> None:
    plain = PlainSampler(gc.Networks(nn.Linear(2, 2), gc.Latent(2)))
    with pytest.raises(BadPlugin, match=r"^samples cannot be drawn: RuntimeError: Error"):
        draw_samples(plain, gc.Kept({"generator": {}}), 5, torch.Generator())
