from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from gancheck.training.trainer import Trainer


def test_critic_loss_is_the_distance_and_a_penalty_between_the_samples(duel: Callable[..., Any]) -> None:
    d = duel("wgan-gp(weight=2.0)")
    loss = d.loss()
    mix = d.game.noise.tensors["wgan-gp#1"]
    assert mix.shape == (6, 1)
    norm = d.slope(mix * d.x + (1 - mix) * d.generator(d.z)).norm(dim=1)
    torch.testing.assert_close(loss, d.fake.mean() - d.real.mean() + 2 * ((norm - 1) ** 2).mean())


def test_generator_raises_its_logits(duel: Callable[..., Any]) -> None:
    d = duel("wgan-gp", "generator")
    torch.testing.assert_close(d.loss(), -d.fake.mean())


def test_critic_moves_several_times_per_generator_step(setup: Callable[..., Any], train: Callable[..., Any]) -> None:
    assert Trainer(setup("wgan-gp")).replicas.settings.critic_steps == 5
    assert train("wgan-gp(critic_steps=3)", steps=4)[0].updates == 12


def test_a_flat_critic_has_a_finite_gradient(duel: Callable[..., Any]) -> None:
    d = duel("wgan-gp")
    with torch.no_grad():
        d.discriminator[-1].weight.zero_()
    for gradient in torch.autograd.grad(d.loss(), list(d.discriminator.parameters()), allow_unused=True):
        assert gradient is None or gradient.isfinite().all()
