from __future__ import annotations

import torch

from gancheck.classifiers.image_augmentation import grain, mirror, shift, warp


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_changes_keep_shape_and_range():
    for shape in ((1, 28, 28), (3, 16, 24)):
        x = 2 * torch.rand(6, *shape, generator=generator()) - 1
        changed = grain(warp(x, generator()), generator())
        assert changed.shape == x.shape
        assert changed.abs().max() <= 1
        assert not torch.equal(changed, x)


def test_half_of_the_images_are_mirrored():
    x = torch.rand(400, 3, 2, 5, generator=generator())
    made = mirror(x, generator())
    kept, turned = ((made == other).flatten(1).all(1) for other in (x, x.flip(-1)))
    assert (kept ^ turned).all()
    assert 150 < kept.sum() < 250


def test_shifted_images_are_parts_of_the_mirrored_frame():
    x = torch.arange(64.0).reshape(1, 1, 8, 8).repeat(50, 3, 1, 1)
    made = shift(x, generator())
    assert torch.isin(made[:, 0, 4, 4], x[0, 0, 3:6, 3:6].flatten()).all()
    assert len(made[:, 0, 4, 4].unique()) == 9
