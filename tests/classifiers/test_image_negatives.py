from __future__ import annotations

import pytest
import torch

from gancheck.classifiers.image_negatives import KINDS, blur, class_mean, halves, outliers, patches

SOURCE = torch.Generator()


def images(shape: tuple[int, ...]) -> torch.Tensor:
    return 2 * torch.rand(40, *shape, generator=SOURCE.manual_seed(0)) - 1


@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 24), (1, 7, 5)])
def test_outliers_have_the_shape_and_range_of_the_images_and_hardly_ever_are_one_of_them(shape: tuple[int, ...]):
    x, y = images(shape), torch.arange(40) % 4
    made = outliers(x, y, 2 * len(KINDS) - 3, SOURCE.manual_seed(1))
    assert made.shape == (2 * len(KINDS) - 3, *shape)
    assert made.abs().max() <= 1
    nearest = (made[:, None] - x).abs().amax((2, 3, 4)).amin(1)
    assert (nearest > 0.1).double().mean() > 0.95  # a class mean may be of one image, drawn twice
    assert torch.equal(made, outliers(x, y, len(made), SOURCE.manual_seed(1)))


def test_class_means_stay_in_their_class_even_where_it_has_one_image():
    x = torch.arange(4.0).reshape(4, 1, 1, 1).expand(4, 1, 2, 2)
    y = torch.tensor([0, 0, 0, 1])
    mean = class_mean(x, y, torch.tensor([0, 1, 2, 3]), SOURCE.manual_seed(0))
    assert (mean[:3] <= 2).all()
    assert mean[3] == pytest.approx(3)


def test_halves_join_the_top_of_one_image_to_the_bottom_of_another():
    x = torch.arange(5.0).reshape(5, 1, 1, 1).expand(5, 1, 10, 4)
    made = halves(x, torch.zeros(5), torch.arange(5), SOURCE.manual_seed(0))
    assert torch.equal(made[:, 0, 0, 0], torch.arange(5.0))
    assert (made[:, 0, -1, 0] != made[:, 0, 0, 0]).all()


def test_patches_change_a_small_square():
    x = torch.arange(5.0).reshape(5, 1, 1, 1).expand(5, 1, 12, 12)
    changed = (patches(x, torch.zeros(5), torch.arange(5), SOURCE.manual_seed(0)) != x).flatten(1).sum(1)
    assert (changed == changed[0]).all()
    assert 9 <= changed[0] <= 36


def test_blurring_leaves_flat_images_as_they_are():
    x = torch.full((2, 3, 9, 9), 0.3)
    torch.testing.assert_close(blur(x, torch.zeros(2), torch.arange(2), SOURCE), x)
