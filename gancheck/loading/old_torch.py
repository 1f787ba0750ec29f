"""What a file in torch's old format claims: its sizes stand in pickles, which are looked through and not run."""

from __future__ import annotations

import mmap
import pickletools
from pathlib import Path
from typing import Any

from gancheck.errors import BadData

PICKLES = 4  #: in front of the numbers: a magic number, the protocol, the machine, and the object
START = b"\x80"  #: of a pickle
WHOLE_NUMBERS = ("BININT", "BININT1", "BININT2", "INT", "LONG", "LONG1", "LONG4")


def refuse_claims(path: Path) -> None:
    """BadData where a text or a tensor is said to be longer than the file, before there is room made for it."""
    with path.open("rb") as file:
        if file.read(1) != START:
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as held:  # reads no more than there is
            for _ in range(PICKLES):
                refuse_claim(held, len(held), path.name)


def refuse_claim(pickle: Any, size: int, name: str) -> None:
    """The same of one pickle, from where the file stands."""
    count = 0
    try:
        for operation, argument, _ in pickletools.genops(pickle):
            if operation.name in WHOLE_NUMBERS and isinstance(argument, int):
                count = argument
            elif operation.name == "BINPERSID" and count > size:
                raise BadData(f"{name} is cut short: it promises {count:,} numbers; save it again")
    except (ValueError, OverflowError) as error:
        raise BadData(f"{name} is damaged ({error}); save it again") from error
