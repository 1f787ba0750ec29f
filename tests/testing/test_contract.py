from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.datasets.mixtures.ring import Ring
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.registry import Registry
from gancheck.testing.contract import check_plugin
from gancheck.testing.detector import STEPS, shown

REGISTRY = Registry.load()
#: All but networks and data of others, which would be downloaded; tests/extractors/ has the former with random weights,
#: tests/datasets/ the latter in small files.
EVERYTHING = [
    (kind, name)
    for kind in KINDS
    for name in REGISTRY.names(kind)
    if not getattr(REGISTRY.entry(kind, name).thing, "costly", False)
    and not getattr(REGISTRY.entry(kind, name).thing, "from_files", False)
]
QUICK: dict[str, dict[str, Any]] = {  #: what is slow at its default size
    "unrolled": {"k": 1},
    "adagan": {"critic_updates": 3, "rows": 100},
    "gman": {"critics": 2},
    "mcl": {"critics": 2},
    "presgan": {"burn_in": 0, "draws": 1, "leapfrog": 1},
    "random-d": {"critics": 2},
    "ddls": {"steps": 3},
    "cluster-balance": {"clusters": 8, "rows": 200},
    "batch-size": {"factor": 2},
    "cleaning": {"rows": 100},
    "bourgan": {"points": 100},
    "stackelberg": {"k": 2},
    "dyngan": {"rows": 200},
    "dcgan-veegan": {"width": 4},
    "maxout-toy": {"width": 32, "discriminator_width": 16},
    "sngan-resnet": {"width": 8, "discriminator_width": 8},
    "r3gan": {"width": 8},
    "cdcgan": {"width": 8},
    "ddpm": {"width": 16, "steps": 3, "batch": 16},
    "self-conditioned": {"clusterings": 2, "clusters": 8, "rows": 300},
}


@pytest.mark.parametrize(("kind", "name"), EVERYTHING)
def test_every_registered_plugin_keeps_the_contract(kind: str, name: str) -> None:
    entry = REGISTRY.entry(kind, name)
    if name in QUICK:
        entry = replace(entry, info=replace(entry.info, name=f"quick-{name}"), defaults=QUICK[name])
    notes = check_plugin(entry, Registry([*REGISTRY.added, entry]) if name in QUICK else REGISTRY)
    assert any(note for note in notes if not note.startswith("skipped"))
    if kind == "strategy":
        assert any("(stacked-traced)" in note for note in notes)  # none leaves the fast way


def checked(thing: Any, **defaults: Any) -> list[str]:
    """Hold a class or function of this file against the contract, as `gancheck check` does."""
    info = plugin_info(thing)
    assert info is not None
    entry = PluginEntry(info, thing, defaults)
    return check_plugin(entry, Registry([*REGISTRY.added, entry]))


def refused(thing: Any, reason: str, **defaults: Any) -> None:
    with pytest.raises(BadPlugin) as caught:
        checked(thing, **defaults)
    info = plugin_info(thing)
    assert info is not None
    assert str(caught.value).startswith(f"{info.kind} '{info.name}'")
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


def test_dropout_of_torch_is_a_lawful_part_of_a_gan() -> None:
    def drops(data: gc.DataSpec) -> gc.Players:
        players = linear(data)
        return players.replace(discriminator=nn.Sequential(nn.Dropout(0.2), *players.discriminator))

    assert checked(gan(drops)) == ["trains on ring8 (stacked-traced)", "trains on digits (stacked-traced)"]


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
        if self.flaw == "names":
            return batch._replace(y=7 - batch.y)
        return batch._replace(x=batch.x.double()) if self.flaw == "double" else batch

    @property
    def weights(self) -> Tensor:
        equal = super().weights
        return equal.new_tensor([0.3, *[0.1] * 7]) if self.flaw == "shares" else equal

    @property
    def deviations(self) -> Tensor:
        return super().deviations * (5 if self.flaw == "wide" else 1)

    def pool(self, name: Any, count: int, generator: torch.Generator) -> Tensor:
        if self.flaw == "shares":
            return Ring().pool(name, count, generator)
        return super().pool(name, count - (self.flaw == "short"), generator) * (1.1 if self.flaw == "far" else 1)


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("free", "draw() must take its randomness from the generator"),
        ("double", "samples are float32"),
        ("far", "of held-out data is of high quality"),
        ("short", "pool() gave 1999 samples where 2000 were asked for"),
        ("shares", "of held-out data, but weights say 30.0%"),
        ("wide", "held-out data spreads 0.2 times as much inside the modes as deviations say"),
        ("names", "draw() and assign() name the same mode for only 0.0% of good training samples"),
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


def test_a_metric_that_compares_with_a_real_draw_says_so() -> None:
    def ratio(view: gc.View) -> Tensor:
        return view.fake.std() / view.real_row.fake.std()

    refused(gc.metric("own", better="one", needs="samples")(ratio), "yardstick=True")
    assert checked(gc.metric("own", better="one", needs="samples", yardstick=True)(ratio))


@gc.detector("own", needs=("generator_loss", "update_ratio"))
@dataclass
class Flawed(gc.Detector):
    """A running mean of the loss, with one flaw."""

    flaw: str = ""

    cause = "anything"
    advice = "nothing"
    mean: float = field(default=0.0, init=False)
    kept: Any = field(default=None, init=False)

    def start(self) -> None:
        if self.flaw != "remembers":
            self.mean = 0.0
        self.kept = torch.zeros(1) if self.flaw == "tensor" else None
        self.hidden = 0.0

    def update(self, seen: gc.Observation) -> Any:
        if self.flaw == "number":
            return 1.0
        loss = seen.numbers["generator_loss"] if self.flaw == "trusts" else seen.get("generator_loss")
        if self.flaw == "silent" or loss != loss or not seen.of_layers("update_ratio"):
            return None
        if self.flaw == "nan":
            return gc.Reading(seen.get("generator_los"), 1.0)
        if self.flaw == "int":
            int(loss)
        self.mean = 0.9 * self.mean + 0.1 * loss
        self.hidden = 0.9 * self.hidden + 0.1 * loss
        threshold = 0.0 if self.flaw == "alarmist" else 1e9
        return gc.Reading(self.hidden if self.flaw == "hides" else self.mean, threshold)


@pytest.mark.parametrize(
    ("flaw", "reason"),
    [
        ("alarmist", "raises an alarm on steady noise, at step 2"),
        ("remembers", "remembers an earlier run"),
        ("hides", "taken up in the middle of steady numbers it goes on differently"),
        ("tensor", "remembers what is no number, text, list or dictionary"),
        ("number", "update() gave float: give a gancheck.Reading or None"),
        ("trusts", "KeyError: 'generator_loss'"),
        ("int", "OverflowError: cannot convert float infinity to integer"),
        ("silent", "it never gave a reading"),
        ("nan", "its statistic is never a finite number"),
    ],
)
def test_a_detector_with_a_flaw_is_refused(flaw: str, reason: str) -> None:
    assert checked(Flawed) == ["silent on steady noise", "reads steady, rising, falling, spiking numbers"]
    refused(Flawed, reason, flaw=flaw)


def test_a_strategy_with_a_misspelt_hook_is_refused() -> None:
    @gc.strategy("idle", family="regulariser")
    @dataclass(frozen=True)
    class Idle(gc.Strategy):
        def discriminator_los(self, loss: Tensor, game: gc.Game) -> Tensor:  # misspelt
            return loss

    refused(Idle, "Did you mean discriminator_loss(self, loss, game)?")


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        (
            {"needs": ("real_logits",)},
            "needs the signal 'real_logits', which no training has. Did you mean 'real_logit'?",
        ),
        (
            {"__init__": lambda self: setattr(self, "severity", "warn")},
            "there is no 'warn': severity is one of notice, warning, fatal. Did you mean 'warning'?",
        ),
        ({"cause": ""}, "says no cause or no advice"),
        ({"acts_on": ("accuracy",)}, "acts on more than accuracy: name every signal in acts_on"),
    ],
)
def test_a_detector_that_does_not_say_what_it_must_is_refused(more: dict[str, Any], reason: str) -> None:
    own = type("Own", (Flawed,), {k: v for k, v in more.items() if k != "needs"})
    refused(gc.detector("deaf", needs=more.get("needs", ("loss",)))(own), reason)


@gc.detector("own-reads", needs=())
@dataclass
class Reads(gc.Detector):
    """The number of one signal."""

    signal: str

    cause = "anything"
    advice = "nothing"

    def start(self) -> None:
        """It remembers nothing."""

    def update(self, seen: gc.Observation) -> gc.Reading | None:
        return gc.Reading(seen.get(self.signal), 1e9) if self.signal in seen.numbers else None


@pytest.mark.parametrize(
    ("reads", "signal"),
    [
        ("generator_loss", "generator_loss"),
        ("metric_wer", "metric_wer"),
        ("metric_*", "metric_own"),
        ("*_loss", "own_loss"),
        ("*_norm", "gradient_norm"),
        ("generator_loss_block", "generator_loss_block"),
    ],
)
def test_a_detector_is_shown_what_it_reads(reads: str, signal: str) -> None:
    own = gc.detector("own-reads", needs=(), reads=("copies", reads))(type("Own", (Reads,), {}))
    assert checked(own, signal=signal) == ["silent on steady noise", "reads steady, rising, falling, spiking numbers"]


def test_means_of_a_loss_are_shown_as_a_training_gives_them() -> None:
    own = gc.detector("own-reads", needs=("loss_block",))(type("Own", (Reads,), {"acts_on": ("loss_block",)}))
    assert checked(own, signal="loss_block")
    means = [seen.numbers["loss_block"] for seen in shown(("loss_block",), lambda step: 1.0) if seen.step % 10 == 0]
    assert len(means) == STEPS / 10
    assert sum("loss_block" in seen.numbers for seen in shown(("loss_block",), lambda step: 1.0)) == STEPS / 10


@pytest.mark.parametrize("how", [{"needs": ("metric_wer",)}, {"needs": (), "reads": ("metric_wer",)}])
def test_a_detector_that_acts_on_a_metric_says_so(how: dict[str, Any]) -> None:
    own = gc.detector("own-reads", **how)(type("Own", (Reads,), {"acts_on": ("loss",)}))
    refused(own, "acts on more than loss: name every signal in acts_on", signal="metric_wer")


def test_a_signal_that_is_read_and_that_no_training_has_is_refused() -> None:
    own = gc.detector("own-reads", needs=(), reads=("loss", "real_logits"))(type("Own", (Reads,), {}))
    refused(own, "reads the signal 'real_logits', which no training has. Did you mean 'real_logit'?", signal="loss")


def test_a_detector_of_another_class_is_refused() -> None:
    refused(gc.detector("own", needs=())(dataclass(type("Own", (), {}))), "must derive from gancheck.Detector")


@pytest.mark.parametrize(
    ("how", "line"), [({"needs": "refrence"}, "Did you mean 'reference'"), ({"better": "more"}, "better = 'more'")]
)
def test_a_metric_that_declares_what_does_not_exist_is_refused(how: dict[str, str], line: str) -> None:
    with pytest.raises(BadPlugin, match=line):
        gc.metric("odd", **{"better": "higher", **how})  # type: ignore[arg-type]


def test_a_metric_is_tried_on_data_that_has_what_it_needs() -> None:
    @gc.metric("pixels", better="higher", needs="images")
    def pixels(view: gc.View) -> Tensor:
        return view.images.abs().mean()

    @gc.metric("undefined", better="higher", needs="train")
    def undefined(view: gc.View) -> Tensor:
        raise gc.BadData("never defined")

    assert checked(pixels)[0].startswith("real data: 0.")
    assert checked(undefined) == ["real data: not defined", "one point: not defined"]


def test_a_dataset_in_features_that_do_not_exist_is_refused() -> None:
    @gc.dataset("odd-features")
    @dataclass(frozen=True)
    class Odd(Ring):
        extractor = "clasifier"

    refused(Odd, "Did you mean 'classifier'?")


def test_an_extractor_whose_facts_are_no_json_is_refused() -> None:
    @gc.extractor("odd-facts")
    @dataclass
    class Odd(gc.Extractor):
        @property
        def facts(self) -> dict[str, Any]:
            return {"weights": object()}

        def features(self, x: Tensor) -> Tensor:
            return x.flatten(1)

    refused(Odd, "facts must hold JSON values only")


def test_a_gan_that_builds_no_players_is_told_so() -> None:
    refused(gan(lambda data: gc.Networks(linear(data).generator, gc.Latent(2))), "it must return gancheck.Players")


def test_a_strategy_whose_seeds_are_trained_one_by_one_is_told_so() -> None:
    def discriminator_loss(self: Any, loss: Tensor, game: gc.Game) -> Tensor:
        return loss * (1.0 if game.real_logits.mean().item() > 100 else 1.5)

    looped = type("Looped", (gc.Strategy,), {"discriminator_loss": discriminator_loss})
    notes = checked(gc.strategy("looped-by-item", family="regulariser")(dataclass(frozen=True)(looped)))
    assert "its seeds are trained one by one, which is slow" in notes
    assert any(note.startswith("the fast way is left") and "keep values in tensors" in note for note in notes)


@pytest.mark.parametrize("family", ["objectiv", "Objective", "objectives", "regularizer"])
def test_a_family_that_is_nearly_a_known_one_is_refused(family: str) -> None:
    with pytest.raises(BadPlugin, match=f"strategy 'mine': unknown family '{family}'. Did you mean '"):
        gc.strategy("mine", family=family)
    gc.strategy("mine", family="replay memory")


def test_a_module_beside_a_plugin_needs_no_plugin_of_its_own_and_is_named(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def gap(view):\n    return (view.fake.mean(0) - view.real.mean(0)).norm()\n")
    text = 'import gancheck as gc\nfrom helper import gap\n\n@gc.metric("gap", better="lower")\ndef g(view):\n    '
    (tmp_path / "mine.py").write_text(text + "return gap(view)\n")
    (line,) = gc.check(tmp_path)
    assert line.endswith("; a change of helper.py counts as a change of it")
    (tmp_path / "alone.py").write_text("x = 1\n")
    with pytest.raises(BadPlugin, match=r"alone\.py defines no plug-in"):
        gc.check(tmp_path)


def test_an_extractor_that_tells_nothing_apart_is_refused() -> None:
    own = type("Own", (gc.Extractor,), {"features": lambda self, x: torch.ones(len(x), 2)})
    refused(gc.extractor("own")(dataclass(own)), "gives all samples the same features")
