from __future__ import annotations

import pytest
import torch

from gancheck.datasets.images.calibration import spread


def test_spread_is_the_deviation_inside_each_class():
    features = torch.tensor([[0.0, 0], [2, 0], [5, 5], [5, 5], [5, 11], [5, 11]])
    label = torch.tensor([0, 0, 1, 1, 1, 1])
    assert spread(features, label, 2).tolist() == pytest.approx([0.5**0.5, 4.5**0.5])


def test_a_class_that_nothing_was_assigned_to_gets_the_mean_of_the_others():
    features = torch.tensor([[0.0], [2], [0], [6]])
    assert spread(features, torch.tensor([0, 0, 2, 2]), 3).tolist() == pytest.approx([1, 2, 3])


def test_a_class_whose_samples_are_all_one_image_gets_the_mean_of_the_others():
    features = torch.tensor([[0.0], [2], [3], [3], [0], [6]])
    assert spread(features, torch.tensor([0, 0, 1, 1, 2, 2]), 3).tolist() == pytest.approx([1, 2, 3])
    assert spread(torch.tensor([[3.0], [3]]), torch.tensor([1, 1]), 2).tolist() == [1, 1]
