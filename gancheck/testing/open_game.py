"""One game laid open, so that an author compares a loss with the paper's formula in three lines."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter, refuse_unknown
from gancheck.gans.game import Game
from gancheck.gans.noise import DrawnNoise
from gancheck.gans.players import generate_with
from gancheck.gans.settings import Optimiser, Settings
from gancheck.gans.state import Params, State
from gancheck.plugins.registry import Registry
from gancheck.strategies.base import Strategy, is_objective, name_of
from gancheck.strategies.hook_names import refuse_uncalled
from gancheck.strategies.recipe import Recipe
from gancheck.strategies.untreated import UNTREATED
from gancheck.training.replicas import buffers_and_frozen, trainable_parameters


@dataclass
class OpenGame:
    """One game, and beside it the plain modules whose weights it is played with."""

    game: Game
    generator: nn.Module
    discriminator: nn.Module

    @property
    def modules(self) -> dict[str, nn.Module]:
        """Every player's module by name."""
        return self.game.players.modules

    @property
    def x(self) -> Tensor:
        """(batch, *shape) the real samples."""
        return self.game.batch.x

    @property
    def z(self) -> Tensor:
        """(batch, size) the latents."""
        return self.game.latent

    @property
    def real(self) -> Tensor:
        """Logits of the untreated real batch, by a plain call."""
        logits: Tensor = self.discriminator(self.x).flatten()
        return logits

    @property
    def fake(self) -> Tensor:
        """Logits of the untreated generated batch, by a plain call."""
        logits: Tensor = self.discriminator(self.samples).flatten()
        return logits

    @property
    def samples(self) -> Tensor:
        """(batch, *shape) the generated samples, by plain calls."""
        return generate_with(self.game.players, lambda name, *x: self.modules[name](*x), self.z, self.game.code)

    def loss(self) -> Tensor:
        """The recipe's loss of the player whose move it is."""
        return self.game.hooks.loss(self.game.owner, self.game)

    def slope(self, at: Tensor) -> Tensor:
        """Gradient of the discriminator's logits at some inputs, by plain autograd; it can be differentiated again."""
        at = at.detach().requires_grad_()
        return torch.autograd.grad(self.discriminator(at).sum(), at, create_graph=True)[0]


def game(
    recipe: str | Strategy,
    phase: str = "discriminator",
    *,
    owner: str | None = None,
    batch: int = 6,
    progress: float = 0.0,
    data: DataSpec | None = None,
    modes: int = 3,
    gan: str = "mlp",
    registry: Registry | None = None,
    **parameters: Any,
) -> OpenGame:
    """One update of a recipe, such as "r1+mine" or `Mine(weight=1.0)`, with small networks and all its tensors at hand.

    `phase` is whose turn it is, `owner` whose loss `loss()` gives (that of the turn's lead unless told). `batch` real
    samples of the shape of `data` (points of the plane unless told) carry labels of `modes` modes; `progress` is the
    share of the training that is done. `parameters` are the GAN's.

        opened = gancheck.testing.game(Drift(weight=0.5))
        torch.testing.assert_close(opened.loss(), cross_entropy(opened) + 0.5 * opened.real.square().mean())
    """
    registry = registry or loaded_registry()
    parsed = read_recipe(recipe, registry)
    data, source = replace(data or DataSpec((2,)), modes=modes), torch.Generator().manual_seed(3)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        sizes = {"width": 8, "latent": 3} if gan == "mlp" else {}
        players = parsed.players(registry.build("gan", gan, **{**sizes, **parameters}), data)
    settings = parsed.settings(Settings(batch=batch, default=Optimiser(lr=0.01)))
    weights = {name: trainable_parameters(module) for name, module in players.modules.items()}
    buffers = {name: buffers_and_frozen(module) for name, module in players.modules.items()}
    share = torch.tensor(progress)
    state = State(weights, {}, share, buffers, players.generating, players.critics)
    owner = owner or phase.split("+", maxsplit=1)[0]
    refuse_unknown(owner, players.owners, "a player with a loss of its own", BadParameter)
    y = torch.arange(batch) % modes
    made = Game(
        players=players,
        hooks=parsed,
        phase=phase,
        owner=owner,
        batch=Batch(torch.randn(batch, *data.shape, generator=source), y, torch.arange(batch)),
        latent=players.latent.draw(batch, source),
        code=players.latent.draw_codes(batch, source) if players.latent.codes else None,
        weights=weights,
        buffers=buffers,
        memory=parsed.memory(state),
        moments={name: no_moments(params) for name, params in weights.items()},
        rates={n: torch.tensor(settings.player(n, players.turn(n)).lr) for n in weights},
        progress=share,
        steps=100,
        noise=DrawnNoise({}),
        settings=settings,
    )
    made.latent, made.code = parsed.latents(made.latent, made.code, made)
    return OpenGame(made, players.generator, players.discriminator)


def read_recipe(recipe: str | Strategy, registry: Registry) -> Recipe:
    """The recipe of a text, or of one strategy object."""
    if isinstance(recipe, str):
        return Recipe.parse(recipe, registry)
    refuse_uncalled(type(recipe))
    plain = () if is_objective(recipe) else Recipe.parse(UNTREATED, registry).strategies
    return Recipe(name_of(recipe), (*plain, recipe))


def no_moments(weights: Params) -> dict[str, Params]:
    """Adam's running means before the first step."""
    zeros = {name: torch.zeros_like(w) for name, w in weights.items()}
    return {"first": zeros, "second": dict(zeros), "count": {name: torch.zeros(()) for name in weights}}


@lru_cache(maxsize=1)
def loaded_registry() -> Registry:
    """What is built in and installed."""
    return Registry.load()
