"""The judge of digits as an extractor."""

from __future__ import annotations

import pytest
import torch

from gancheck.datasets.digits import Digits
from gancheck.datasets.stacked_digits import StackedDigits
from gancheck.errors import BadData
from gancheck.extractors.judge import DigitJudge

SOURCE = torch.Generator().manual_seed(0)


@pytest.mark.parametrize("dataset", [Digits(), StackedDigits()])
def test_features_of_digits_are_those_that_the_dataset_itself_uses(dataset: Digits | StackedDigits):
    x = dataset.draw(300, SOURCE).x
    assert torch.equal(DigitJudge().features(x), dataset.features(x))


def test_enlarged_digits_are_the_same_digits():
    x = Digits().draw(200, SOURCE).x
    large = x.repeat_interleave(4, 2).repeat_interleave(3, 3)  # 32 x 24
    torch.testing.assert_close(DigitJudge().features(large), DigitJudge().features(x), rtol=1e-4, atol=1e-4)


def test_classes_name_the_digit_and_exist_for_one_channel_only():
    drawn = Digits().draw(500, SOURCE)
    judge = DigitJudge()
    classes = judge.classes(judge.features(drawn.x))
    assert classes is not None
    torch.testing.assert_close(classes.sum(1), torch.ones(500))
    assert (classes.argmax(1) == drawn.y).double().mean() > 0.95
    assert judge.classes(judge.features(StackedDigits().draw(5, SOURCE).x)) is None


def test_points_are_refused():
    with pytest.raises(BadData, match="--features points"):
        DigitJudge().features(torch.zeros(5, 2))


def test_provenance_names_the_file_of_the_judge():
    assert len(DigitJudge().facts["sha256"]) == 64
