"""The extractor my-plugin: features of a network that was never trained.

Naeem et al., "Reliable fidelity and diversity metrics for generative models", ICML 2020, take such features for images
that have nothing to do with photographs. Name your own paper here in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

import gancheck as gc


@gc.extractor("my-plugin")
@dataclass
class MyPlugin(gc.Extractor):
    """Two layers of random convolutions, averaged over quarters of the image.

    `gancheck list extractors` shows the line above. The fields with a value are the parameters: `my-plugin(seed=1)`
    sets one. The dataclass is not frozen, because `load` sets up the network.

    An extractor turns samples into the features in which metrics compare them. `load` and `features` are below; more
    hooks, which `help(gc.Extractor)` describes, are `classes` (class probabilities, where the network has them) and
    the class attributes `batch` (samples looked at together) and `costly` (True: features are kept in a cache).
    """

    width: int = 32  #: channels of the last layer; there are four features of each
    seed: int = 0  #: of the random weights

    network: nn.Module = field(init=False, repr=False)

    def load(self, device: torch.device, weights: Path | None) -> None:
        """Set the network up on the device: called once, before anything else.

        `weights` is the file behind `--weights`, or None. A trained network loads it here, as in
        `network.load_state_dict(torch.load(weights, weights_only=True))`. The base class refuses a file that is not
        needed. Evaluation mode keeps samples from depending on each other.
        """
        super().load(device, weights)
        with torch.random.fork_rng(devices=[]):  # leaves everybody else's random numbers alone
            torch.manual_seed(self.seed)
            layers = (nn.Conv2d(3, self.width, 3, 1, 1), nn.ReLU(), nn.Conv2d(self.width, self.width, 3, 1, 1))
            self.network = nn.Sequential(*layers, nn.ReLU(), nn.AdaptiveAvgPool2d(2), nn.Flatten())
        self.network.to(device).eval()

    def features(self, x: Tensor) -> Tensor:
        """Samples (n, *shape) to features (n, d), float32; no gradients are recorded.

        Images are (n, channels, height, width) from -1 to 1, with one channel or three; points are (n, d). Raise
        gc.BadData for samples that the network is not made for.
        """
        if x.dim() != 4 or x.shape[1] not in (1, 3):
            raise gc.BadData(f"takes images with 1 or 3 channels, not samples of shape {tuple(x.shape[1:])}")
        features: Tensor = self.network(x.expand(-1, 3, -1, -1))
        return features

    @property
    def facts(self) -> dict[str, Any]:
        """Where the features come from, for reports: the layer, and the weights' hash or seed."""
        return {"layer": "quarters of the second convolution", "seed": self.seed}
