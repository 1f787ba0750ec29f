"""The networks that a model builds: the players of a game, or those of a model without a discriminator."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

from torch import Tensor, nn

from gancheck.errors import BadParameter, BadPlugin, refuse_unknown
from gancheck.gans.latent import CODES_TAKEN, Latent

Role = Literal["generator", "discriminator", "prior", "helper"]
LEADS = ("discriminator", "generator")  #: the players that every GAN has, each with a loss of its own
#: Whose loss trains a player that says nothing else.
SHARED = {"generator": "generator", "prior": "generator", "discriminator": "discriminator"}


class Built(Protocol):
    """What `build` gives: `Players` for a GAN, `Networks` for any other model."""

    @property
    def generator(self) -> nn.Module:
        """(n, latent.size) -> (n, *data.shape)."""

    @property
    def latent(self) -> Latent:
        """The prior of the generator's input."""

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name, `generator` among them."""

    @property
    def priors(self) -> tuple[str, ...]:
        """Networks that a latent goes through before the generator, in this order."""

    @property
    def generating(self) -> tuple[str, ...]:
        """Networks that sampling needs, `generator` among them."""


@dataclass(frozen=True)
class Networks:
    """The networks of a model that is not adversarial, such as a VAE's decoder and encoder."""

    generator: nn.Module  #: (n, latent.size) -> (n, *data.shape); where the latent has codes, called with (z, code)
    latent: Latent
    others: dict[str, nn.Module] = field(default_factory=dict)  #: by name; whatever helps to train the generator

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name."""
        return {"generator": self.generator, **self.others}

    @property
    def priors(self) -> tuple[str, ...]:
        """None: latents go to the generator as they are drawn."""
        return ()

    @property
    def generating(self) -> tuple[str, ...]:
        """The generator alone."""
        return ("generator",)


@dataclass(frozen=True)
class Player:
    """A network beside the generator and the discriminator. `Players.add` makes one."""

    module: nn.Module
    role: Role
    shares: str | None  #: the player whose loss trains it too; None where it has a loss of its own
    turn: str  #: in which it moves: "discriminator", "generator", or one that `Settings.turns` adds


@dataclass(frozen=True)
class Players:
    """The networks of one game."""

    generator: nn.Module  #: (n, latent.size) -> (n, *data.shape); where the latent has codes, called with (z, code)
    discriminator: nn.Module  #: (n, *data.shape) -> (n,) or (n, 1) logits
    latent: Latent
    others: dict[str, Player] = field(default_factory=dict)  #: `add` puts them here
    discriminator_sees_code: bool = False  #: samples are joined with their code, one-hot, before it judges them

    def __post_init__(self) -> None:
        if self.discriminator_sees_code and not self.latent.codes:
            raise BadPlugin("discriminator_sees_code needs a latent with codes: gancheck.Latent(size, codes=k)")

    def replace(self, **changes: Any) -> Players:
        """These players with some exchanged."""
        return replace(self, **changes)

    def add(
        self, name: str, module: nn.Module, *, role: Role = "helper", shares: str | None = None, turn: str | None = None
    ) -> Players:
        """These players and one more, such as an encoder, a second discriminator or a learned prior.

        It is trained on the loss of the player that it `shares`; a second discriminator shares the discriminator's, a
        second generator or a prior the generator's, unless told otherwise. A helper that shares none has a loss of its
        own, which some strategy's `helper_loss` gives, and moves in `turn`: "discriminator", "generator", or one that a
        strategy's `settings` adds to `Settings.turns`.

        Raises BadPlugin for a name that is taken, and for a loss or a turn that nobody has.
        """
        if name in self.modules:
            raise BadPlugin(f"a player '{name}' is there already; name the new one otherwise, or use players.replace")
        shares = shares or (None if turn else SHARED.get(role))
        if shares is not None:
            refuse_unknown(shares, self.owners, f"whose loss player '{name}' shares", BadPlugin)
        elif turn is None:
            raise BadPlugin(f"player '{name}' is never trained; say whose loss it shares=, or in which turn= it moves")
        moves_in = self.turn(shares) if shares else str(turn)
        return replace(self, others={**self.others, name: Player(module, role, shares, moves_in)})

    def wrap(self, role: Role, wrapper: Callable[[nn.Module], nn.Module]) -> Players:
        """These players, the network of everybody with a role exchanged for `wrapper(network)`."""
        leads: dict[str, Any] = {name: wrapper(getattr(self, name)) for name in LEADS if name == role}
        others = {n: replace(o, module=wrapper(o.module)) if o.role == role else o for n, o in self.others.items()}
        return replace(self, **leads, others=others)

    def with_codes(self, count: int) -> Players:
        """These players, with one of `count` codes drawn beside every z; BadParameter where there are codes already."""
        if self.latent.codes:
            raise BadParameter(f"{CODES_TAKEN}, and {self.latent.codes} are here already")
        return replace(self, latent=replace(self.latent, codes=count))

    @property
    def modules(self) -> dict[str, nn.Module]:
        """All networks by name."""
        others = {name: other.module for name, other in self.others.items()}
        return {"generator": self.generator, "discriminator": self.discriminator, **others}

    @property
    def critics(self) -> tuple[str, ...]:
        """All that judge samples, the discriminator first."""
        return self.having("discriminator")

    @property
    def generators(self) -> tuple[str, ...]:
        """All that make samples, the generator first."""
        return self.having("generator")

    @property
    def priors(self) -> tuple[str, ...]:
        """Networks that a latent goes through before the generator, in the order in which they were added."""
        return self.having("prior")

    @property
    def generating(self) -> tuple[str, ...]:
        """Networks that sampling needs."""
        return (*self.generators, *self.priors)

    @property
    def owners(self) -> tuple[str, ...]:
        """The players with a loss of their own."""
        return (*LEADS, *(name for name, other in self.others.items() if other.shares is None))

    def having(self, role: Role) -> tuple[str, ...]:
        """Names of the players with a role."""
        return tuple(name for name in self.modules if self.role(name) == role)

    def role(self, name: str) -> Role:
        """A player's role."""
        return self.others[name].role if name in self.others else name  # type: ignore[return-value]

    def turn(self, name: str) -> str:
        """The turn in which a player moves."""
        return self.others[name].turn if name in self.others else name

    def team(self, owner: str) -> tuple[str, ...]:
        """The players that a loss trains: its owner, and those that share it."""
        return (owner, *(name for name, other in self.others.items() if other.shares == owner))


def generate_with(built: Built, call: Callable[..., Any], latent: Tensor, code: Tensor | None) -> Tensor:
    """Samples of a latent (n, size) and, where there are codes, of a code (n,): through the priors and the generator.

    `call(player, *inputs)` gives a player's output. What a prior gives, a tensor or several, the next one gets.
    """
    inputs: tuple[Tensor, ...] = (latent,) if code is None else (latent, code)
    for prior in built.priors:
        answer = call(prior, *inputs)
        inputs = answer if isinstance(answer, tuple) else (answer,)
    z, *others = inputs
    try:
        samples: Tensor = call("generator", built.latent.shaped(z), *others)
    except RuntimeError as error:
        refuse_flat_latent(z, error, lambda pixel: call("generator", pixel, *others))
        raise
    return samples


def refuse_flat_latent(z: Tensor, error: RuntimeError, generate: Callable[[Tensor], Any]) -> None:
    """BadPlugin where a generator that raised takes latents of one pixel, as convolutions do."""
    with suppress(RuntimeError):
        generate(z.reshape(*z.shape, 1, 1))
        shape = (z.shape[1], 1, 1)
        raise BadPlugin(
            f"the generator takes z of shape (n, {shape[0]}, 1, 1): write gancheck.Latent({shape[0]}, shape={shape})"
        ) from error
