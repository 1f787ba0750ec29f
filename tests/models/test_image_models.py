"""What holds for every GAN in models/ that makes images."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
import torch

import gancheck as gc
from gancheck.gans.heads import has_head
from gancheck.gans.sampler import draw_samples
from gancheck.training.snapshot import sampler_of
from gancheck.training.vectorise import ExecutionPath


class Narrow(NamedTuple):
    """A GAN with few channels, and which of its players are normalised over the batch."""

    name: str
    parameters: dict[str, Any]
    normalised: tuple[str, ...] = ()


NARROW = {
    "dcgan": Narrow("dcgan", {"width": 4, "latent": 6}),
    "dcgan-batch": Narrow("dcgan", {"width": 4, "latent": 6, "normalisation": "batch"}, ("generator", "discriminator")),
    "dcgan-veegan": Narrow("dcgan-veegan", {"width": 2, "latent": 6}, ("generator", "discriminator")),
    "dcgan-metz": Narrow("dcgan-metz", {"width": 4, "latent": 6}, ("generator", "discriminator")),
    "maxout-toy": Narrow("maxout-toy", {"width": 6, "discriminator_width": 4, "pieces": 2}, ("generator",)),
    "sngan-resnet": Narrow("sngan-resnet", {"width": 4, "discriminator_width": 4, "latent": 6}, ("generator",)),
    "r3gan": Narrow("r3gan", {"width": 8, "latent": 6}),
    "cdcgan": Narrow("cdcgan", {"width": 4, "latent": 6}),
}
SHAPES = [(1, 28, 28), (3, 28, 28), (3, 32, 32), (1, 8, 8), (3, 16, 16), (3, 64, 64)]
LOOPED = ExecutionPath("looped", "eager")


@pytest.fixture(scope="module", params=NARROW)
def narrow(request: Any) -> Narrow:
    return NARROW[request.param]


@pytest.fixture(scope="module")
def gan(narrow: Narrow, registry: gc.Registry) -> Any:
    return registry.build("gan", narrow.name, **narrow.parameters)


class Built(NamedTuple):
    """Players and what they make of one draw."""

    players: gc.Players
    samples: torch.Tensor
    logits: torch.Tensor


def built(gan: gc.Gan, shape: tuple[int, ...], loudness: float = 1.0) -> Built:
    """The players for images of a shape with 3 modes, four samples and their logits."""
    torch.manual_seed(0)
    data = gc.DataSpec(shape, low=-1, high=1, modes=3)
    players = gan.build(data)
    z, code = loudness * torch.randn(4, players.latent.size), torch.tensor([0, 1, 2, 0])
    if not players.latent.codes:
        samples = players.generator(z)
        return Built(players, samples, players.discriminator(samples))
    told = players.replace(discriminator=gan.build(data.joined(3)).discriminator)
    samples = told.generator(z, code)
    return Built(told, samples, told.discriminator(gc.join(samples, gc.one_hot(code, 3))))


@pytest.mark.parametrize("shape", SHAPES)
def test_images_are_of_the_datas_shape_and_range(gan: gc.Gan, shape: tuple[int, ...]) -> None:
    players, samples, logits = built(gan, shape, loudness=100)
    assert samples.shape == (4, *shape)
    assert samples.abs().max() <= 1
    assert logits.shape == (4, 1)
    assert has_head(players.discriminator)


@pytest.mark.parametrize("shape", [(2,), (1, 12, 16), (3, 6, 6)])
def test_other_shapes_are_refused_in_a_line(narrow: Narrow, gan: gc.Gan, shape: tuple[int, ...]) -> None:
    if narrow.name == "maxout-toy":
        pytest.skip("takes any")
    line = rf"{narrow.name} takes square images of side 8.*, not samples of shape \({shape[0]},.*\)$"
    with pytest.raises(ValueError, match=line):
        gan.build(gc.DataSpec(shape, modes=3))


def test_gradients_reach_every_weight_of_both_players(gan: gc.Gan) -> None:
    players = built(gan, (1, 8, 8)).players
    with torch.no_grad():  # a layer that starts at 0 hides those before it
        for weight in (p for m in players.modules.values() for p in m.parameters() if not p.any()):
            weight.add_(torch.randn(weight.shape))
    z, code = torch.randn(16, players.latent.size), torch.arange(16) % 3
    told = bool(players.latent.codes)
    images = players.generator(z, code) if told else players.generator(z)
    players.discriminator(gc.join(images, gc.one_hot(code, 3)) if told else images).sigmoid().sum().backward()
    for name, module in players.modules.items():
        for path, weight in module.named_parameters():
            assert weight.grad is not None, f"{name}.{path}"
            assert weight.grad.abs().max() > 0, f"{name}.{path}"


def test_it_trains_under_several_treatments_at_once(gan: gc.Gan, train: Callable[..., Any]) -> None:
    [run] = train("pacgan+r1+ema(decay=0.5)", gan=gan, data="digits", steps=4, batch=8, seeds=(0,), path=LOOPED)
    assert run.status == "done"
    assert run.path == "looped-eager"


def test_seeds_trained_together_are_what_they_are_one_by_one(
    gan: gc.Gan, train: Callable[..., Any], apart: Callable[..., float]
) -> None:
    together = train(gan=gan, data="digits", steps=2)
    assert {run.path for run in together} == {"stacked-eager"}
    alone = train(gan=gan, data="digits", steps=2, path=LOOPED)
    assert apart(together, alone) < 1e-5


def test_only_normalised_players_keep_running_means(narrow: Narrow, gan: gc.Gan) -> None:
    players = gan.build(gc.DataSpec((3, 16, 16), low=-1, high=1, modes=3))
    kept = [name for name, m in players.modules.items() if any("running_mean" in key for key, _ in m.named_buffers())]
    assert tuple(kept) == narrow.normalised


def test_a_sample_does_not_depend_on_those_it_is_drawn_with(
    gan: gc.Gan, narrow: Narrow, setup: Callable[..., Any], train: Callable[..., Any]
) -> None:
    how = {"gan": gan, "data": "digits", "steps": 3, "seeds": (0,)}
    [run], sampler = train(**how), sampler_of(setup(**how))
    kept = run.snapshots[3]
    moved = [mean.abs().max() > 0 for name, mean in kept.generator.items() if name.endswith("running_mean")]
    assert all(moved)
    assert bool(moved) is ("generator" in narrow.normalised)
    z, code = sampler.latents(kept, 6, torch.Generator().manual_seed(0))
    few = None if code is None else code[:2]
    torch.testing.assert_close(sampler.generate(kept, z, code)[:2], sampler.generate(kept, z[:2], few))
    assert draw_samples(sampler, kept, 5, torch.Generator().manual_seed(1)).shape == (5, 1, 8, 8)
