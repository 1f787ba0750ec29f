"""Priors that are a mixture of Gaussians around points that are given."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from gancheck.gans.players import Players
from gancheck.strategies.generator.deligan import PRIOR, Mixture


def mixture_around(players: Players, centres: Tensor, sigma: float) -> tuple[Players, Mixture]:
    """The players with the prior z = centre_k + sigma * eps, k uniform, and the prior; nothing of it is trained yet."""
    count, size = centres.shape
    mixed = players.with_codes(count)
    prior = Mixture(count, size, sigma)
    with torch.no_grad():
        prior.mu.copy_(centres)
    prior.requires_grad_(False)
    normal = mixed.replace(latent=replace(mixed.latent, prior="normal"))
    return normal.add(PRIOR, prior, role="prior"), prior
