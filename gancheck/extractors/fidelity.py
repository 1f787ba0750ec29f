"""torch-fidelity's networks: Inception, VGG16, CLIP and DINOv2.

Obukhov et al., "High-fidelity performance metrics for generative models in PyTorch", 2020. Its resizing and its numbers
are kept; its reading of files is not, because that unpickles them. What runs, by family: for `inception` and `vgg16`
nothing in the file, only tensors are read; for `clip-*` a TorchScript archive is opened, and only if it is, bit for
bit, the one that OpenAI published; for `dinov2-*` Python code that torch.hub fetches from facebookresearch/dinov2.
"""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from gancheck.compat import torchvision_operators
from gancheck.errors import BadData
from gancheck.extractors.base import Extractor
from gancheck.extractors.pixels import photographs
from gancheck.extractors.weights import (
    Source,
    checked,
    checkpoints,
    downloading,
    given_or_found,
    published,
    rewritten,
    sha256,
)
from gancheck.loading.failures import reading

CPU_BATCH, GPU_BATCH = 64, 256  #: images


class Built(NamedTuple):
    """A network with its weights, and the SHA-256 of their file."""

    network: Any
    sha256: str | None


class Fidelity(Extractor):
    """Features of one layer of a torch-fidelity network; use `fidelity(name)` to get one.

    Images in [-1, 1] become bytes by round((x + 1) * 127.5) and grey is repeated three times; the network then
    resizes them as TensorFlow 1 did.
    """

    costly = True

    def __init__(self, name: str, built: Built, device: torch.device) -> None:
        self.name, self.device, self.sha256 = name, device, built.sha256
        self.network: nn.Module = built.network.to(device)
        self.layer: str = built.network.features_list[0]
        self.batch = CPU_BATCH if device.type == "cpu" else GPU_BATCH

    @property
    def facts(self) -> dict[str, Any]:
        import torch_fidelity

        library = f"torch-fidelity {torch_fidelity.__version__}"
        return {"layer": self.layer, "weights_sha256": self.sha256, "library": library}

    def features(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            parts = [self.network(photographs(part.to(self.device)))[0] for part in torch.split(x, self.batch)]
        return torch.cat(parts)

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, 1008) of Inception, from its logits without offsets, as the inception score takes them."""
        if self.name != "inception":
            return None
        weight: Tensor = self.network.get_submodule("fc").get_parameter("weight")
        return (features @ weight.T).softmax(1)


def fidelity(name: str, weights: Path | None = None, device: str | torch.device = "cpu") -> Fidelity:
    """A network by its short name, with its published weights or those of a file.

    Raises MissingWeights where they are not here and cannot be downloaded, BadData where a file holds something else.
    """
    torchvision_operators()
    build = {"inception": inception, "vgg16": vgg16, "clip": clip, "dinov2": dinov2}[name.partition("-")[0]]
    with torch.random.fork_rng(devices=[]):  # networks fill themselves with random numbers first
        return Fidelity(name, build(name, weights), torch.device(device))


def inception(name: str, weights: Path | None) -> Built:
    """Inception-v3 as trained in 2015; 2048 features after the last pooling."""
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3, FeatureExtractorInceptionV3

    file = URL_INCEPTION_V3.rpartition("/")[2]
    path = given_or_found(weights, Source(URL_INCEPTION_V3, file, hash_in(file)), name)
    return filled(FeatureExtractorInceptionV3, "inception-v3-compat", "2048", path, name)


def vgg16(name: str, weights: Path | None) -> Built:
    """VGG16 of ImageNet; 4096 features after the second dense layer."""
    from torch_fidelity.feature_extractor_vgg16 import FeatureExtractorVGG16

    path = given_or_found(weights, vgg16_source(), name)
    return filled(FeatureExtractorVGG16, "vgg16", "fc2_relu", path, name)


def vgg16_source() -> Source:
    """Where torchvision publishes VGG16."""
    from torchvision.models import VGG16_Weights

    url = VGG16_Weights.IMAGENET1K_V1.url
    file = url.rpartition("/")[2]
    return Source(url, file, hash_in(file))


def hash_in(file: str) -> str:
    """The start of a SHA-256 that a file's name ends with."""
    return file.rpartition("-")[2].partition(".")[0]


def filled(factory: Any, key: str, layer: str, path: Path, name: str) -> Built:
    """A network filled with the checked tensors of a file."""
    state = checked(path, name)
    with reading(str(path), f"it does not hold the weights of {name}"):
        return Built(factory(key, [layer], feature_extractor_weights_path=rewritten(state)), sha256(path))


def clip(name: str, weights: Path | None) -> Built:
    """CLIP's image encoder, the published file only: it is an archive with code, not mere tensors."""
    from torch_fidelity.feature_extractor_clip import MODEL_METADATA, MODEL_URLS, FeatureExtractorCLIP

    digest = MODEL_METADATA[name]["hash"]
    source = Source(MODEL_URLS[name], f"{name}-{digest}.pt", digest)
    path = given_or_found(weights, source, name)
    published(path, source, name)
    with reading(str(path), f"it does not hold the weights of {name}"):
        return Built(FeatureExtractorCLIP(name, ["clip"], feature_extractor_weights_path=str(path)), digest)


def dinov2(name: str, weights: Path | None) -> Built:
    """DINOv2, code and weights by torch.hub; torch-fidelity cannot fill it from a file."""
    from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA, FeatureExtractorDinoV2

    model = MODEL_METADATA[name]
    if weights is not None:
        raise BadData(
            f"torch-fidelity cannot read {name} from a file: leave --weights out and let torch.hub fetch it, or use "
            "--features inception"
        )
    advice = f'on a machine with a network run torch.hub.load("facebookresearch/dinov2", "{model}") and copy {hub()}'
    with downloading(name, advice):
        network = FeatureExtractorDinoV2(name, ["dinov2"])
    path = checkpoints() / f"{model}_pretrain.pth"
    with contextlib.suppress(FileNotFoundError):
        return Built(network, sha256(path))
    return Built(network, None)


def hub() -> Path:
    """torch's folder of downloaded code and weights."""
    return checkpoints().parent
