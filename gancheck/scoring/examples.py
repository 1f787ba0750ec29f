"""What pictures of an answer need beside the numbers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gancheck.evaluation.real_data.base import RealData, SampleSet
from gancheck.numerics.training_copies import find_copies
from gancheck.scoring.checks import memorised
from gancheck.scoring.evidence import Evidence
from gancheck.scoring.scores import Finding

Array = NDArray[np.floating]
Labels = NDArray[np.integer]


def shown(side: SampleSet) -> Array:
    """What pictures show of samples: images and points as they are, videos by a frame, all else by its features."""
    kept = side.first_samples
    return to_array(side.features[: len(kept)]) if kept.dim() == 3 else stills(kept)


def stills(samples: Tensor) -> Array:
    """Samples (n, *shape) as they are, or the middle frame of each video."""
    return to_array(samples[:, samples.shape[1] // 2] if samples.dim() == 5 else samples)


def to_array(x: Tensor) -> Array:
    """The same numbers for numpy."""
    made: Array = x.cpu().numpy()
    return made


@dataclass(frozen=True)
class CopyPairs:
    """Suspected copies: c samples, each with the training sample nearest to it, in any order."""

    samples: Array  #: (c, *shape)
    originals: Array  #: (c, *shape)
    distances: Array  #: (c,) in the features that were compared


@dataclass(frozen=True)
class PictureExamples:
    """Samples beside real data of one shape: images (c, h, w) in [-1, 1] with 1 or 3 channels; all else is points.

    A few thousand of each are plenty: pictures show the first 64 images and 2,500 points, and look for 8 real images of
    a mode.
    """

    samples: Array  #: (n, *shape)
    real: Array  #: (m, *shape)
    real_modes: Labels | None = None  #: (m,) number of the mode, as in column `mode` of the per-mode table
    copies: CopyPairs | None = None

    @property
    def is_image(self) -> bool:
        """Whether samples can be shown as images."""
        return self.samples.ndim == 4 and self.samples.shape[1] in (1, 3)


def find_copy_pairs(
    evidence: Evidence, checks: Iterable[Finding], samples: SampleSet, real_data: RealData
) -> CopyPairs | None:
    """Copies among the kept samples, each with its training sample, where there are more than chance makes."""
    train, originals = evidence.train, real_data.kept_train
    found_any = any(check.found and check.kind == "memorised" for check in checks)
    if train is None or originals is None or not found_any:
        return None
    found = find_copies(evidence.view.samples.head(memorised.MOST), train, memorised.held_out(evidence))
    chosen = torch.nonzero(found.copied & (found.index < len(originals))).flatten()
    return CopyPairs(
        samples=stills(samples.first_samples[chosen.cpu()]),
        originals=stills(originals[found.index[chosen].cpu()]),
        distances=found.distance[chosen].cpu().numpy(),
    )
