"""Words of an HDF5 file, read by a process of its own: where the file is damaged, its library may never end, or ask for
memory without end."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.content import LARGEST, is_bomb
from gancheck.loading.raw import Array

PATIENCE = 60.0  #: seconds, and a second more for every ten thousand words, which take a hundredth of one
BASE = 2**29  #: bytes that reading may take beside those for what is read
PER_BYTE, PER_WORD = 16, 256  #: bytes for each of the file, whose words stand in it as they are, and for each word
NOT_UTF8, NO_MEMORY = 3, 4  #: exit statuses
READ = f"""
import json, sys, h5py
try:
    import resource
    with open("/proc/self/statm") as file:  # what the libraries hold, more of it the more cores there are
        bound = int(sys.argv[3]) + int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (bound, bound))
except (ImportError, OSError, ValueError):
    pass  # this system bounds no memory, or bounds it lower
try:
    with h5py.File(sys.argv[1], "r") as file:
        found = file[sys.argv[2]][...].ravel()
    words = [word.decode("utf-8") if isinstance(word, bytes) else str(word) for word in found]
    print(json.dumps(words))
except UnicodeDecodeError:
    sys.exit({NOT_UTF8})
except MemoryError:
    sys.exit({NO_MEMORY})
"""


def read_words(path: Path, key: str, shape: tuple[int, ...], patience: float = PATIENCE) -> Array:
    """The words of one array, of its shape; BadData where they cannot be read, or not in this time and memory."""
    patience += math.prod(shape) / 10_000
    call = [sys.executable, "-P", "-c", READ, str(path.absolute()), key, str(memory_bound(path, shape))]
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=patience, check=True)
        return pack_words(path, key, json.loads(done.stdout)).reshape(shape)
    except subprocess.TimeoutExpired as error:
        raise BadData(f"{path.name}: reading the words of '{key}' does not end: the file is damaged") from error
    except subprocess.CalledProcessError as error:
        raise BadData(f"{path.name}: the words of '{key}' {describe_exit(error)}") from error
    except ValueError as error:
        raise BadData(f"{path.name}: the words of '{key}' cannot be read: the file is damaged") from error


def memory_bound(path: Path, shape: tuple[int, ...]) -> int:
    """Bytes that reading so many words may take: HDF5 keeps words as they are, so the file says how long all are."""
    return min(LARGEST, BASE + PER_BYTE * path.stat().st_size + PER_WORD * math.prod(shape))


def describe_exit(error: subprocess.CalledProcessError) -> str:
    """Why the process could not read the words."""
    if error.returncode == NOT_UTF8:
        return "are not written in UTF-8; save them as UTF-8"
    if error.returncode == NO_MEMORY:
        return "take far more memory than the file explains: it is damaged"
    last = (error.stderr.strip().splitlines() or [f"it ended with {error.returncode}"])[-1]
    return f"cannot be read ({last})"


def pack_words(path: Path, key: str, words: list[str]) -> Array:
    """The words as an array, whose cells are all as wide as the longest word; BadData where that takes too much."""
    size = 4 * len(words) * max(map(len, words), default=0)
    if size > LARGEST or is_bomb(path, size):
        raise BadData(f"{path.name}: the longest word of '{key}' is too long for so many of them; save shorter ones")
    return np.array(words, dtype=str)
