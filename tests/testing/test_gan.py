"""The DCGAN of everybody's tutorial, as newcomers bring it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.registry import Registry
from gancheck.testing.contract import check_plugin
from gancheck.testing.gan import refusal
from gancheck.training.vectorise import ExecutionPath

LOADED = Registry.load()
STACKED, LOOPED = ExecutionPath("stacked", "eager"), ExecutionPath("looped", "eager")
ONE_PIXEL = gc.Latent(6, shape=(6, 1, 1))
Wrap = Callable[[nn.Module], nn.Module]


def weights_init(module: nn.Module) -> None:
    """As in the tutorial."""
    if "Conv" in type(module).__name__:
        nn.init.normal_(module.weight.data, 0.0, 0.02)  # type: ignore[arg-type]
    elif "BatchNorm" in type(module).__name__:
        nn.init.normal_(module.weight.data, 1.0, 0.02)  # type: ignore[arg-type]
        nn.init.constant_(module.bias.data, 0)  # type: ignore[arg-type]


class Generator(nn.Module):
    """z (n, 6, 1, 1) to pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(nn.ConvTranspose2d(6, 4, 4, 1, 0, bias=False), nn.BatchNorm2d(4), nn.ReLU(True)),
            *(nn.ConvTranspose2d(4, 1, 4, 2, 1, bias=False), nn.Tanh()),
        )

    def forward(self, z: Tensor) -> Tensor:
        return self.main(z)


class Discriminator(nn.Module):
    """Pictures to numbers (n,)."""

    def __init__(self, wrap: Wrap, *end: nn.Module) -> None:
        super().__init__()
        self.main = nn.Sequential(
            *(wrap(nn.Conv2d(1, 4, 4, 2, 1, bias=False)), nn.BatchNorm2d(4), nn.LeakyReLU(0.2, inplace=True)),
            *(wrap(nn.Conv2d(4, 1, 4, 1, 0, bias=False)), *end),
        )

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x).view(-1, 1).squeeze(1)


@gc.gan("tutorial")
@dataclass(frozen=True)
class Tutorial(gc.Gan):
    """Whatever the data is, it makes pictures of one channel and 8x8 pixels."""

    latent: gc.Latent = ONE_PIXEL
    end: tuple[type[nn.Module], ...] = ()
    wrap: Wrap = lambda layer: layer
    initial: Callable[[nn.Module], None] = weights_init

    def build(self, data: gc.DataSpec) -> gc.Players:
        generator, discriminator = Generator(), Discriminator(self.wrap, *(make() for make in self.end))
        generator.apply(self.initial)
        discriminator.apply(self.initial)
        return gc.Players(generator, discriminator, self.latent)


def checked(thing: Any, **values: Any) -> list[str]:
    """Hold a GAN against the contract, as `gancheck check` does."""
    info = plugin_info(thing)
    assert info is not None
    entry = PluginEntry(info, thing, values)
    return check_plugin(entry, Registry([*LOADED.added, entry]))


def test_the_tutorials_gan_works_and_is_told_which_data_it_takes() -> None:
    took, refused = checked(Tutorial)
    assert took == "trains on digits (stacked-traced)"
    assert refused == "does not take ring8: its generator makes samples of shape (1, 8, 8), and these have (2,)"


def test_its_sigmoid_is_refused() -> None:
    with pytest.raises(BadPlugin, match=r"gan 'tutorial': the discriminator's outputs lie in \[0, 1\]"):
        checked(Tutorial, end=(nn.Sigmoid,))


def test_its_latents_are_explained() -> None:
    with pytest.raises(BadPlugin, match=r"write gancheck\.Latent\(6, shape=\(6, 1, 1\)\)"):
        checked(Tutorial, latent=gc.Latent(6))


def test_a_gan_whose_forward_only_takes_images_says_what_was_raised() -> None:
    @gc.gan("picture")
    @dataclass(frozen=True)
    class Picture(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            channels, height, width = data.shape
            make = nn.Sequential(nn.Linear(2, channels * height * width), nn.Unflatten(1, data.shape))
            return gc.Players(make, nn.Sequential(nn.Conv2d(channels, 1, (height, width)), nn.Flatten()), gc.Latent(2))

    assert "not enough values to unpack" in refusal(Picture(), gc.DataSpec((2,)))
    assert refusal(Picture(), gc.DataSpec((1, 8, 8), -1, 1)) == ""


def test_a_gan_for_another_size_is_tried_on_images_without_content() -> None:
    @gc.gan("large")
    @dataclass(frozen=True)
    class Large(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            make = nn.Sequential(nn.Linear(2, 3 * 32 * 32), nn.Tanh(), nn.Unflatten(1, (3, 32, 32)))
            return gc.Players(make, nn.Sequential(nn.Conv2d(3, 1, 32), nn.Flatten()), gc.Latent(2))

    notes = checked(Large)
    assert notes[0] == "trains on images of shape (3, 32, 32) (stacked-eager)"
    assert [note.partition(":")[0] for note in notes[1:]] == ["does not take ring8", "does not take digits"]


@pytest.mark.parametrize(
    ("wrap", "path"),
    [
        (nn.utils.parametrizations.weight_norm, "stacked-eager"),
        (nn.utils.weight_norm, "stacked-eager"),
        (nn.utils.parametrizations.spectral_norm, "looped-eager"),
        (nn.utils.spectral_norm, "looped-eager"),
    ],
)
@pytest.mark.filterwarnings("ignore:.*weight_norm.*:FutureWarning")
def test_torchs_normalisations_are_trained_stacked_or_say_why_not(
    train: Callable[..., Any], apart: Callable[..., float], wrap: Wrap, path: str
) -> None:
    def keep(module: nn.Module) -> None:
        return None

    gan = Tutorial(wrap=wrap, initial=keep)
    records = train(gan=gan, data="digits", steps=2)
    assert records[0].path == path
    assert ("the strategy spectral-norm" in records[0].path_reason) is (path == "looped-eager")
    assert apart(records, train(gan=gan, data="digits", steps=2, path=LOOPED)) < 1e-4


@pytest.mark.parametrize("recipe", ["r1", "unrolled(k=1)", "spectral-norm", "pacgan(m=1)", "minibatch-std+ema"])
def test_the_tutorials_gan_is_treated_stacked(
    train: Callable[..., Any], apart: Callable[..., float], recipe: str
) -> None:
    records = train(recipe, gan=Tutorial(), data="digits", steps=2)
    assert [(r.path, r.path_reason) for r in records] == [("stacked-eager", "")] * 2
    assert apart(records, train(recipe, gan=Tutorial(), data="digits", steps=2, path=LOOPED)) < 1e-3


def test_a_tutorials_generator_draws_each_sample_from_its_latent(setup: Callable[..., Any]) -> None:
    players = Tutorial().build(gc.DataSpec((1, 8, 8), -1, 1))
    z = torch.randn(3, 6)
    assert players.latent.shaped(z).shape == (3, 6, 1, 1)
    assert torch.equal(players.latent.shaped(z).flatten(1), z)
