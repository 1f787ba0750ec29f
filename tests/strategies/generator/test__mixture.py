from __future__ import annotations

import torch

import gancheck as gc
from gancheck.strategies.generator._mixture import mixture_around


def test_the_prior_is_a_mixture_around_the_points_of_which_nothing_is_trained(registry: gc.Registry) -> None:
    built = registry.build("gan", "mlp", width=4, latent=2, prior="uniform").build(gc.DataSpec((2,)))
    centres = torch.tensor([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
    players, prior = mixture_around(built, centres, 0.5)
    assert (players.latent.codes, players.latent.prior, players.role("prior")) == (3, "normal", "prior")
    assert not any(weight.requires_grad for weight in prior.parameters())
    noise = torch.tensor([[2.0, 0.0], [0.0, -2.0]])
    assert prior(noise, torch.tensor([2, 0])).tolist() == [[6.0, 6.0], [1.0, 1.0]]
