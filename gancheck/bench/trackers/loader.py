"""Which tracker `--track` names: tensorboard, or a class in a file of the user's."""

from __future__ import annotations

from pathlib import Path

from gancheck.bench.trackers.base import Tracker
from gancheck.bench.trackers.tensorboard import TensorBoard
from gancheck.errors import BadParameter, BadPlugin, did_you_mean
from gancheck.plugins.loader import load_file

TENSORBOARD = "tensorboard"
METHODS = ("start", "parameters", "metrics", "end")


def load_tracker(named: str | Tracker) -> Tracker:
    """`tensorboard`, `FILE.py:NAME` (a class or function that is called without arguments, or an object), or a tracker.

    BadParameter for any other text; BadPlugin where the file does not import or what it names is no tracker;
    Unsupported where tensorboard is not installed.
    """
    if not isinstance(named, str):
        return require_methods(named, type(named).__name__)
    if named == TENSORBOARD:
        return TensorBoard()
    file, colon, name = named.rpartition(":")
    if not colon or not file.endswith(".py"):
        raise BadParameter(f"--track {named}: takes {TENSORBOARD} or FILE.py:NAME{did_you_mean(named, [TENSORBOARD])}")
    names = vars(load_file(Path(file)))
    if name not in names:
        own = [known for known in names if not known.startswith("_")]
        raise BadPlugin(f"{file} has no '{name}'.{did_you_mean(name, own)}")
    return require_methods(open_tracker(names[name], named), named)


def open_tracker(found: object, named: str) -> object:
    """What a class or function makes; BadPlugin with what it raises."""
    if not callable(found):
        return found
    try:
        return found()
    except Exception as error:
        raise BadPlugin(f"tracker {named} cannot be opened, {type(error).__name__}: {error}") from error


def require_methods(tracker: object, named: str) -> Tracker:
    """The tracker, or BadPlugin with the methods that it lacks."""
    lacking = [name for name in METHODS if not callable(getattr(tracker, name, None))]
    if lacking or not isinstance(tracker, Tracker):
        raise BadPlugin(f"tracker {named} lacks {', '.join(lacking)}; it needs {', '.join(METHODS)}")
    return tracker
