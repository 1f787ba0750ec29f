from __future__ import annotations

import pytest
import torch

from gancheck.classifiers.image_classifier import ImageClassifier
from gancheck.classifiers.image_training import LARGE, SMALL
from gancheck.datasets.images import train_classifier
from gancheck.datasets.images.mnist5k import Mnist5k
from gancheck.datasets.images.train_classifier import announcement, labelled_images, main
from gancheck.errors import BadParameter, UnknownName


def test_datasets_are_named_as_on_the_command_line_with_their_parameters():
    assert labelled_images("mnist5k(side=32)") == Mnist5k(side=32)


def test_data_that_needs_no_such_classifier_is_refused():
    with pytest.raises(BadParameter, match="ring8 needs no classifier of images"):
        labelled_images("ring8")
    with pytest.raises(UnknownName, match="Did you mean 'mnist5k'"):
        labelled_images("mnist5")


def test_it_is_said_that_the_shipped_classifier_stays_in_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    facts = {"sha256": "0", "held_out_accuracy": 0.5}
    monkeypatch.setattr(train_classifier, "write_classifier", lambda *_: ImageClassifier({}, facts))
    main(["mnist5k"])
    assert "mnist5k goes on with the one that ships" in capsys.readouterr().out


def test_a_long_training_says_beforehand_what_it_trains_and_what_would_be_quicker():
    photographs = announcement(torch.zeros(5, 3, 8, 8), LARGE, torch.device("cpu"))
    assert photographs.startswith("training 20,000 steps on 5 images of 3 x 8 x 8, on cpu")
    assert "--device cuda" in photographs
    assert "--device" not in announcement(torch.zeros(5, 1, 8, 8), SMALL, torch.device("cpu"))
