"""The classifier of digits as an extractor."""

from __future__ import annotations

import pytest
import torch

from gancheck.datasets.images.digits import Digits
from gancheck.datasets.images.stacked_digits import StackedDigits
from gancheck.errors import BadData
from gancheck.extractors.classifier import ClassifierFeatures

SOURCE = torch.Generator().manual_seed(0)


def classifier() -> ClassifierFeatures:
    """The extractor, loaded."""
    made = ClassifierFeatures()
    made.load(torch.device("cpu"), None)
    return made


@pytest.mark.parametrize("dataset", [Digits(), StackedDigits()])
def test_features_of_digits_are_those_that_the_dataset_itself_uses(dataset: Digits | StackedDigits):
    x = dataset.draw(300, SOURCE).x
    assert torch.equal(classifier().features(x), dataset.features(x))


def test_enlarged_digits_are_the_same_digits():
    x = Digits().draw(200, SOURCE).x
    large = x.repeat_interleave(4, 2).repeat_interleave(3, 3)  # 32 x 24
    torch.testing.assert_close(classifier().features(large), classifier().features(x), rtol=1e-4, atol=1e-4)


def test_classes_name_the_digit_and_exist_for_one_channel_only():
    drawn = Digits().draw(500, SOURCE)
    features = classifier()
    classes = features.classes(features.features(drawn.x))
    assert classes is not None
    torch.testing.assert_close(classes.sum(1), torch.ones(500))
    assert (classes.argmax(1) == drawn.y).double().mean() > 0.95
    assert features.classes(features.features(StackedDigits().draw(5, SOURCE).x)) is None


def test_points_are_refused():
    with pytest.raises(BadData, match="--features points"):
        classifier().features(torch.zeros(5, 2))


def test_provenance_names_the_file_of_the_classifier():
    assert len(classifier().facts["sha256"]) == 64
