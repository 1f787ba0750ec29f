"""Short hashes of JSON values."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec

from gancheck.errors import BadParameter


def digest(spec: Any) -> str:
    """16 hex digits of the canonical JSON's SHA-256; BadParameter where something is no JSON value."""
    try:
        text = json.dumps(json_values(spec), sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise BadParameter(f"parameters must be numbers (not inf or nan), texts or lists of them: {error}") from error
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def json_values(spec: Any) -> Any:
    """Structs as dictionaries, and NumPy's real numbers as Python's; TypeError where something is no JSON value."""
    return msgspec.to_builtins(spec, enc_hook=plain_float, order="deterministic")  # sets have no order of their own


def plain_float(value: object) -> float:
    """A real number that is not of Python's own type."""
    if not isinstance(value, float):
        raise TypeError(f"{value!r} is of type {type(value).__name__}")
    return float(value)
