"""A variational autoencoder with perceptrons.

Kingma & Welling, "Auto-encoding variational Bayes", ICLR 2014. The decoder is Gaussian with one standard deviation for
all outputs, which is learned with the networks: Rybkin, Daniilidis & Levine, "Simple and effective VAE training with
calibrated decoders", ICML 2021. Samples are the decoder's means, as is usual.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

import gancheck as gc


class LogScale(nn.Module):
    """The logarithm of the decoder's standard deviation."""

    def __init__(self) -> None:
        super().__init__()
        self.value = nn.Parameter(torch.zeros(()))

    def forward(self) -> Tensor:
        """One number."""
        return self.value


def negative_elbo(x: Tensor, made: Tensor, log_scale: Tensor, mean: Tensor, log_variance: Tensor) -> Tensor:
    """(n,) nats: minus the evidence lower bound of samples x (n, ...) that were drawn again as `made`.

    `mean` and `log_variance` (n, latent) are the encoder's.
    """
    squares = (x - made).square().flatten(1).sum(1)
    size = x[0].numel()
    error = squares / 2 * (-2 * log_scale).exp() + size * (log_scale + math.log(2 * math.pi) / 2)
    divergence = (log_variance.exp() + mean.square() - 1 - log_variance).sum(1) / 2
    return error + divergence


@gc.gan("vae")
@dataclass(frozen=True)
class Vae(gc.Model):
    """No GAN: a variational autoencoder for points and small images."""

    width: int = 128  #: units in each hidden layer
    depth: int = 2  #: hidden layers of encoder and decoder
    latent: int = 16  #: dimensions of z ~ N(0, I)
    batch: int = 128  #: training samples per step
    lr: float = 1e-3  #: Adam's learning rate

    def build(self, data: gc.DataSpec) -> gc.Networks:
        ends: list[nn.Module] = [*([nn.Tanh()] if data.bounded else []), nn.Unflatten(1, data.shape)]
        decoder = nn.Sequential(*self.hidden(self.latent), nn.Linear(self.width, data.size), *ends)
        encoder = nn.Sequential(nn.Flatten(), *self.hidden(data.size), nn.Linear(self.width, 2 * self.latent))
        return gc.Networks(decoder, gc.Latent(self.latent), {"encoder": encoder, "log_scale": LogScale()})

    def hidden(self, inputs: int) -> list[nn.Module]:
        """The hidden layers."""
        sizes = [inputs, *[self.width] * self.depth]
        return [m for i in range(self.depth) for m in (nn.Linear(sizes[i], sizes[i + 1]), nn.SiLU())]

    def train(self, session: gc.Session) -> None:
        decoder, encoder, log_scale = (session.modules[name] for name in ("generator", "encoder", "log_scale"))
        parameters = [p for module in session.modules.values() for p in module.parameters()]
        optimiser = torch.optim.Adam(parameters, self.lr)
        for _ in session.steps():
            x = session.real(self.batch)
            mean, log_variance = encoder(x).chunk(2, 1)
            z = mean + (log_variance / 2).exp() * session.latent(self.batch)
            loss = negative_elbo(x, decoder(z), log_scale(), mean, log_variance).mean()
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            session.report(generator_loss=loss)
