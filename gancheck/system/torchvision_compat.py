"""What keeps a version pair that pip allows from working, put right in one place."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import torch

#: Operators that torchvision describes at import even where its compiled half could not be loaded.
OPERATORS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def torchvision_operators() -> None:
    """Make `import torchvision` work beside a torch that its compiled half was not built for.

    The default torchvision wheel cannot load its extension beside a CPU-only torch, and then fails with "operator
    torchvision::nms does not exist". Call this before the import: it declares the missing operators, without an
    implementation, so datasets, transforms and models work and only box suppression does not. Nothing is declared
    where the extension loads, where torchvision is missing, or a second time.
    """
    if importlib.util.find_spec("torchvision") is None or extension_loads():
        return
    for name, schema in OPERATORS.items():
        if not hasattr(torch.ops.torchvision, name):
            torch.library.define(f"torchvision::{name}", schema)


def extension_loads() -> bool:
    """Whether torchvision's compiled half works here."""
    spec = importlib.util.find_spec("torchvision")
    folders = spec.submodule_search_locations if spec else None
    for file in sorted(found for folder in folders or () for found in Path(folder).glob("_C.*")):
        try:
            torch.ops.load_library(str(file))  # type: ignore[no-untyped-call]
        except OSError:
            continue
        return True
    return False
