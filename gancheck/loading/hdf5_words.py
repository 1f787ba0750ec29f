"""Words of an HDF5 file, read by a process of its own: where the file is damaged, its library may never end."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.raw import Array

PATIENCE = 20.0  #: seconds; a million words take one
READ = """
import json, sys, h5py
with h5py.File(sys.argv[1], "r") as file:
    words = [word.decode("utf-8") if isinstance(word, bytes) else str(word) for word in file[sys.argv[2]][...].ravel()]
print(json.dumps(words))
"""


def read_words(path: Path, key: str, shape: tuple[int, ...], patience: float = PATIENCE) -> Array:
    """The words of one array, of its shape; BadData where they cannot be read, or not in this time."""
    call = [sys.executable, "-P", "-c", READ, str(path.absolute()), key]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=patience, check=True)
        return np.array(json.loads(done.stdout), dtype=str).reshape(shape)
    except subprocess.TimeoutExpired as error:
        raise BadData(f"{path.name}: reading the words of '{key}' does not end: the file is damaged") from error
    except (subprocess.CalledProcessError, ValueError) as error:
        raise BadData(f"{path.name}: the words of '{key}' cannot be read: the file is damaged") from error
