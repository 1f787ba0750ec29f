"""A DCGAN of your own with batch normalisation, as a plug-in. Run as a script it is held to its contract.

    python examples/dcgan_batchnorm.py

Train it beside a cure, on digits:

    gancheck run smoke --with examples/dcgan_batchnorm.py --only gan=my-dcgan --only dataset=digits
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

import gancheck as gc


@gc.gan("my-dcgan")
@dataclass(frozen=True)
class MyDcgan(gc.Gan):
    """Two strided convolutions and back, for images whose side is a multiple of four."""

    width: int = 16  #: channels next to the image
    latent: int = 32  #: dimensions of z

    def build(self, data: gc.DataSpec) -> gc.Players:
        if not data.is_image or data.shape[1] % 4 or data.shape[2] % 4:
            raise ValueError(f"my-dcgan takes images whose sides are multiples of 4, not samples of shape {data.shape}")
        channels, height, width = data.shape
        inner, deep = (2 * self.width, height // 4, width // 4), 2 * self.width
        generator = nn.Sequential(
            nn.Linear(self.latent, deep * inner[1] * inner[2]),
            nn.Unflatten(1, inner),
            nn.ConvTranspose2d(deep, self.width, 4, 2, 1, bias=False),
            nn.BatchNorm2d(self.width),
            nn.ReLU(),
            nn.ConvTranspose2d(self.width, channels, 4, 2, 1),
            nn.Tanh(),
        )
        discriminator = nn.Sequential(
            nn.Conv2d(channels, self.width, 4, 2, 1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(self.width, deep, 4, 2, 1, bias=False),
            nn.BatchNorm2d(deep),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(deep * inner[1] * inner[2], 1),  # a logit: no sigmoid
        )
        return gc.Players(generator, discriminator, gc.Latent(self.latent))


def main() -> None:
    print(*gc.check(__file__), sep="\n")


if __name__ == "__main__":
    main()
