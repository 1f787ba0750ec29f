"""A monitor's state in a file beside a checkpoint."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

from gancheck.errors import BadData
from gancheck.monitor.monitor import Monitor

log = logging.getLogger("gancheck")


def read_state(path: Path) -> dict[str, Any]:
    """What `monitor.state_dict()` gave; BadData where a file holds none."""
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise BadData(f"{path} is no state of a monitor ({type(error).__name__}: {error})") from error
    if not isinstance(state, dict):
        raise BadData(f"{path} is no state of a monitor")
    return state


def go_on_from(path: Path, monitor: Monitor) -> None:
    """Load the state; a damaged one is said, and the monitor begins afresh: the training is to go on."""
    try:
        monitor.load_state_dict(read_state(path))
    except BadData as error:
        log.warning("gancheck: the monitor begins afresh: %s", error)
