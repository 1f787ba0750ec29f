"""What a file in torch's old format claims: its sizes stand in pickles, which are looked through and not run."""

from __future__ import annotations

import pickletools
from contextlib import suppress
from pathlib import Path

from gancheck.errors import BadData

PICKLES = 4  #: in front of the numbers: a magic number, the protocol, the machine, and the object
WHOLE_NUMBERS = ("BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4")


def refuse_claims(path: Path) -> None:
    """BadData where a tensor is said to hold more numbers than the file has bytes, before torch makes room for them.

    What is no such file torch itself refuses.
    """
    size = path.stat().st_size
    with path.open("rb") as file, suppress(ValueError):
        for _ in range(PICKLES):
            count = 0
            for operation, argument, _ in pickletools.genops(file):
                if operation.name in WHOLE_NUMBERS:
                    count = int(argument)
                elif operation.name == "BINPERSID" and count > size:
                    raise BadData(f"{path.name} is cut short: it promises {count:,} numbers; save it again")
