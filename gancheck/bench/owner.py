"""What a results folder says of itself: its format, and the suite that it belongs to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from gancheck.errors import StoreError
from gancheck.strategies.untreated import UNTREATED
from gancheck.system.files import refuse_link

#: Of a results folder's layout; raise it when older versions could not read what is written. 1: version 0.1, which did
#: not say it, nor which tasks are the suite's and which runs were asked for.
FORMAT = 2


class Format(msgspec.Struct):
    """How a results folder is to be read."""

    format: Annotated[int, msgspec.Meta(ge=1)] = 1


class Owner(Format, kw_only=True):
    """The suite of a results folder; folders of version 0.1 say its name and version alone."""

    suite: str
    version: str
    track: str = "default"
    base: str = UNTREATED  #: the recipe to which gains and costs refer
    tasks: list[str] = []  #: the suite's own
    asked: list[str] = []  #: ids of all runs that were asked for, the last call's last


def read_owner(path: Path) -> Owner | None:
    """What a folder's `suite.json` says; None where there is none. StoreError where a newer version wrote it, or
    something else."""
    if not path.exists():
        return None
    try:
        refuse_link(path)
        text = path.read_bytes()
        number = msgspec.json.decode(text, type=Format).format
        if number <= FORMAT:
            return msgspec.json.decode(text, type=Owner)
    except (OSError, ValueError, RecursionError) as error:
        raise StoreError(f"{path} is not what gancheck wrote; remove it, or use another folder") from error
    raise StoreError(
        f"{path.parent} is of format {number}, which a newer gancheck wrote; this one reads up to {FORMAT}: "
        "pip install --upgrade gancheck"
    )
