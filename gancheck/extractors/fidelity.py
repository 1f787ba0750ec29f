"""torch-fidelity's networks: Inception, VGG16, CLIP and DINOv2.

Obukhov et al., "High-fidelity performance metrics for generative models in PyTorch", 2020. Its resizing and its numbers
are kept; its reading of files is not, because that unpickles them. What runs, by family: for `inception` and `vgg16`
nothing in the file, only tensors are read; for `clip-*` a TorchScript archive is opened, and only if it is, bit for
bit, the one that OpenAI published; for `dinov2-*` Python code that torch.hub fetches from facebookresearch/dinov2.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import torch
from torch import Tensor, nn

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor, extractor
from gancheck.extractors.pixels import photographs
from gancheck.extractors.published import clip_source, dinov2_source, inception_source, vgg16_source
from gancheck.extractors.weights import (
    Source,
    checkpoints,
    downloading,
    find_weights,
    load_tensors,
    require_published,
    rewrite_tensors,
    sha256,
)
from gancheck.loading.failures import one_line_errors
from gancheck.system.torchvision_compat import torchvision_operators

CPU_BATCH, GPU_BATCH = 64, 256  #: images
RULE = (
    "bytes by round((x + 1) * 127.5), grey repeated three times, {side} pixels a side by TensorFlow 1's bilinear rule"
)

ClipModel = Literal[
    "vit-b-32", "vit-b-16", "vit-l-14", "vit-l-14-336px", "rn50", "rn101", "rn50x4", "rn50x16", "rn50x64"
]
Dinov2Model = Literal["vit-s-14", "vit-b-14", "vit-l-14", "vit-g-14"]


class Built(NamedTuple):
    """A network with its weights, and the SHA-256 of their file."""

    network: Any
    sha256: str | None


class Fidelity(Extractor):
    """Features of one layer of a torch-fidelity network.

    Images in [-1, 1] become bytes by round((x + 1) * 127.5) and grey is repeated three times; the network then
    resizes them as TensorFlow 1 did.
    """

    costly = True

    @abstractmethod
    def published_weights(self) -> Source:
        """Where its weights are published."""

    @abstractmethod
    def build(self, weights: Path | None) -> Built:
        """The network, with its published weights or those of a file.

        MissingWeights where they are not here and cannot be downloaded, BadData where a file holds something else.
        """

    def load(self, device: torch.device, weights: Path | None) -> None:
        torchvision_operators()
        with torch.random.fork_rng(devices=[]):  # networks fill themselves with random numbers first
            built = self.build(weights)
        self.sha256 = built.sha256
        self.batch = CPU_BATCH if device.type == "cpu" else GPU_BATCH
        self.network: nn.Module = built.network.to(device)
        self.layer: str = built.network.features_list[0]

    @property
    def facts(self) -> dict[str, Any]:
        import torch_fidelity

        library = f"torch-fidelity {torch_fidelity.__version__}"
        return {"layer": self.layer, "weights_sha256": self.sha256, "library": library, "images": self.rule}

    @property
    def rule(self) -> str:
        """How images reach the network."""
        network: Any = self.network
        return RULE.format(side=getattr(network, "resolution", None) or network.INPUT_IMAGE_SIZE)

    def features(self, x: Tensor) -> Tensor:
        features: Tensor = self.network(photographs(x))[0]
        return features


@extractor("inception")
@dataclass
class Inception(Fidelity):
    """Inception-v3 of 2015, as in published FIDs; 2048 features (95 MB of weights)."""

    def published_weights(self) -> Source:
        return inception_source()

    def build(self, weights: Path | None) -> Built:
        return inception("inception", weights)

    def classes(self, features: Tensor) -> Tensor:
        """(n, 1008) from the logits without offsets, as the inception score takes them."""
        weight: Tensor = self.network.get_submodule("fc").get_parameter("weight")
        return (features @ weight.T).softmax(1)


@extractor("vgg16")
@dataclass
class Vgg16(Fidelity):
    """VGG16, as in published precision and recall; 4096 features (528 MB of weights)."""

    def published_weights(self) -> Source:
        return vgg16_source()

    def build(self, weights: Path | None) -> Built:
        return vgg16("vgg16", weights)


@extractor("clip-vit-b-32", presets={f"clip-{model}": {"model": model} for model in get_args(ClipModel)[1:]})
@dataclass
class Clip(Fidelity):
    """CLIP's image encoder."""

    model: ClipModel = "vit-b-32"

    def published_weights(self) -> Source:
        return clip_source(f"clip-{self.model}")

    def build(self, weights: Path | None) -> Built:
        return clip(f"clip-{self.model}", weights)


@extractor("dinov2-vit-s-14", presets={f"dinov2-{model}": {"model": model} for model in get_args(Dinov2Model)[1:]})
@dataclass
class Dinov2(Fidelity):
    """DINOv2, code and weights by torch.hub."""

    model: Dinov2Model = "vit-s-14"

    def published_weights(self) -> Source:
        return dinov2_source(f"dinov2-{self.model}")

    def build(self, weights: Path | None) -> Built:
        return dinov2(f"dinov2-{self.model}", weights)


def inception(name: str, weights: Path | None) -> Built:
    """Inception-v3 as trained in 2015; 2048 features after the last pooling."""
    from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3

    path = find_weights(weights, inception_source(), name)
    return fill_network(FeatureExtractorInceptionV3, "inception-v3-compat", "2048", path, name)


def vgg16(name: str, weights: Path | None) -> Built:
    """VGG16 of ImageNet; 4096 features after the second dense layer."""
    from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16

    path = find_weights(weights, vgg16_source(), name)
    return fill_network(FeatureExtractorVGG16, "vgg16", "fc2_relu", path, name)


def fill_network(factory: Any, key: str, layer: str, path: Path, name: str) -> Built:
    """A network filled with the checked tensors of a file."""
    state = load_tensors(path, name)
    with one_line_errors(str(path), f"it does not hold the weights of {name}"):
        return Built(factory(key, [layer], feature_extractor_weights_path=rewrite_tensors(state)), sha256(path))


def clip(name: str, weights: Path | None) -> Built:
    """CLIP's image encoder, the published file only: it is an archive with code, not mere tensors."""
    from torch_fidelity.feature_extractor_clip import FeatureExtractorCLIP

    source = clip_source(name)
    path = find_weights(weights, source, name)
    digest = require_published(path, source, name)
    with one_line_errors(str(path), f"it does not hold the weights of {name}"):
        return Built(FeatureExtractorCLIP(name, ["clip"], feature_extractor_weights_path=str(path)), digest)


def dinov2(name: str, weights: Path | None) -> Built:
    """DINOv2, code and weights by torch.hub; torch-fidelity cannot fill it from a file."""
    from torch_fidelity.feature_extractor_dinov2 import FeatureExtractorDinoV2

    source = dinov2_source(name)
    if weights is not None:
        raise BadData(
            f"torch-fidelity cannot read {name} from a file: leave --weights out and let torch.hub fetch it, or use "
            "--features inception"
        )
    with downloading(name, f"on a machine with a network run {source.url} and copy {hub()}"):
        network = FeatureExtractorDinoV2(name, ["dinov2"])
    with contextlib.suppress(FileNotFoundError):
        return Built(network, sha256(source.path))
    return Built(network, None)


def hub() -> Path:
    """torch's folder of downloaded code and weights."""
    return checkpoints().parent
