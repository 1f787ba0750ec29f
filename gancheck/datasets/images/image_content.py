"""What image data sets are made of, as a hash that enters the ids of runs."""

from __future__ import annotations

from functools import cache

from gancheck.datasets.images.labelled_images import LabelledImages


@cache
def content_of(data: LabelledImages) -> str:
    """Hash of the images and classes of all pools, taken once a process."""
    return "-".join(images.digest() for images in data.load_once())
