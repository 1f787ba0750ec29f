"""How deep a parquet file nests its columns, found out by a process of its own.

Libraries follow a schema by recursion: a file of a few kilobytes that nests it thousands deep ends their process.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gancheck.errors import BadData

PATIENCE = 60.0  #: seconds
SHORT = 1024  #: bytes of a footer that has no room for more than 200 levels, which do no harm
STACK = 2**20  #: bytes of a thread's stack in the probe, half of the least that reading has
DEEPEST = 32  #: levels of a column; polars ends the process from some hundreds on
PROBE = f"""
import sys, threading
import polars as pl

def look():
    pl.read_parquet_metadata(sys.argv[1])
    frame = pl.scan_parquet(sys.argv[1], glob=False, hive_partitioning=False)
    here, levels = [*frame.collect_schema().values()], 0
    while here:
        levels += 1
        fields = [field.dtype for dtype in here for field in getattr(dtype, "fields", ())]
        here = fields + [dtype.inner for dtype in here if hasattr(dtype, "inner")]
    if levels <= {DEEPEST}:
        frame.select(pl.len()).collect()
        frame.head(1).collect()
    print(levels)

threading.stack_size({STACK})
looking = threading.Thread(target=look)
looking.start()
looking.join()
"""


def refuse_deep_columns(path: Path) -> None:
    """BadData for a file whose columns are nested too deep to be read."""
    if (levels := nesting_of(path)) > DEEPEST:
        raise BadData(f"{path.name} nests its columns {levels:,} levels deep; give one number a cell")


def nesting_of(path: Path) -> int:
    """The levels of a file's deepest column, 1 for plain ones; 0 where the footer is short, or the library refuses the
    file by itself.

    BadData where the library does not come back.
    """
    if footer_size(path) <= SHORT:
        return 0
    call = [sys.executable, "-P", "-c", PROBE, str(path.absolute())]
    surroundings = {**os.environ, "RUST_MIN_STACK": str(STACK)}
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=PATIENCE, check=False, env=surroundings)
    except subprocess.TimeoutExpired as error:
        raise BadData(f"{path.name}: reading its columns does not end: the file is damaged") from error
    if done.returncode not in (0, 1):  # 1 is an exception of Python's; a crash is negative, and large on Windows
        raise BadData(f"{path.name} nests its columns so deep that they cannot be read; give one number a cell")
    return int(done.stdout or 0)


def footer_size(path: Path) -> int:
    """Bytes of what a file says of its columns."""
    with path.open("rb") as file:
        file.seek(max(file.seek(0, 2) - 8, 0))
        return int.from_bytes(file.read(4), "little")
