from __future__ import annotations

import pytest
import torch
from torch import Tensor

from gancheck.classifiers.digit_classifier import CHUNK, digit_classifier
from gancheck.numerics.full_batches import answer_in_full_batches


@pytest.mark.parametrize("rows", [1, 3, 4, 9])
def test_every_row_gets_its_answer_and_all_batches_are_alike(rows: int) -> None:
    sizes = []

    def double(x: Tensor) -> Tensor:
        sizes.append(len(x))
        return 2 * x

    x = torch.arange(rows * 2.0).reshape(rows, 2)
    assert torch.equal(answer_in_full_batches(double, x, 4), 2 * x)
    assert set(sizes) == {4}


@pytest.mark.parametrize("rows", [1, 7, CHUNK + 1])
def test_equal_images_have_equal_features_however_many_are_beside_them(rows: int) -> None:
    x = torch.rand(CHUNK + 5, 8, 8, generator=torch.Generator().manual_seed(0)) * 2 - 1
    classifier = digit_classifier(torch.device("cpu"))
    assert torch.equal(classifier.features(x[-rows:]), classifier.features(x)[-rows:])
