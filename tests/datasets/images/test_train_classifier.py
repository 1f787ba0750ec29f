from __future__ import annotations

import pytest
import torch

from gancheck.classifiers.image_classifier import ImageClassifier
from gancheck.classifiers.image_training import LARGE, SMALL, choose_plan
from gancheck.datasets.images import train_classifier
from gancheck.datasets.images.mnist5k import Mnist5k
from gancheck.datasets.images.train_classifier import announcement, labelled_images, main, show_step
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


@pytest.mark.parametrize(("images", "steps"), [(300, 5_000), (9_000, 6_000), (30_000, 20_000), (60_000, 20_000)])
def test_fewer_colour_images_take_fewer_steps(images: int, steps: int):
    plan = choose_plan(torch.zeros(images, 3, 1, 1))
    assert (plan.steps, plan.widths) == (steps, LARGE.widths)
    assert choose_plan(torch.zeros(images, 1, 1, 1)) == SMALL
    said = announcement(torch.zeros(5, 3, 8, 8), plan, torch.device("cpu"))
    assert said.startswith(f"training {steps:,} steps")
    assert "--device cuda" in said


def test_a_log_has_a_line_for_every_tenth_of_the_training(capsys: pytest.CaptureFixture[str]):
    for step in range(250):
        show_step("training", step + 1, 250)
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 10
    assert lines[4] == "training [##########          ] 125 of 250 steps"
    assert lines[-1] == "training [####################] 250 of 250 steps"
