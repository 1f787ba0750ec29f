"""A conditional DCGAN: `cgan` with convolutions. A class is drawn first, and both players are told which.

Mirza & Osindero, "Conditional generative adversarial nets", 2014, with the networks of Radford, Metz & Chintala, ICLR
2016, without batch normalisation. It uses the modes' labels, which other GANs never see: read it as an upper bound, not
as a treatment. Data without numbered modes is refused.

The class is joined to z, and stands beside a judged image as one constant channel per mode. A first convolution of 1x1
takes those to `width` channels, as a table of a vector per mode would. With 1,000 modes the channels are 200 MB for 64
images of 28x28, and most of the time of a step.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn

import gancheck as gc

SIDES = {8: (4, 1), 16: (4, 2), 28: (7, 2), 32: (4, 3), 64: (4, 4)}  #: of an image -> innermost side, halvings to it


@gc.gan("cdcgan")
@dataclass(frozen=True)
class Cdcgan(gc.Gan):
    """Strided convolutions that are told the mode (it uses labels); the side must be 8, 16, 28, 32 or 64."""

    width: int = 32  #: channels next to the image; they double with every halving of the side
    latent: int = 64  #: dimensions of z ~ N(0, I)

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] != data.shape[2] or data.shape[1] not in SIDES:
            raise ValueError(
                f"cdcgan takes square images of side 8, 16, 28, 32 or 64, not samples of shape {data.shape}"
            )
        if data.modes is None:
            raise ValueError("cdcgan needs data that says how many modes it has: gancheck.DataSpec(shape, modes=k)")
        inner, halvings = SIDES[data.shape[1]]
        channels = [self.width * 2**i for i in range(halvings + 1)]
        generator = Conditional(data.modes, *self.generating(data, data.modes, channels, inner))
        latent = gc.Latent(self.latent, codes=data.modes, shares=data.shares)
        discriminator = self.discriminator(data, channels, inner)
        return gc.Players(generator, discriminator, latent, discriminator_sees_code=True)

    def generating(self, data: gc.DataSpec, modes: int, channels: list[int], inner: int) -> list[nn.Module]:
        """The layers from z and the class to an image in [-1, 1]."""
        deep = channels[-1]
        first = nn.Linear(self.latent + modes, deep * inner**2)
        layers: list[nn.Module] = [first, nn.Unflatten(1, (deep, inner, inner)), nn.LeakyReLU(0.2)]
        for outer in reversed(channels[:-1]):
            layers += [nn.ConvTranspose2d(deep, outer, 4, 2, 1), nn.LeakyReLU(0.2)]
            deep = outer
        return [*layers, nn.Conv2d(deep, data.shape[0], 3, 1, 1), nn.Tanh()]

    def discriminator(self, data: gc.DataSpec, channels: list[int], inner: int) -> nn.Module:
        """An image, with the channels of its class, to a logit."""
        last = channels[0]
        layers: list[nn.Module] = [nn.Conv2d(data.shape[0], last, 1), nn.LeakyReLU(0.2)]
        for outer in channels[1:]:
            layers += [nn.Conv2d(last, outer, 4, 2, 1), nn.LeakyReLU(0.2)]
            last = outer
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(last * inner**2, 1))


class Conditional(nn.Module):
    """Layers that see z (n, size) joined with the one-hot code (n,)."""

    def __init__(self, codes: int, *layers: nn.Module) -> None:
        super().__init__()
        self.codes, self.layers = codes, nn.Sequential(*layers)

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        samples: Tensor = self.layers(gc.join(z, gc.one_hot(code, self.codes)))
        return samples
