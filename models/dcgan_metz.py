"""The DCGAN with a small discriminator in which unrolled GANs and PacGAN lose the modes of Stacked MNIST.

Metz, Poole, Pfau & Sohl-Dickstein, "Unrolled generative adversarial networks", ICLR 2017; Lin et al., "PacGAN: the
power of two samples in generative adversarial networks", NeurIPS 2018, by whose published code
(stacked_MNIST_experiments/unrolled_GAN_experiment) sizes and start are set. There Adam trains it on batches of 128, the
discriminator at 2e-4 and the generator at 1e-4 (betas 0.5, 0.99).

Batch normalisation is over the batch in training and by running means of batches when samples are drawn, as there;
layers before it have no bias, which it would take away.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

import gancheck as gc


@gc.gan("dcgan-metz")
@dataclass(frozen=True)
class DcganMetz(gc.Gan):
    """Three 3x3 convolutions of stride 2, the discriminator's a share of the generator's; images of side 8 or more."""

    width: int = 8  #: channels next to the image, which double with every halving; 8 in the paper
    discriminator_share: float = 0.25  #: of the generator's channels that the discriminator has; 0.25, 0.5 in the paper
    latent: int = 256  #: dimensions of z ~ N(0, I)

    def __post_init__(self) -> None:
        if not self.discriminator_share > 0:
            raise ValueError(f"discriminator_share = {self.discriminator_share} must be positive")

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] < 8:
            raise ValueError(f"dcgan-metz takes square images of side 8 or more, not samples of shape {data.shape}")
        sides = halvings(data.shape[1])
        generator, discriminator = self.generator(data.shape[0], sides), self.discriminator(data.shape[0], sides)
        return gc.Players(start(generator), start(discriminator), gc.Latent(self.latent))

    def generator(self, colours: int, sides: list[int]) -> nn.Sequential:
        """z to an image in [-1, 1]."""
        channels, inner = [self.width * 2**i for i in range(4)], sides[-1]
        first = nn.Linear(self.latent, channels[3] * inner**2, bias=False)
        layers = [first, nn.Unflatten(1, (channels[3], inner, inner)), nn.BatchNorm2d(channels[3]), nn.ReLU()]
        for i in (2, 1, 0):
            odd = 2 * sides[i + 1] - sides[i]  # 1 where halving has rounded up
            up = nn.ConvTranspose2d(channels[i + 1], channels[i], 3, 2, 1, output_padding=1 - odd, bias=False)
            layers += [up, nn.BatchNorm2d(channels[i]), nn.ReLU()]
        return nn.Sequential(*layers, nn.Conv2d(channels[0], colours, 3, 1, 1), nn.Tanh())

    def discriminator(self, colours: int, sides: list[int]) -> nn.Sequential:
        """An image to a logit."""
        first = max(1, round(self.discriminator_share * self.width))
        channels = [colours, first, 2 * first, 4 * first]
        layers: list[nn.Module] = []
        for i in (0, 1, 2):
            convolution = nn.Conv2d(channels[i], channels[i + 1], 3, 2, 1, bias=False)
            layers += [convolution, nn.BatchNorm2d(channels[i + 1]), nn.LeakyReLU(0.3)]
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels[3] * sides[-1] ** 2, 1))


def halvings(side: int) -> list[int]:
    """The side of an image and of the three maps behind it, halves rounded up: 28, 14, 7, 4."""
    sides = [side]
    for _ in range(3):
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
