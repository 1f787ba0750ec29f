"""The GAN my-plugin: two small perceptrons.

If it is from a paper, name the paper here: authors, title, venue and year.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn

import gancheck as gc


@gc.gan("my-plugin")
@dataclass(frozen=True)
class MyPlugin(gc.Gan):
    """Two perceptrons with two hidden layers each, for points and small images.

    `gancheck list gans` shows the line above. The fields below are the parameters: `my-plugin(width=128)` sets one.
    """

    width: int = 64  #: units in each hidden layer
    latent: int = 8  #: dimensions of z

    def build(self, data: gc.DataSpec) -> gc.Players:
        """Make fresh networks for this data; this is the only method that a GAN must have.

        `data.shape` is the shape of one sample: (d,) for points, (channels, height, width) for images. Pixels lie
        between `data.low` and `data.high`, -1 and 1; points have no bounds. Raise ValueError for a shape that the
        networks are not made for. Do not set a seed: torch's own is set before the call, another one for every run.

        The loss, the optimisers and the number of steps are not the GAN's. Suites and strategies set them, so that
        all GANs and all strategies are compared on equal terms.
        """
        return gc.Players(self.generator(data), self.discriminator(data), gc.Latent(self.latent))

    def generator(self, data: gc.DataSpec) -> nn.Module:
        """A batch of z (n, latent) to n samples (n, *data.shape); z is normal, or what `gc.Latent` is told.

        A generator that begins with a convolution takes z (n, latent, 1, 1): `gc.Latent(100, shape=(100, 1, 1))`.
        """
        end = [nn.Tanh()] if data.bounded else []  # pixels end at -1 and 1
        return nn.Sequential(
            *hidden_layers(self.latent, self.width), nn.Linear(self.width, data.size), *end, nn.Unflatten(1, data.shape)
        )

    def discriminator(self, data: gc.DataSpec) -> nn.Module:
        """Samples (n, *data.shape) to logits (n, 1), high for real ones: no sigmoid at the end.

        Leave out batch normalisation, which makes samples depend on each other. Some strategies look at the last
        hidden layer: the last layer must be an nn.Linear, or an nn.Conv2d that leaves 1x1 pixels.
        """
        return nn.Sequential(nn.Flatten(), *hidden_layers(data.size, self.width), nn.Linear(self.width, 1))

    # A method `train(self, session: gc.Session) -> None` takes the whole training over: see help(gc.Session).
    # A model without a discriminator, such as a VAE, derives from gc.Model and has `train` as well.


def hidden_layers(inputs: int, width: int) -> list[nn.Module]:
    """Two layers with their activations."""
    return [nn.Linear(inputs, width), nn.LeakyReLU(0.2), nn.Linear(width, width), nn.LeakyReLU(0.2)]
