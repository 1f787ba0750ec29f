"""Where a discriminator's features end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import gancheck as gc
from gancheck.errors import BadPlugin
from gancheck.gans.heads import find_head, has_head, insert_before_head, replace_head, split_head
from gancheck.training.vectorise import ExecutionPath

LOOPED = ExecutionPath("looped", "eager")
PIXELS = gc.DataSpec((1, 8, 8), -1, 1)


class Count(nn.Module):
    """Appends a column of ones."""

    def forward(self, hidden: Tensor) -> Tensor:
        return torch.cat([hidden, torch.ones(len(hidden), 1)], 1)


class Tutorial(nn.Module):
    """The discriminator of everybody's DCGAN: one `main`, a convolution at its end, an activation in place."""

    def __init__(self, *end: nn.Module) -> None:
        super().__init__()
        hidden = (nn.Conv2d(1, 3, 4, 2, 1, bias=False), nn.BatchNorm2d(3), nn.LeakyReLU(0.2, inplace=True))
        self.main = nn.Sequential(*hidden, nn.Conv2d(3, 1, 4, 1, 0, bias=False), *end)

    def forward(self, x: Tensor) -> Tensor:
        return self.main(x).view(-1, 1).squeeze(1)


class Named(nn.Module):
    """Layers by name, the last one written first."""

    def __init__(self) -> None:
        super().__init__()
        self.verdict = nn.Linear(5, 1)
        self.hidden = nn.utils.parametrizations.weight_norm(nn.Linear(64, 5))

    def forward(self, x: Tensor) -> Tensor:
        return self.verdict(torch.relu(self.hidden(x.flatten(1))))


def patches() -> nn.Module:
    """Judges pieces of the image, and has no single head."""
    return nn.Sequential(nn.Conv2d(1, 3, 4, 2, 1), nn.Conv2d(3, 1, 3, 1, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())


@pytest.mark.parametrize(
    ("module", "holds"),
    [
        (nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)), True),
        (nn.Sequential(nn.Flatten(), nn.Linear(4, 1, bias=False)), True),
        (nn.Sequential(nn.Linear(2, 1)), False),  # nothing before the head
        (nn.Sequential(nn.Linear(2, 1), nn.Sigmoid()), False),
        (nn.Sequential(), False),
        (nn.Linear(2, 1), False),
    ],
)
def test_a_linear_layer_at_the_end_of_a_sequence_is_a_head_at_sight(module: nn.Module, holds: bool) -> None:
    assert has_head(module) is holds


@pytest.mark.parametrize(
    ("module", "name", "width"),
    [
        (Tutorial(), "main.3", 48),
        (Named(), "verdict", 5),
        (nn.Sequential(nn.Sequential(nn.Flatten(), nn.Linear(64, 5)), nn.Sequential(nn.Linear(5, 1))), "1.0", 5),
        (nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.Linear(5, 1), nn.Flatten(0)), "2", 5),
    ],
)
def test_a_dry_call_shows_the_head_of_any_module(module: nn.Module, name: str, width: int) -> None:
    before = {n: t.clone() for n, t in module.state_dict().items()}
    torch.manual_seed(0)
    drawn = torch.get_rng_state()
    head = find_head(module, PIXELS)
    assert head is not None
    assert (head.name, head.width) == (name, width)
    assert all(torch.equal(t, before[n]) for n, t in module.state_dict().items())  # running means among them
    assert torch.equal(torch.get_rng_state(), drawn)
    assert not any(m._forward_hooks for m in module.modules())


@pytest.mark.parametrize(
    "module",
    [
        patches(),
        nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.Linear(5, 1), nn.LayerNorm(1)),  # a layer after it
        nn.Sequential(nn.Conv2d(1, 1, 8), nn.Flatten()),  # nothing before it
    ],
)
def test_what_is_no_single_last_number_is_no_head(module: nn.Module) -> None:
    assert not has_head(module, PIXELS)
    with pytest.raises(BadPlugin, match=r"this one is Sequential"):
        insert_before_head(module, Count(), 1, PIXELS)


def test_body_and_head_make_the_whole() -> None:
    whole = nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))
    body, head = split_head(whole)
    x = torch.randn(5, 2)
    assert head is whole[-1]
    assert torch.equal(head(body(x)), whole(x))
    with pytest.raises(BadPlugin, match=r"game\.features takes any"):
        split_head(Tutorial())


@pytest.mark.parametrize("bias", [True, False])
def test_a_layer_before_the_head_widens_it(bias: bool) -> None:
    layers = nn.Sequential(nn.Unflatten(1, (1, 2)), nn.Flatten(0, 0), nn.Linear(2, 3), nn.Linear(3, 1, bias=bias))
    wide = insert_before_head(layers, Count(), added=1)
    assert isinstance(wide, nn.Sequential)
    assert wide(torch.zeros(5, 2)).shape == (5, 1)
    assert wide[-1].in_features == 4
    assert (wide[-1].bias is not None) is bias
    assert wide[2] is layers[2]  # the body is the discriminator's own


def test_a_layer_before_a_convolution_leaves_the_other_weights_and_the_shape() -> None:
    critic = Tutorial()
    x, names = torch.randn(6, 1, 8, 8), set(dict(critic.named_parameters()))
    features = critic.main[:3](x).flatten(1)
    wide = insert_before_head(critic, Count(), 1, PIXELS)
    new = dict(wide.named_parameters())
    assert names - set(new) == {"main.3.weight"}
    assert set(new) - names == {"main.3.2.weight"}
    expected = features @ new["main.3.2.weight"][0, :-1] + new["main.3.2.weight"][0, -1]
    torch.testing.assert_close(wide(x), expected)


@gc.gan("tutorial")
@dataclass(frozen=True)
class TutorialGan(gc.Gan):
    """Images only."""

    def build(self, data: gc.DataSpec) -> gc.Players:
        make = nn.Sequential(nn.Linear(2, 64), nn.Tanh(), nn.Unflatten(1, (1, 8, 8)))
        return gc.Players(make, Tutorial(), gc.Latent(2))


@gc.strategy("matching", family="regulariser")
@dataclass(frozen=True)
class Matching(gc.Strategy):
    """Matches the means of features (Salimans et al., NeurIPS 2016)."""

    def generator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        return loss + (game.features(game.real).mean(0) - game.features(game.fake).mean(0)).square().sum()


@pytest.mark.parametrize("treatment", ["minibatch-std", "minibatch-discrimination(kernels=2,width=2)", "features"])
def test_features_of_a_tutorials_discriminator_are_used_stacked(
    setup: Callable[..., Any], train: Callable[..., Any], apart: Callable[..., float], treatment: str
) -> None:
    own = (Matching(),) if treatment == "features" else ()
    recipe = "none" if own else treatment
    made = setup(recipe, extra=own, gan=TutorialGan(), data="digits")
    assert made.recipe.supports(made.gan, made.dataset.spec) is None
    records = train(recipe, extra=own, gan=TutorialGan(), data="digits", steps=2)
    assert [(r.path, r.path_reason) for r in records] == [("stacked-eager", "")] * 2
    untreated = train("none", gan=TutorialGan(), data="digits", steps=2)
    assert apart(records, untreated) > 1e-6
    looped = train(recipe, extra=own, gan=TutorialGan(), data="digits", steps=2, path=LOOPED)
    assert apart(records, looped) < 1e-4


def test_features_are_what_a_plain_call_gives(registry: gc.Registry) -> None:
    opened = gc.testing.game("none", registry=registry)
    body = opened.discriminator[:-1]  # type: ignore[index]
    assert torch.equal(opened.game.features(opened.x), body(opened.x))


@pytest.mark.parametrize("module", [nn.Sequential(nn.Flatten(), nn.Linear(64, 5), nn.ReLU(), nn.Linear(5, 1)), Named()])
def test_a_network_with_the_body_of_a_discriminator_has_a_head_of_its_own(module: nn.Module) -> None:
    network = replace_head(module, PIXELS, 4)
    x = torch.randn(6, *PIXELS.shape)
    first = module[1] if isinstance(module, nn.Sequential) else module.hidden  # type: ignore[union-attr]
    torch.testing.assert_close(network(x), network[-1](torch.relu(first(x.flatten(1)))))  # type: ignore[operator]
    assert network(x).shape == (6, 4)


def test_a_discriminator_without_a_head_lends_no_body() -> None:
    module = patches()
    network = replace_head(module, PIXELS, 4)
    assert network(torch.randn(6, *PIXELS.shape)).shape == (6, 4)
    assert not {id(p) for p in module.parameters()} & {id(p) for p in network.parameters()}
