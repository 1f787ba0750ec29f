"""What the tests of engine, strategies and detectors share: the catalogue, small lessons, and one game laid open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from hypothesis import settings
from torch import Tensor, nn

import gancheck as gc
from gancheck.engine import Engine
from gancheck.game import Game
from gancheck.lesson import Lesson
from gancheck.noise import Noise, Wish
from gancheck.recipe import Recipe
from gancheck.replicas import Path
from gancheck.session import train_alone
from gancheck.trained import Trained

EAGER = Path("stacked", "eager")

settings.register_profile("patient", deadline=None)  # the machine may be busy
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> Iterator[None]:
    """Tiny networks gain nothing from threads, and test processes share the cores."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session")
def catalogue() -> gc.Catalogue:
    return gc.Catalogue.load()


@pytest.fixture(scope="session")
def lesson(catalogue: gc.Catalogue) -> Callable[..., Lesson]:
    """Builds a small lesson: `lesson("r1", steps=5, batch=16)`; extra strategy objects join with `extra`."""

    def make(
        recipe: str = "none",
        *,
        extra: tuple[gc.Strategy, ...] = (),
        gan: gc.Gan | None = None,
        data: str | gc.Dataset = "ring8",
        steps: int = 20,
        evaluations: int = 1,
        timeout: float = 0.0,
        seeds: tuple[int, ...] = (0, 1),
        path: Path = EAGER,
        **settings: Any,
    ) -> Lesson:
        parsed = Recipe.parse(recipe, catalogue)
        return Lesson(
            gan=gan or catalogue.build("gan", "mlp", width=16, latent=4),
            recipe=Recipe(parsed.label, (*parsed.strategies, *extra)),
            dataset=catalogue.build("dataset", data) if isinstance(data, str) else data,
            settings=gc.Settings(**{"batch": 16, **settings}),
            budget=gc.Budget(steps, evaluations, timeout),
            seeds=seeds,
            path=path,
            device=torch.device("cpu"),
        )

    return make


@pytest.fixture(scope="session")
def train(lesson: Callable[..., Lesson]) -> Callable[..., list[Trained]]:
    """Trains a small lesson: `train("r1", steps=5)`."""

    def run(recipe: str = "none", **how: Any) -> list[Trained]:
        made = lesson(recipe, **how)
        return train_alone(made) if made.gan.own_loop else Engine(made).train()

    return run


@pytest.fixture(scope="session")
def apart() -> Callable[[list[Trained], list[Trained]], float]:
    """The largest difference between the generators of two blocks, over all seeds and evaluation points."""

    def distance(one: list[Trained], other: list[Trained]) -> float:
        assert [r.status for r in one] == [r.status for r in other] == ["done"] * len(one)
        gaps = [
            (tensor.double() - b.snapshots[step][name].double()).abs().max().item()
            for a, b in zip(one, other, strict=True)
            for step, params in a.snapshots.items()
            for name, tensor in params.items()
        ]
        assert gaps
        return max(gaps)

    return distance


class Dice(Noise):
    """Noise that is drawn when it is asked for, and stays in `drawn` for the test to look at."""

    def __init__(self) -> None:
        super().__init__({})
        self.source = torch.Generator().manual_seed(7)

    def take(self, name: str, wish: Wish) -> Tensor:
        draw = torch.randn if wish.kind == "normal" else torch.rand
        return self.drawn.setdefault(self.ticket(name), draw(wish.shape, generator=self.source))


@dataclass
class Duel:
    """One game, and beside it the plain modules whose weights it is played with."""

    game: Game
    generator: nn.Module
    discriminator: nn.Module

    @property
    def x(self) -> Tensor:
        return self.game.batch.x

    @property
    def z(self) -> Tensor:
        return self.game.latent

    @property
    def real(self) -> Tensor:
        """Logits of the untreated real batch, by a plain call."""
        return self.discriminator(self.x).flatten()

    @property
    def fake(self) -> Tensor:
        """Logits of the untreated generated batch, by a plain call."""
        return self.discriminator(self.generator(self.z)).flatten()

    def loss(self) -> Tensor:
        """The recipe's loss of the player whose move it is."""
        recipe = self.game.recipe
        moves = {"discriminator": recipe.discriminator_loss, "generator": recipe.generator_loss}
        return moves[self.game.phase](self.game)

    def slope(self, at: Tensor) -> Tensor:
        """Gradient of the discriminator's logits at some inputs, by plain autograd; it can be differentiated again."""
        at = at.detach().requires_grad_()
        return torch.autograd.grad(self.discriminator(at).sum(), at, create_graph=True)[0]


@pytest.fixture(scope="session")
def duel(catalogue: gc.Catalogue) -> Callable[..., Duel]:
    """Lays one game open: `duel("r1", phase="discriminator", batch=6)`."""

    def make(
        recipe: str, phase: str = "discriminator", *, batch: int = 6, progress: float = 0.0, dims: int = 2, **gan: Any
    ) -> Duel:
        parsed = Recipe.parse(recipe, catalogue)
        data, source = gc.DataSpec((dims,)), torch.Generator().manual_seed(3)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(5)
            players = parsed.players(catalogue.build("gan", "mlp", **{"width": 8, "latent": 3, **gan}), data)
        weights = {name: dict(module.named_parameters()) for name, module in players.modules.items()}
        share = torch.tensor(progress)
        settings = parsed.settings(gc.Settings(batch=batch, default=gc.Optimiser(lr=0.01)))
        blank = {
            name: {
                "first": {n: torch.zeros_like(w) for n, w in params.items()},
                "second": {n: torch.zeros_like(w) for n, w in params.items()},
                "count": {n: torch.zeros(()) for n in params},
            }
            for name, params in weights.items()
        }
        game = Game(
            modules=players.modules,
            recipe=parsed,
            phase=phase,
            batch=gc.Batch(torch.randn(batch, dims, generator=source), torch.zeros(batch), torch.zeros(batch)),
            latent=players.latent.draw(batch, source),
            weights=weights,
            buffers={name: {} for name in weights},
            memory=parsed.memory(gc.State(weights, {}, share)),
            moments=blank,
            rates={name: torch.tensor(settings.player(name).lr) for name in weights},
            progress=share,
            noise=Dice(),
            settings=settings,
        )
        return Duel(game, players.generator, players.discriminator)

    return make
