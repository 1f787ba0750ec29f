"""Libraries that gancheck does not ask for: imported when an adapter is, with one clear line where one is missing."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec
from typing import Any

from gancheck.errors import Unsupported
from gancheck.system.torchvision_compat import torchvision_operators


def library(*names: str, install: str) -> Any:
    """The first of these modules that is already imported, or else that is installed."""
    loaded = [name for name in names if name in sys.modules]
    there = loaded or [name for name in names if find_spec(name.partition(".")[0])]
    if not there:
        raise Unsupported(f"this adapter needs {names[0]}: pip install {install}")
    torchvision_operators()  # these libraries import torchvision where it is there
    return importlib.import_module(there[0])
