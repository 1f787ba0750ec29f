"""Images that a failing generator tends to show, made from real ones of any size; see `negatives` for the reason."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gancheck.classifiers.negatives import Kind, blend, faint, flat, gaussian, others, overlay, static, uniform

SOURCES = 1_500  #: images that one batch of outliers is made from
MEMBERS = 6  #: most images in a class mean
ALIKE = 0.05  #: mean difference of pixels under which a patch changes nothing
FAINTEST = 0.12  #: smallest standard deviation of noise that is seen; a pixel has the range [-1, 1]


def outliers(x: Tensor, y: Tensor, count: int, generator: torch.Generator) -> Tensor:
    """`count` images (count, c, h, w) in [-1, 1], equal numbers of every kind, from images `x` with classes `y`."""
    chosen = torch.randint(len(x), (min(SOURCES, len(x)),), generator=generator)
    x, y = x[chosen], y[chosen]
    rows = torch.randint(len(x), (len(KINDS), -(-count // len(KINDS))), generator=generator)
    parts = [kind(x, y, part, generator) for kind, part in zip(KINDS, rows, strict=True)]
    return torch.cat(parts)[:count].clamp(-1, 1)


def flattened(kind: Kind) -> Kind:
    """A kind for images without channels, for (n, c, h, w): channels below each other."""

    def make(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
        return kind(x.flatten(1, 2), y, rows, generator).reshape(len(rows), *x.shape[1:])

    return make


def class_mean(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """Weighted mean of two to six images of one class."""
    alike = (y[rows, None] == y).double()
    members = torch.multinomial(alike, MEMBERS, replacement=True, generator=generator)
    members[:, 0] = rows
    sizes = torch.randint(2, MEMBERS + 1, (len(rows), 1), generator=generator)
    weight = (0.5 + 0.5 * torch.rand(members.shape, generator=generator)) * (torch.arange(MEMBERS) < sizes)
    return torch.einsum("nk,nkcij->ncij", weight / weight.sum(1, keepdim=True), x[members])


def blur(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """An image averaged over squares of about a seventh of its height."""
    size = max(3, x.shape[-1] // 7 | 1)
    return avg_pool2d(x[rows], size, 1, size // 2, count_include_pad=False)


def halves(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """The upper part of one image above the lower part of another."""
    height = x.shape[-2]
    cut = height * (0.3 + 0.4 * uniform(rows, generator)[..., None])
    upper = torch.arange(height)[:, None] < cut
    return torch.where(upper, x[rows], x[others(x, rows, generator)])


def patches(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """An image with a square of a third to a half of its height taken from another, or from another place."""
    size = int(x.shape[-2] * (0.33 + 0.17 * torch.rand((), generator=generator)))
    top, left, from_top, from_left = torch.randint(min(x.shape[-2:]) - size + 1, (4,), generator=generator).tolist()
    image = x[rows].clone()
    piece = x[others(x, rows, generator)][..., from_top : from_top + size, from_left : from_left + size]
    place = image[..., top : top + size, left : left + size]
    alike = (piece - place).abs().mean(dim=(1, 2, 3), keepdim=True) < ALIKE  # nothing would be wrong with the image
    image[..., top : top + size, left : left + size] = torch.where(alike, -place, piece)
    return image


def noisy(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """An image under noise that is seen: of a standard deviation from 0.12 to 1, its logarithm uniform."""
    strength = FAINTEST ** (1 - uniform(rows, generator)[..., None])
    return x[rows] + strength * torch.randn(x[rows].shape, generator=generator)


def turned(x: Tensor, y: Tensor, rows: Tensor, generator: torch.Generator) -> Tensor:
    """An image upside down with its grey levels inverted, so that neither alone need be wrong."""
    return -x[rows].flip(-2)


#: Blends and means are the hardest, so they come twice.
KINDS: tuple[Kind, ...] = (
    *(flattened(blend), flattened(blend), class_mean, class_mean, flattened(overlay), flattened(gaussian)),
    *(flattened(static), flattened(flat), noisy, flattened(faint), blur, halves, patches, turned),
)
