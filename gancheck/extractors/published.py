"""Where the weights of torch-fidelity's networks are published, with their papers, licences and checksums."""

from __future__ import annotations

from gancheck.extractors.weights import Source


def inception_source() -> Source:
    """Where torch-fidelity publishes Inception-v3."""
    from torch_fidelity.feature_extractor_inceptionv3 import URL_INCEPTION_V3 as URL

    file = URL.rpartition("/")[2]
    paper = "Szegedy et al., Rethinking the Inception architecture for computer vision, CVPR 2016"
    return Source(URL, file, hash_in(file), paper, "Apache-2.0")


def vgg16_source() -> Source:
    """Where torchvision publishes VGG16."""
    from torchvision.models import VGG16_Weights

    url = VGG16_Weights.IMAGENET1K_V1.url
    file = url.rpartition("/")[2]
    paper = "Simonyan & Zisserman, Very deep convolutional networks for large-scale image recognition, ICLR 2015"
    return Source(url, file, hash_in(file), paper, "as torchvision's (BSD-3-Clause)")


def hash_in(file: str) -> str:
    """The start of a SHA-256 that a file's name ends with."""
    return file.rpartition("-")[2].partition(".")[0]


def clip_source(name: str) -> Source:
    """Where OpenAI publishes one of CLIP's networks."""
    from torch_fidelity.feature_extractor_clip import MODEL_METADATA, MODEL_URLS

    digest = MODEL_METADATA[name]["hash"]
    paper = "Radford et al., Learning transferable visual models from natural language supervision, ICML 2021"
    return Source(MODEL_URLS[name], f"{name}-{digest}.pt", digest, paper, "MIT")


def dinov2_source(name: str) -> Source:
    """How torch.hub gets one of DINOv2's networks."""
    from torch_fidelity.feature_extractor_dinov2 import MODEL_METADATA

    model = MODEL_METADATA[name]
    paper = "Oquab et al., DINOv2: learning robust visual features without supervision, TMLR 2024"
    url = f'torch.hub.load("facebookresearch/dinov2", "{model}")'
    return Source(url, f"{model}_pretrain.pth", None, paper, "Apache-2.0", from_file=False)
