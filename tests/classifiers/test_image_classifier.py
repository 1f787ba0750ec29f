"""Training, the network and the file are tested through datasets, in tests/datasets/images."""

from __future__ import annotations

import torch

from gancheck.classifiers import image_network as network
from gancheck.classifiers.image_classifier import ImageClassifier
from gancheck.classifiers.image_training import whiten


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(0)


def test_whitening_keeps_the_logits_and_evens_out_the_spread():
    weights = network.fresh((1, 9, 7), 3, (4, 6), True, generator())
    x, y = torch.randn(300, 1, 9, 7, generator=generator()), torch.arange(300) % 3
    white = whiten(weights, x, y, 3)
    before, after = network.features(weights, x), network.features(white, x)
    torch.testing.assert_close(network.logits(white, after), network.logits(weights, before), atol=1e-4, rtol=1e-4)
    classifier = ImageClassifier(white, {"shape": [1, 9, 7]})
    assert 2 < classifier.distance(after, y).mean() < 12  # 64 features of at most twice the unit variance
    assert (classifier.shape, classifier.class_count) == ((1, 9, 7), 3)


def test_features_do_not_depend_on_the_company():
    classifier = ImageClassifier(network.fresh((3, 8, 8), 2, (4,), False, generator()), {})
    x = torch.randn(300, 3, 8, 8, generator=generator())
    assert torch.equal(classifier.features(x)[:7], classifier.features(x[:7]))
