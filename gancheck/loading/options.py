"""What a user may say about how a source is to be read, where the source does not say it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from gancheck.errors import BadParameter, did_you_mean

Kind = Literal["points", "images", "series", "cloud", "video"]
KindOfSamples = Literal["auto", "points", "images", "series", "cloud", "video"]


@dataclass(frozen=True)
class ReadOptions:
    """How to read samples, reference and training data: the same way for all of them."""

    #: What one sample is: a point (d), an image, a time series (t, c), a point cloud (p, 3) or a video; its shape
    #: decides where that is "auto".
    kind: KindOfSamples = "auto"
    #: Name of the array to read, in files that hold several (.npz, .pt, .h5, .safetensors).
    array: str | None = None
    #: Side in pixels that every image is brought to.
    resize: int | None = None
    #: Column of a table whose categories are the modes.
    modes: str | None = None
    #: Consent to run samples that are a generator saved as TorchScript, which is code.
    torchscript: bool = False

    def __post_init__(self) -> None:
        if self.kind not in get_args(KindOfSamples):
            kinds = get_args(KindOfSamples)
            hint = did_you_mean(str(self.kind), kinds)
            raise BadParameter(f"kind = {self.kind!r}: take {', '.join(kinds)}.{hint}")


NO_OPTIONS = ReadOptions()
