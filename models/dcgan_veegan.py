"""The DCGAN in which VEEGAN and PacGAN count the modes of Stacked MNIST.

Srivastava et al., "VEEGAN: reducing mode collapse in GANs using implicit variational learning", NeurIPS 2017; Lin,
Khetan, Fanti & Oh, "PacGAN: the power of two samples in generative adversarial networks", NeurIPS 2018, by whose
published code (stacked_MNIST_experiments/VEEGAN_experiment) the sizes, the prior and the start are set. There Adam
trains it at 2e-4 (betas 0.5, 0.999) on batches of 64, with two updates of the generator for each of the discriminator.

It differs from `dcgan` in kernels, depth, activations, prior and start, so it is a model of its own. Batch
normalisation is over the batch in training and by running means of batches when samples are drawn, as there; layers
before it have no bias, which it would take away.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

import gancheck as gc


@gc.gan("dcgan-veegan")
@dataclass(frozen=True)
class DcganVeegan(gc.Gan):
    """Four 5x5 convolutions of stride 2, batch normalisation in both players; square images of side 8 or more."""

    width: int = 64  #: channels next to the image, which double with every halving; 64 in the paper
    latent: int = 100  #: dimensions of z ~ U(-1, 1)

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] < 8:
            raise ValueError(f"dcgan-veegan takes square images of side 8 or more, not samples of shape {data.shape}")
        sides = halvings(data.shape[1])
        channels = [data.shape[0], *(self.width * 2**i for i in range(4))]
        generator, discriminator = self.generator(channels, sides), self.discriminator(channels, sides)
        return gc.Players(start(generator), start(discriminator), gc.Latent(self.latent, "uniform"))

    def generator(self, channels: list[int], sides: list[int]) -> nn.Sequential:
        """z to an image in [-1, 1]."""
        deep, inner = channels[-1], sides[-1]
        layers = [nn.Linear(self.latent, deep * inner**2, bias=False), nn.Unflatten(1, (deep, inner, inner))]
        for i in (3, 2, 1, 0):
            layers += [nn.BatchNorm2d(channels[i + 1]), nn.ReLU()]
            odd = 2 * sides[i + 1] - sides[i]  # 1 where halving has rounded up
            up = nn.ConvTranspose2d(channels[i + 1], channels[i], 5, 2, 2, output_padding=1 - odd, bias=i == 0)
            layers.append(up)
        return nn.Sequential(*layers, nn.Tanh())

    def discriminator(self, channels: list[int], sides: list[int]) -> nn.Sequential:
        """An image to a logit."""
        layers: list[nn.Module] = [nn.Conv2d(channels[0], channels[1], 5, 2, 2), nn.LeakyReLU(0.2)]
        for i in (1, 2, 3):
            convolution = nn.Conv2d(channels[i], channels[i + 1], 5, 2, 2, bias=False)
            layers += [convolution, nn.BatchNorm2d(channels[i + 1]), nn.LeakyReLU(0.2)]
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[-1] * sides[-1] ** 2, 1))


def halvings(side: int) -> list[int]:
    """The side of an image and of the four maps behind it, halves rounded up: 28, 14, 7, 4, 2."""
    sides = [side]
    for _ in range(4):
        sides.append((sides[-1] + 1) // 2)
    return sides


def start(network: nn.Sequential) -> nn.Sequential:
    """The network with weights of N(0, 0.02^2), in convolutions cut off at two deviations, and biases of 0."""
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            nn.init.trunc_normal_(layer.weight, std=0.02, a=-0.04, b=0.04)
        elif isinstance(layer, nn.Linear | nn.ConvTranspose2d):
            nn.init.normal_(layer.weight, std=0.02)
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.ConvTranspose2d) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
    return network
