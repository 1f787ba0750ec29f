from __future__ import annotations

import numpy as np
import torch
from scipy.spatial.distance import cdist
from sklearn.covariance import shrunk_covariance

from gancheck.classifiers import network
from gancheck.classifiers.training import SHRINKAGE, centres, whiten
from gancheck.datasets.images.digit_pools import digits


def test_whitening_turns_mahalanobis_distances_into_euclidean_ones_and_keeps_the_logits() -> None:
    x, y = digits("train")
    weights = network.fresh(torch.Generator().manual_seed(0))
    white = whiten(weights, x, y)
    before, after = network.features(weights, x), network.features(white, x)
    middle = centres(before, y)
    covariance = shrunk_covariance(np.cov((before - middle[y]).double().T, bias=True), shrinkage=SHRINKAGE)
    expected = cdist(before.double(), middle.double(), "mahalanobis", VI=np.linalg.inv(covariance))
    np.testing.assert_allclose(cdist(after.double(), centres(after, y).double()), expected, rtol=1e-4)
    torch.testing.assert_close(network.logits(white, after), network.logits(weights, before), rtol=1e-3, atol=1e-3)
