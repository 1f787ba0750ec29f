"""Gradients of what stands on the board against independent derivations: plain modules, loops over samples, autograd.

Nothing of gancheck is used on the other side but the modules' own weights. In float64, so that a wrong factor or sign
cannot hide behind rounding.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from gancheck.strategies.discriminator.minibatch_discrimination import Closeness

Loss = Callable[[Any], Tensor]
BATCH = 6


def log_sigmoid(x: Tensor) -> Tensor:
    return -torch.log1p(torch.exp(-x))


def cross_entropy(d: Any) -> Tensor:
    """-E log D(x) - E log (1 - D(G(z)))."""
    return -log_sigmoid(d.real).mean() - log_sigmoid(-d.fake).mean()


def not_saturating(d: Any) -> Tensor:
    """-E log D(G(z))."""
    return -log_sigmoid(d.fake).mean()


def norms(d: Any, points: Tensor) -> Tensor:
    """The slope's norm at every point, one call of autograd each."""
    found = []
    for point in points.detach():
        at = point[None].requires_grad_()
        found.append(torch.autograd.grad(d.discriminator(at).sum(), at, create_graph=True)[0].norm())
    return torch.stack(found)


def wgan_gp(d: Any) -> Tensor:
    """E D(fake) - E D(real) + 10 E (|grad D(mix)| - 1)^2, one mixing weight a pair."""
    mix = d.game.noise.tensors["wgan-gp#1"]
    between = torch.stack([m * x + (1 - m) * f for m, x, f in zip(mix, d.x, d.generator(d.z), strict=True)])
    return d.fake.mean() - d.real.mean() + 10 * torch.stack([(n - 1) ** 2 for n in norms(d, between)]).mean()


def dragan(d: Any) -> Tensor:
    """Cross entropy + 10 E (|grad D(x + 0.5 a std(X) u)| - 1)^2, u uniform on [0, 1) in every coordinate, a in each."""
    push, share = d.game.noise.tensors["dragan#1"], d.game.noise.tensors["dragan/share#1"]
    spread = ((d.x - d.x.mean()) ** 2).sum().div(d.x.numel()).sqrt()
    points = torch.stack([x + a * 0.5 * spread * u for x, a, u in zip(d.x, share, push, strict=True)])
    return cross_entropy(d) + 10 * torch.stack([(n - 1) ** 2 for n in norms(d, points)]).mean()


def r1(d: Any) -> Tensor:
    return cross_entropy(d) + 5 * norms(d, d.x).square().mean()


def rpgan_r1r2(d: Any) -> Tensor:
    """-E log sigmoid(D(x) - D(G(z))) + 1/2 (E |grad D(x)|^2 + E |grad D(G(z))|^2)."""
    slopes = norms(d, d.x).square().mean() + norms(d, d.generator(d.z)).square().mean()
    return -log_sigmoid(d.real - d.fake).mean() + slopes / 2


def least_squares(d: Any) -> Tensor:
    return ((d.real - 1) ** 2).mean() / 2 + (d.fake**2).mean() / 2


def mode_seeking(d: Any) -> Tensor:
    """Not saturating + 1 / (mean |G(z1) - G(z2)| / mean |z1 - z2| + 1e-5) over the batch's halves, pair by pair."""
    x, pairs = d.generator(d.z), [(i, i + BATCH // 2) for i in range(BATCH // 2)]
    samples = sum((x[i] - x[j]).abs().sum() for i, j in pairs) / (len(pairs) * x.shape[1])
    latents = sum((d.z[i] - d.z[j]).abs().sum() for i, j in pairs) / (len(pairs) * d.z.shape[1])
    return not_saturating(d) + 1 / (samples / latents + 1e-5)


def packs(d: Any, x: Tensor) -> Tensor:
    """Logits of neighbours two by two."""
    return torch.cat([d.discriminator(torch.cat([x[i], x[i + 1]])[None]).flatten() for i in range(0, BATCH, 2)])


def pacgan(d: Any) -> Tensor:
    return -log_sigmoid(packs(d, d.x)).mean() - log_sigmoid(-packs(d, d.generator(d.z))).mean()


def spectral(d: Any) -> Tensor:
    """Cross entropy of torch's own spectral normalisation, its power iteration run to convergence."""
    layers = copy.deepcopy(list(d.discriminator))
    normalised = (spectral_norm(m, n_power_iterations=200) if isinstance(m, nn.Linear) else m for m in layers)
    d.normalised = nn.Sequential(*normalised).train()
    d.normalised(d.x)  # the power iteration goes on at every call in training mode
    d.normalised.eval()
    real, fake = d.normalised(d.x).flatten(), d.normalised(d.generator(d.z)).flatten()
    return -log_sigmoid(real).mean() - log_sigmoid(-fake).mean()


def minibatch_discrimination(d: Any) -> Tensor:
    """Salimans et al.: M_i = f(x_i) T, o_b(x_i) = sum over j of exp(-|M_ib - M_jb|_1), beside f; sample by sample."""
    *body, layer, head = d.discriminator

    def logits(x: Tensor) -> Tensor:
        hidden = nn.Sequential(*body)(x)
        keys = torch.einsum("nh,hkw->nkw", hidden, layer.tensor)
        rows = []
        for i in range(len(x)):
            close = [torch.exp(-(keys[i] - keys[j]).abs().sum(1)) for j in range(len(x)) if j != i]
            rows.append(torch.cat([hidden[i], torch.stack(close).sum(0)]))
        return head(torch.stack(rows)).flatten()

    return -log_sigmoid(logits(d.x)).mean() - log_sigmoid(-logits(d.generator(d.z))).mean()


def minibatch_std(d: Any) -> Tensor:
    """Karras et al.: one group of 6, as 4 does not divide it; the mean over features of sqrt(variance + 1e-8)."""
    *body, _, head = d.discriminator

    def logits(x: Tensor) -> Tensor:
        hidden = nn.Sequential(*body)(x)
        variance = torch.stack([(h - hidden.mean(0)) ** 2 for h in hidden]).mean(0)
        shown = (variance + 1e-8).sqrt().mean()
        return head(torch.stack([torch.cat([h, shown[None]]) for h in hidden])).flatten()

    return -log_sigmoid(logits(d.x)).mean() - log_sigmoid(-logits(d.generator(d.z))).mean()


def instance_noise(d: Any) -> Tensor:
    """Cross entropy of samples with N(0, 0.1^2) added, both sides with noise of their own."""
    one, other = (d.game.noise.tensors[f"instance-noise#{i}"] for i in (1, 2))
    real, fake = d.discriminator(d.x + 0.1 * one), d.discriminator(d.generator(d.z) + 0.1 * other)
    return -log_sigmoid(real.flatten()).mean() - log_sigmoid(-fake.flatten()).mean()


CASES: dict[str, tuple[str, str, Loss]] = {
    "none, discriminator": ("none", "discriminator", cross_entropy),
    "none, generator": ("none", "generator", not_saturating),
    "ema": ("ema", "generator", not_saturating),
    "lsgan": ("lsgan", "discriminator", least_squares),
    "wgan-gp": ("wgan-gp", "discriminator", wgan_gp),
    "wgan-gp, generator": ("wgan-gp", "generator", lambda d: -d.fake.mean()),
    "dragan": ("dragan", "discriminator", dragan),
    "r1": ("r1", "discriminator", r1),
    "rpgan": ("rpgan", "discriminator", lambda d: -log_sigmoid(d.real - d.fake).mean()),
    "rpgan, generator": ("rpgan", "generator", lambda d: -log_sigmoid(d.fake - d.real).mean()),
    "rpgan+r1r2": ("rpgan+r1r2", "discriminator", rpgan_r1r2),
    "mode-seeking": ("mode-seeking", "generator", mode_seeking),
    "pacgan": ("pacgan", "discriminator", pacgan),
    "minibatch-std": ("minibatch-std", "discriminator", minibatch_std),
    "minibatch-discrimination": ("minibatch-discrimination(kernels=16)", "discriminator", minibatch_discrimination),
    "instance-noise": ("instance-noise", "discriminator", instance_noise),
}


def gradients(loss: Tensor, d: Any, phase: str) -> Tensor:
    """Those of the player whose move it is, in one row."""
    weights = list((d.discriminator if phase == "discriminator" else d.generator).parameters())
    found = torch.autograd.grad(loss, weights, allow_unused=True)
    parts = [torch.zeros_like(w) if g is None else g for g, w in zip(found, weights, strict=True)]
    return torch.cat([part.flatten() for part in parts])


@pytest.fixture
def exact(duel: Callable[..., Any]) -> Callable[..., Any]:
    """A game in float64."""

    def make(recipe: str, phase: str) -> Any:
        d = duel(recipe, phase, batch=BATCH)
        d.generator.double(), d.discriminator.double()
        d.game.batch = d.game.batch._replace(x=d.game.batch.x.double())
        d.game.latent = d.game.latent.double()
        return d

    return make


@pytest.mark.parametrize("case", CASES)
def test_gradient_is_that_of_the_paper(exact: Callable[..., Any], case: str) -> None:
    recipe, phase, by_hand = CASES[case]
    d = exact(recipe, phase)
    ours = gradients(d.loss(), d, phase)
    theirs = gradients(by_hand(d), d, phase)
    assert (ours - theirs).norm() < 1e-6 * theirs.norm()
    assert theirs.norm() > 1e-3


def test_spectral_norm_agrees_with_torchs_own(exact: Callable[..., Any]) -> None:
    d = exact("spectral-norm", "discriminator")
    memory = d.game.memory["spectral-norm"]["discriminator"]
    for name, u in memory.items():  # to convergence: how far one step of it is along is another test's
        left = torch.linalg.svd(dict(d.discriminator.named_parameters())[name].detach())[0][:, 0]
        memory[name] = left * torch.sign(left @ u.double())
    ours = torch.autograd.grad(d.loss(), list(d.discriminator.parameters()))
    loss = spectral(d)
    layers = [m for m in d.normalised if isinstance(m, nn.Linear)]
    weights = [w for layer in layers for w in (layer.parametrizations.weight.original, layer.bias)]
    theirs = torch.autograd.grad(loss, weights)
    torch.testing.assert_close(d.loss(), loss, rtol=1e-7, atol=1e-9)
    for mine, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(mine, other, rtol=1e-6, atol=1e-9)


def test_sums_of_sixteen_kernels_are_the_papers_though_they_outweigh_the_hidden_layer() -> None:
    """Over a batch of 64 they reach tens, features stay near one: the paper sums, it does not average."""
    torch.manual_seed(0)
    hidden = torch.randn(64, 64)
    layer = Closeness(64, kernels=16, width=5)
    told = layer(0.1 * hidden)[:, 64:]
    keys = 0.1 * torch.einsum("nh,hkw->nkw", hidden, layer.tensor)
    first = sum(torch.exp(-(keys[0] - keys[j]).abs().sum(1)) for j in range(1, 64))
    torch.testing.assert_close(told[0], first)
    assert told.mean() > 10 * hidden.abs().mean()
