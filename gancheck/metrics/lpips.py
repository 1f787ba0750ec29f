"""Diversity of images, by how different a trained network finds two of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import torch

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.extractors.pixels import photographs
from gancheck.extractors.published import vgg16_source
from gancheck.extractors.weights import Source, checkpoints, load_tensors
from gancheck.loading.failures import one_line_errors
from gancheck.metrics.base import metric
from gancheck.numerics.seeding import disjoint_pairs
from gancheck.statistics.estimate import Estimate, of_mean
from gancheck.system.torchvision_compat import torchvision_operators

PAIRS = 200
SIDE = 64  #: pixels a side that images are brought to
BATCH = 25  #: pairs


@metric("lpips", better="higher", low=0, needs="images", on_request=True, slow=True)
def lpips(view: View) -> Estimate:
    """Mean perceptual distance (LPIPS, VGG16) of two samples: higher is more diverse, real data's value is the aim.

    From 0, where all images are equal; seldom above 1. A perfect generator gets what real data gets, and noise gets
    more: read it beside the real row. Up to 200 disjoint random pairs, always the same ones, as bytes at 64 x 64
    pixels, grey repeated three times. The interval is of the mean over pairs. It hardly sees the loss of some modes.
    The weights must be in torch's folder of downloads; nothing is fetched and nothing stands in for them: BadData
    where they are missing, and with fewer than 2 samples.
    Zhang et al., "The unreasonable effectiveness of deep features as a perceptual metric", CVPR 2018; as a measure of
    diversity Zhu et al., "Toward multimodal image-to-image translation", NeurIPS 2017.
    """
    images = view.images
    pairs = disjoint_pairs(len(images), PAIRS, "lpips", images.device)
    network = similarity(checkpoints(), images.device)
    with torch.no_grad():
        parts = [network(*(photographs(images[rows]) for rows in part.T)) for part in torch.split(pairs, BATCH)]
    return of_mean(torch.cat([part.reshape(-1) for part in parts]))


@cache
def similarity(folder: Path, device: torch.device) -> Any:
    """torch-fidelity's LPIPS with the weights in a folder; BadData where they are not there."""
    torchvision_operators()
    from torch_fidelity.sample_similarity_lpips import URL_VGG16_LPIPS, SampleSimilarityLPIPS

    for source in (Source(URL_VGG16_LPIPS, URL_VGG16_LPIPS.rpartition("/")[2]), vgg16_source()):
        path = folder / source.file
        if not path.is_file():
            raise BadData(f"lpips needs {source.url} in {folder}")
        load_tensors(path, "lpips")  # the library unpickles it without looking
    with (
        torch.random.fork_rng(devices=[]),
        one_line_errors(str(folder), "its VGG16 and LPIPS weights are not the published ones"),
    ):
        return SampleSimilarityLPIPS("lpips-vgg16", SIDE, "uint8").to(device)
