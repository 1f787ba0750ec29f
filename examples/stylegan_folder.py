"""A folder of images, as StyleGAN's generate.py writes it (seed0000.png, ...), scored against a folder of real ones.
Planted fault: no image shows a 3, a 5 or an 8. Small digits stand in for the images, so that nothing is downloaded.

    python examples/stylegan_folder.py

Your own: gancheck score out/ --reference photos/ --weights inception.pth --out answer
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from sklearn.datasets import load_digits

import gancheck as gc

LOST = (3, 5, 8)


def write_images(folder: Path, images: np.ndarray) -> Path:
    folder.mkdir()
    for seed, image in enumerate(images):
        Image.fromarray((image / 16 * 255).astype(np.uint8)).save(folder / f"seed{seed:04d}.png")
    return folder


def main() -> None:
    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = images[order].reshape(-1, 8, 8), labels[order]
    half = len(images) // 2
    with tempfile.TemporaryDirectory() as place:
        real = write_images(Path(place) / "photos", images[:half])
        made = write_images(Path(place) / "out", images[half:][~np.isin(labels[half:], LOST)])
        # Inception's features are the default for images; digits of 8x8 have a classifier that ships with gancheck.
        scores = gc.score(made, reference=real, labels=labels[:half], features="classifier", metrics="fid,recall")
    print(scores.verdict, "-", scores.reason)
    print(scores.per_mode)


if __name__ == "__main__":
    main()
