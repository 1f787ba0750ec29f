"""A network of one's own, saved as TorchScript, without a plug-in."""

from __future__ import annotations

import warnings
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate

from gancheck.errors import BadData, BadParameter, MissingWeights
from gancheck.extractors.base import Extractor, extractor
from gancheck.extractors.weights import sha256
from gancheck.loading.failures import one_line_errors

SAVE = "save the network with torch.jit.save; it must give (n, d) of (n, *shape)"
Span = Literal["signed", "unit", "bytes"]


@extractor("torchscript")
@dataclass
class TorchScript(Extractor):
    """A network saved with torch.jit, given as --weights; naming these features is the consent to run its code.

    Values reach it in [-1, 1] ("signed"), [0, 1] ("unit") or [0, 255], rounded ("bytes"), all float32. Nothing is
    resized or repeated unless `side` and `channels` say so.
    """

    span: Span = "signed"  #: what the network takes numbers in
    side: int = 0  #: pixels a side that images are brought to (bilinear, with antialiasing); 0: as they are
    channels: int = 0  #: that grey images are repeated to; 0: as they are

    batch = 64
    costly = True

    def __post_init__(self) -> None:
        for name in ("side", "channels"):
            if getattr(self, name) < 0:
                raise BadParameter(f"{name} = {getattr(self, name)}: needs at least 0")

    def load(self, device: torch.device, weights: Path | None) -> None:
        if weights is None:
            raise MissingWeights(f"torchscript features are those of a file: give it as --weights PATH; {SAVE}")
        if not weights.is_file():
            raise BadData(f"{weights} is no file; {SAVE}")
        with one_line_errors(weights.name, SAVE), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            with zipfile.ZipFile(weights) as members:  # torch trusts what it reads
                if broken := members.testzip():
                    raise BadData(f"{weights.name} is damaged ({broken}); {SAVE}")
            self.network: nn.Module = torch.jit.load(weights, map_location=device).eval()  # type: ignore[no-untyped-call]
        self.sha256 = sha256(weights)

    def features(self, x: Tensor) -> Tensor:
        features: Tensor = self.network(self.prepare(x.float()))
        return features

    def prepare(self, x: Tensor) -> Tensor:
        """Samples as the network takes them; BadData where they are no images and something is asked of images."""
        if x.dim() != 4 and (self.side or self.channels or self.span != "signed"):
            raise BadData("side, channels and span are for images (n, c, h, w): leave them out")
        if self.side:
            x = interpolate(x, (self.side, self.side), mode="bilinear", antialias=True).clamp(-1, 1)
        if self.channels:
            x = repeat_grey(x, self.channels)
        if self.span == "unit":
            return (x + 1) / 2
        return ((x + 1) * 127.5).round().clamp(0, 255) if self.span == "bytes" else x

    @property
    def facts(self) -> dict[str, Any]:
        side = f"{self.side} pixels a side, bilinear with antialiasing" if self.side else "any size"
        images = f"{self.span} numbers, {side}"
        library = f"TorchScript, torch {torch.__version__}"
        return {"layer": "output", "weights_sha256": self.sha256, "library": library, "images": images}


def repeat_grey(x: Tensor, channels: int) -> Tensor:
    """(n, channels, h, w) of grey images, or of those that have so many; BadData for others."""
    if x.shape[1] not in (1, channels):
        raise BadData(f"images have {x.shape[1]} channels, and only grey ones are repeated to {channels}")
    return x.expand(-1, channels, -1, -1)
