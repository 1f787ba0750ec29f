"""What a case may not do while a file is read: take too long, too much memory, write elsewhere, or run code."""

from __future__ import annotations

import gc
import os
import resource
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SECONDS = 10.0  #: CPU time of one case
MEMORY = 512 * 2**20  #: bytes by which the process may grow in one case
ADDRESSES = 12 * 2**30  #: bytes of address space that a process gets beyond what it has; polars reserves some
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Audit events of which no reader of data has any need, and what they mean.
RUNS_CODE = {
    "pickle.find_class": "unpickled",
    "os.system": "ran a command",
    "os.exec": "ran a command",
    "os.posix_spawn": "ran a command",
    "subprocess.Popen": "ran a command",
    "socket.connect": "opened a connection",
}
CHANGES = ("os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "os.chmod")
WATCHED = {"open", *CHANGES, *RUNS_CODE}


class TooLong(BaseException):
    """The time of a case is over; no exception, so that few readers take it for a broken file."""


class Watch:
    """What was seen of one case."""

    def __init__(self, place: Path) -> None:
        self.place = os.path.realpath(place)
        self.seen: list[str] = []
        self.thread = threading.get_ident()

    def note(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Judge one audit event."""
        if event in RUNS_CODE and arguments[:1] != (sys.executable,):  # a reader may ask Python itself for help
            self.seen.append(RUNS_CODE[event])
        elif event == "open":
            path, mode, flags = arguments
            if writes(mode, flags) and isinstance(path, str | bytes) and self.is_outside(path):
                self.seen.append(f"wrote {os.fsdecode(path)}")
        elif event in CHANGES and not any(isinstance(part, int) and part >= 0 for part in arguments):
            # beside a descriptor of a folder, which `shutil.rmtree` has found itself, a name says nothing
            self.seen += [f"{event} {path}" for path in arguments if isinstance(path, str) and self.is_outside(path)]

    def is_outside(self, path: str | bytes) -> bool:
        """Whether a path leads out of the case's folder."""
        real = os.path.realpath(os.fsdecode(path))
        return real != os.devnull and not f"{real}/".startswith(f"{self.place}/")


WATCHES: list[Watch] = []  # audit hooks stay for good: this one looks only while there is somebody to tell


def hook(event: str, arguments: tuple[Any, ...]) -> None:
    """Tell the watch of this thread."""
    if event in WATCHED:
        for watch in WATCHES:
            if threading.get_ident() == watch.thread:
                watch.note(event, arguments)


def writes(mode: str | None, flags: int) -> bool:
    """Whether a file is opened for more than reading."""
    return bool(flags & WRITING) if mode is None else bool(set(mode) & set("wax+"))


@contextmanager
def guarded(place: Path) -> Iterator[Watch]:
    """Watch what happens in here, in this thread; temporary files belong into the folder of the case.

    No garbage is looked for meanwhile: a temporary folder that was left before would be removed in here.
    """
    install_hook()
    collects = gc.isenabled()
    gc.disable()
    watch, before = Watch(place), peak_memory()
    usual = tempfile.tempdir, sys.dont_write_bytecode
    tempfile.tempdir, sys.dont_write_bytecode = str(place), True  # a first import writes where it will
    WATCHES.append(watch)
    try:
        with time_limit(watch):
            yield watch
    except TooLong:
        pass
    finally:
        WATCHES.remove(watch)
        if collects:
            gc.enable()
        tempfile.tempdir, sys.dont_write_bytecode = usual
        if (grown := peak_memory() - before) > MEMORY:
            watch.seen.append(f"took {grown / 2**20:,.0f} MiB")


INSTALLED: list[bool] = []


def install_hook() -> None:
    """Once a process."""
    if not INSTALLED:
        INSTALLED.append(True)
        sys.addaudithook(hook)


@contextmanager
def time_limit(watch: Watch) -> Iterator[None]:
    """Raise TooLong after so much CPU time of the process, and note it, as some reader may swallow it."""

    def stop(*_: object) -> None:
        watch.seen.append(f"took more than {SECONDS:g} s")
        raise TooLong

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def peak_memory() -> int:
    """Bytes that the process took at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def limit_addresses() -> None:
    """Let this process ask for some more memory, so that a header's claim fails rather than the machine."""
    used = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    resource.setrlimit(resource.RLIMIT_AS, (used + ADDRESSES, resource.RLIM_INFINITY))
