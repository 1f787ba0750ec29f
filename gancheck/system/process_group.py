"""A process with everything that is started in it, to be ended together.

Windows knows no such groups: there the process alone is ended.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress


def lead_group() -> None:
    """Make this process the first of a group of its own."""
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)


def kill_group(leader: int) -> None:
    """End the group of this leader at once; 0 is this process's own. Nothing where it is gone already."""
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(leader, signal.SIGKILL)
