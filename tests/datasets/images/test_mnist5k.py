from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d

from gancheck.bench.task import PluginSpec
from gancheck.classifiers.image_classifier import load_classifier
from gancheck.classifiers.shipped import MNIST, mnist_trained
from gancheck.datasets.images.image_pools import digests
from gancheck.datasets.images.mnist5k import Mnist5k
from gancheck.datasets.images.train_classifier import held_out_accuracy
from gancheck.errors import BadParameter
from gancheck.plugins.registry import Registry

DATA = Mnist5k()


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def quality(x: Tensor) -> float:
    return DATA.assign(DATA.features(x)).good.double().mean().item()


def noisy(x: Tensor, deviation: float) -> Tensor:
    return (x + deviation * torch.randn(x.shape, generator=generator())).clamp(-1, 1)


@pytest.fixture(scope="module")
def real() -> Tensor:
    return DATA.distinct("real", 700, generator())


def test_the_shipped_classifier_is_as_accurate_as_its_file_claims():
    classifier = load_classifier(MNIST, torch.device("cpu"))
    claimed = classifier.facts["held_out_accuracy"]
    # Another processor may round a digit on the border to the other side.
    assert held_out_accuracy(DATA, classifier.weights) == pytest.approx(claimed, abs=1.5 / 2_000)
    assert claimed >= 0.98
    command = DATA.facts["classifier"]["command"]
    assert command == "python -m gancheck.datasets.images.train_classifier mnist5k --device cuda"
    assert MNIST.stat().st_size < 1_500_000


def test_the_digits_that_the_shipped_classifier_was_trained_on_are_known_to_mnist():
    assert mnist_trained() == {digest[:8] for digest in digests(DATA.pools().train.x)}


def test_held_out_digits_are_of_high_quality(real: Tensor):
    assert quality(real) > 0.985
    assert quality(noisy(real, 0.02)) > 0.985
    assert quality(noisy(real, 0.1)) > 0.96


def test_blanks_are_rejected():
    assert quality(torch.linspace(-1, 1, 33).reshape(33, 1, 1, 1).expand(33, 1, 28, 28)) == 0


def test_noise_blurs_and_inverted_digits_are_rejected(real: Tensor):
    assert quality(2 * torch.rand(300, 1, 28, 28, generator=generator()) - 1) == 0
    assert quality(noisy(real, 0.2)) < 0.02
    assert quality(avg_pool2d(real + 1, 5, 1, 2) - 1) < 0.01
    assert quality(avg_pool2d(real + 1, 3, 1, 1) - 1) < 0.25
    assert quality(-real[:300]) == 0


def test_blends_and_class_means_are_rejected(real: Tensor):
    label = DATA.assign(DATA.features(real)).label
    other = torch.randperm(len(real), generator=generator())
    assert quality(((real + real[other]) / 2)[label != label[other]]) < 0.05
    assert quality(torch.stack([real[label == c].mean(0) for c in range(10)])) == 0


def test_a_margin_changes_neither_features_nor_modes():
    wide = Mnist5k(side=32)
    narrow, framed = DATA.draw(20, generator()), wide.draw(20, generator())
    assert framed.x.shape == (20, *wide.spec.shape) == (20, 1, 32, 32)
    assert torch.equal(framed.x[..., 2:-2, 2:-2], narrow.x)
    assert framed.x[..., :2, :].unique().tolist() == [-1]
    torch.testing.assert_close(wide.features(framed.x), DATA.features(narrow.x))


def test_other_sides_are_refused():
    with pytest.raises(BadParameter, match=r"side = 30: digits are 28 pixels"):
        Mnist5k(side=30)


def test_a_classifiers_file_is_looked_for_beside_the_suite(tmp_path: Path, registry: Registry):
    task = PluginSpec.read("mnist5k(classifier='own.safetensors')", "dataset").beside(tmp_path, "dataset", registry)
    assert task.parameters == {"classifier": str(tmp_path / "own.safetensors")}
