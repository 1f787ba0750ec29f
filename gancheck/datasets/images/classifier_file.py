"""Where a dataset's classifier lies that gancheck does not ship: in the cache, by the images it was trained on."""

from __future__ import annotations

from pathlib import Path

from gancheck.datasets.base import Dataset
from gancheck.datasets.images.image_pools import ImageSet
from gancheck.plugins.info import plugin_info
from gancheck.plugins.parameters import defaults, label, parameters
from gancheck.system.cache_folder import classifiers_folder

COMMAND = "python -m gancheck.datasets.images.train_classifier"


def cached_classifier(dataset: type[Dataset], train: ImageSet) -> Path:
    """The file of one dataset's classifier: other training images, another file."""
    return classifiers_folder() / f"{name_of(dataset)}-{train.digest()}.safetensors"


def name_of(dataset: type[Dataset]) -> str:
    """What users call a dataset."""
    info = plugin_info(dataset)
    return info.name if info else dataset.__name__


def training_command(data: Dataset) -> str:
    """What trains this dataset's classifier."""
    usual = defaults(type(data))
    call = label(name_of(type(data)), {k: v for k, v in parameters(data).items() if k not in usual or v != usual[k]})
    return f'{COMMAND} "{call}"' if "(" in call else f"{COMMAND} {call}"
