from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.card import card_of
from gancheck.catalogue import Catalogue, Entry
from gancheck.contract import check
from gancheck.datasets.ring import Ring
from gancheck.errors import BadPlugin

CATALOGUE = Catalogue.load()
TESTS = Path(__file__).parent
QUICK = {"unrolled": {"k": 1}}  #: what is slow to trace at its default size


@pytest.mark.parametrize(("kind", "name"), sorted(CATALOGUE.entries))
def test_every_registered_plugin_keeps_the_contract(kind: str, name: str) -> None:
    entry = replace(CATALOGUE.entry(kind, name), defaults=QUICK.get(name, CATALOGUE.entry(kind, name).defaults))
    notes = check(entry, Catalogue({**CATALOGUE.entries, (kind, name): entry}))
    assert notes
    assert not any("skipped" in note for note in notes)


@pytest.mark.parametrize(("kind", "folder"), [("strategy", "strategies"), ("detector", "detectors"), ("gan", "models")])
def test_every_registered_plugin_has_a_test_file(kind: str, folder: str) -> None:
    wanted = {f"test_{name.replace('-', '_')}.py" for name in CATALOGUE.names(kind)}
    assert wanted <= {path.name for path in (TESTS / folder).glob("test_*.py")}


@pytest.mark.parametrize(("kind", "folder"), [("metric", "metrics"), ("dataset", "datasets")])
def test_every_metric_and_dataset_is_named_in_some_test(kind: str, folder: str) -> None:
    text = "\n".join(path.read_text() for path in (TESTS / folder).glob("test_*.py"))
    cards = {name: CATALOGUE.entry(kind, name) for name in CATALOGUE.names(kind)}
    unnamed = [n for n, e in cards.items() if f'"{n}"' not in text and e.thing.__name__ not in text]
    assert not unnamed


def checked(thing: Any, **defaults: Any) -> list[str]:
    """Hold a class or function of this file against the contract, as `gancheck check` does."""
    card = card_of(thing)
    assert card is not None
    entry = Entry(card, thing, defaults)
    return check(entry, Catalogue({**CATALOGUE.entries, (card.kind, card.name): entry}))


def refused(thing: Any, reason: str, **defaults: Any) -> None:
    with pytest.raises(BadPlugin) as caught:
        checked(thing, **defaults)
    card = card_of(thing)
    assert card is not None
    assert str(caught.value).startswith(f"{card.kind} '{card.name}'")
    assert reason in str(caught.value)


def gan(build: Callable[[gc.DataSpec], Any]) -> Any:
    return gc.gan("own")(dataclass(type("Own", (gc.Gan,), {"build": lambda self, data: build(data)})))


def linear(data: gc.DataSpec) -> gc.Players:
    shaped = nn.Sequential(nn.Linear(2, data.size), nn.Unflatten(1, data.shape))
    return gc.Players(shaped, nn.Sequential(nn.Flatten(), nn.Linear(data.size, 1)), gc.Latent(2))


def constant(data: gc.DataSpec) -> gc.Players:
    players = linear(data)
    for tensor in players.generator.parameters():
        nn.init.uniform_(tensor, generator=torch.Generator().manual_seed(0))
    return players


def test_a_sound_gan_is_told_what_it_trains_on() -> None:
    notes = checked(gan(linear))
    assert notes == ["trains on ring8 (stacked-traced)", "trains on digits (stacked-traced)"]


def test_a_gan_that_takes_nothing_is_refused() -> None:
    def picky(data: gc.DataSpec) -> gc.Players:
        raise ValueError("only sounds")

    refused(gan(picky), "does not take ring8: only sounds; does not take digits: only sounds")


def test_a_gan_whose_seeds_start_alike_is_refused() -> None:
    refused(gan(constant), "two seeds start with the same generator")


def test_a_gan_that_breaks_is_refused_in_one_line() -> None:
    refused(gan(lambda data: gc.Players(nn.Linear(3, 2), nn.Linear(2, 1), gc.Latent(2))), "RuntimeError: ")
    refused(gan(lambda data: None), "build() returned NoneType")


def test_a_gan_of_the_wrong_class_is_refused() -> None:
    refused(gc.gan("own")(dataclass(type("Own", (), {}))), "must derive from gancheck.Gan")


@gc.strategy("own", family="regulariser")
@dataclass
class Counts(gc.Strategy):
    """Keeps a number to itself, which a traced step does not see change."""

    calls: int = field(default=0, init=False)

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        self.calls += 1
        return loss + self.calls * game.real_logits.mean()


def test_a_strategy_that_keeps_state_to_itself_is_refused() -> None:
    refused(Counts, "seeds trained together differ from one by one")


def test_a_strategy_that_diverges_is_refused() -> None:
    own = type("Own", (gc.Strategy,), {"generator_loss": lambda self, loss, game: loss / 0})
    refused(gc.strategy("own", family="regulariser")(dataclass(own)), "training is diverged")


@gc.dataset("own")
@dataclass(frozen=True)
class Own(Ring):
    """A ring that can be spoilt."""

    flaw: str = ""

    def draw(self, count: int, generator: torch.Generator) -> gc.Batch:
        batch = super().draw(count, torch.Generator().manual_seed(torch.seed()) if self.flaw == "free" else generator)
        return batch._replace(x=batch.x.double()) if self.flaw == "double" else batch

    def pool(self, name: Any, count: int, generator: torch.Generator) -> Tensor:
        return super().pool(name, count, generator) * (1.1 if self.flaw == "far" else 1)


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("free", "draw() must take its randomness from the generator"),
        ("double", "samples are float32"),
        ("far", "of held-out data is of high quality"),
    ],
)
def test_a_dataset_with_a_flaw_is_refused(flaw: str, reason: str) -> None:
    assert checked(Own)
    refused(Own, reason, flaw=flaw)


def test_a_metric_with_a_flaw_is_refused() -> None:
    def share(view: gc.View) -> Tensor:
        return torch.tensor(0.5)

    assert checked(gc.metric("own", better="higher", low=0, high=1)(share))
    refused(gc.metric("own", better="higher", low=0, high=0.4)(share), "gave 0.5, outside its range")
    refused(gc.metric("own", better="higher")(lambda view: torch.rand(())), "two values for the same samples")


@gc.detector("own", needs=("generator_loss",))
@dataclass
class Alarmist(gc.Detector):
    """Raises at the n-th step that it sees, in this run or, if it does not forget, in its life."""

    at: int
    forgets: bool = True
    seen: int = field(default=0, init=False)

    def start(self) -> None:
        self.seen = 0 if self.forgets else self.seen

    def update(self, step: int, signals: Mapping[str, float]) -> tuple[float, str] | None:
        self.seen += 1
        return (1.0, "enough") if self.seen == self.at else None


def test_a_detector_with_a_flaw_is_refused() -> None:
    assert checked(Alarmist, at=500) == ["silent on steady noise"]
    refused(Alarmist, "raises on steady noise at step 100", at=100)
    refused(Alarmist, "remembers an earlier run", at=500, forgets=False)
