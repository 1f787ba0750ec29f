"""Words of an HDF5 file, read by a process of its own: where the file is damaged, its library may never end."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.raw import Array

PATIENCE = 60.0  #: seconds, and a second more for every ten thousand words, which take a hundredth of one
NOT_UTF8 = 3  #: exit status
READ = f"""
import json, sys, h5py
with h5py.File(sys.argv[1], "r") as file:
    found = file[sys.argv[2]][...].ravel()
try:
    words = [word.decode("utf-8") if isinstance(word, bytes) else str(word) for word in found]
except UnicodeDecodeError:
    sys.exit({NOT_UTF8})
print(json.dumps(words))
"""


def read_words(path: Path, key: str, shape: tuple[int, ...], patience: float = PATIENCE) -> Array:
    """The words of one array, of its shape; BadData where they cannot be read, or not in this time."""
    patience += math.prod(shape) / 10_000
    call = [sys.executable, "-P", "-c", READ, str(path.absolute()), key]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=patience, check=True)
        return np.array(json.loads(done.stdout), dtype=str).reshape(shape)
    except subprocess.TimeoutExpired as error:
        raise BadData(f"{path.name}: reading the words of '{key}' does not end: the file is damaged") from error
    except subprocess.CalledProcessError as error:
        if error.returncode == NOT_UTF8:
            raise BadData(f"{path.name}: the words of '{key}' are not written in UTF-8; save them as UTF-8") from error
        last = (error.stderr.strip().splitlines() or [f"it ended with {error.returncode}"])[-1]
        raise BadData(f"{path.name}: the words of '{key}' cannot be read ({last})") from error
    except ValueError as error:
        raise BadData(f"{path.name}: the words of '{key}' cannot be read: the file is damaged") from error
