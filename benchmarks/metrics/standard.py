"""What the number of images and the rule of resizing do to a number. `python -m benchmarks.metrics.standard`"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from benchmarks.machine import machine
from benchmarks.usage import refuse_arguments
from gancheck.datasets.base import Dataset
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.frechet import frechet
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.system.files import write_text
from gancheck.system.torchvision_compat import torchvision_operators

HERE = Path(__file__).parent
SIDE = 299  #: pixels that Inception looks at
SIZES = (250, 500, 1_000, 2_000, 4_000, 8_000)
DIMENSION, DRAWS = 512, 3
IMAGES = 24


def floor(n: int, m: int) -> float:
    """Mean distance between n and m draws of one Gaussian whose k-th variance is 1 / k."""
    spread = torch.arange(1, DIMENSION + 1, dtype=torch.float64).rsqrt()
    values = []
    for draw in range(DRAWS):
        source = generator("cpu", "standard", n, m, draw)
        made, real = (torch.randn(k, DIMENSION, generator=source, dtype=torch.float64) * spread for k in (n, m))
        values.append(float(frechet(FeatureSet(made), FeatureSet(real))))
    return sum(values) / DRAWS


def digits() -> Tensor:
    """(n, 1, 8, 8) shipped digits, in [0, 255]."""
    dataset: Dataset = Registry.load().build("dataset", "digits")
    return (dataset.distinct("real", IMAGES, generator("cpu", "standard")) + 1) * 127.5


def noise(side: int) -> Tensor:
    """(n, 1, side, side) grey noise in whole numbers of [0, 255]."""
    source = generator("cpu", "standard", side)
    return torch.randint(0, 256, (IMAGES, 1, side, side), generator=source).float()


def edges(side: int) -> Tensor:
    """(n, 1, side, side) black and white stripes of 3 to 26 pixels, turned."""
    row = torch.arange(side, dtype=torch.float32)
    turns = torch.linspace(0, np.pi, IMAGES)
    across = row[:, None] * turns.cos()[:, None, None] + row[None, :] * turns.sin()[:, None, None]
    return 255 * ((across / torch.arange(3, 3 + IMAGES)[:, None, None]).floor() % 2).unsqueeze(1)


def by_tensorflow(x: Tensor) -> Tensor:
    """Resized as torch-fidelity, and so gancheck, does: bilinear, no antialiasing, corners as in TensorFlow 1."""
    torchvision_operators()
    from torch_fidelity.interpolate_compat_tensorflow import interpolate_bilinear_2d_like_tensorflow1x as resize

    resized: Tensor = resize(x.round(), size=(SIDE, SIDE), align_corners=False)
    return resized


def by_pillow(x: Tensor) -> Tensor:
    """Resized as clean-fid's paper advises: Pillow's bicubic filter, antialiased, on float images, then clipped."""
    images = (Image.fromarray(part[0].numpy()) for part in x.round())
    resized = [np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for image in images]
    return torch.from_numpy(np.stack(resized)).clamp(0, 255)[:, None]


def measure() -> dict[str, Any]:
    """All numbers."""
    kinds = {"digits, 8 pixels a side": digits(), "noise, 32": noise(32), "stripes, 512": edges(512)}
    apart = {name: (by_tensorflow(x) - by_pillow(x)).abs() for name, x in kinds.items()}
    return {
        "command": "python -m benchmarks.metrics.standard",
        **machine(),
        "floor": [{"n": n, "equal": floor(n, n), "against_8000": floor(n, 8_000)} for n in SIZES],
        "resize": [{"images": name, "mean": float(d.mean()), "most": float(d.max())} for name, d in apart.items()],
    }


def page(found: dict[str, Any]) -> str:
    """The tables."""
    sizes = [f"| {row['n']:,} | {row['equal']:.3f} | {row['against_8000']:.3f} |" for row in found["floor"]]
    resized = [f"| {row['images']} | {row['mean']:.1f} | {row['most']:.0f} |" for row in found["resize"]]
    lines = [
        "# What the number of images and the rule of resizing do",
        "",
        f"Made by `{found['command']}` with torch {found['torch']}.",
        "",
        f"Frechet distance between two draws of one Gaussian in {DIMENSION} dimensions whose k-th variance is 1 / k, "
        f"mean of {DRAWS}: a perfect generator, and no 0.",
        "",
        "| n | n against n | n against 8,000 |",
        "| --- | --- | --- |",
        *sizes,
        "",
        f"Grey levels (of 255) by which a pixel differs between the two rules, at {SIDE} pixels a side: TensorFlow 1's "
        "bilinear rule (torch-fidelity, gancheck) and Pillow's antialiased bicubic filter (clean-fid).",
        "",
        "| images | mean difference | largest |",
        "| --- | --- | --- |",
        *resized,
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, and write what was found."""
    found = measure()
    write_text(HERE / "standard.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "standard.md", page(found))


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
