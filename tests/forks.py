"""pytest with several processes, forked when all is collected: `python -P tests/forks.py -q`.

PyTorch and the libraries beside it take twenty seconds to import, and workers that each collect pay that each.
All tests of a file stay in one process, and the processes take files in their order: long files should come first.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, groupby, pairwise
from multiprocessing import Pipe
from multiprocessing.connection import Connection, wait
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any
from warnings import WarningMessage

import pytest

NUMBER = 4  #: bytes
SHOWN = 0.005  #: seconds: pytest shows no set-up and no tear-down that went well in less

Location = tuple[str, int | None, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    """One more than there are cores: tests that wait for processes of their own leave a core idle."""
    parser.addoption("--forks", type=int, default=(os.cpu_count() or 1) + 1, help="processes that run the tests")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Run the tests in forks and write down here what comes of them; pytest's own loop where none are to run."""
    if session.testsfailed or session.config.option.collectonly:
        return None
    files = [list(items) for _, items in groupby(session.items, attrgetter("path"))]
    queue = queue_numbers(len(files))
    places = [session.config._tmp_path_factory.mktemp("fork") for _ in range(session.config.option.forks)]
    forks = dict(start_fork(session, files, queue, place) for place in places)
    try:
        lost = list(follow(session, forks))
    finally:
        end(forks.values())
    if session.shouldfail:
        raise session.Failed(session.shouldfail)
    for item in lost:
        session.config.hook.pytest_runtest_logreport(report=report_loss(item))
    return True


def queue_numbers(count: int) -> int:
    """A pipe with the numbers below `count`, each for the one process that reads it."""
    source, sink = os.pipe()
    os.write(sink, b"".join(number.to_bytes(NUMBER, "big") for number in range(count)))
    os.close(sink)
    return source


def start_fork(
    session: pytest.Session, files: list[list[pytest.Item]], queue: int, place: Path
) -> tuple[Connection, int]:
    """Where the reports of a new process come from, and its id."""
    reader, writer = Pipe(duplex=False)
    if child := os.fork():
        writer.close()
        return reader, child
    try:
        isolate(session.config, place)
        session.config.pluginmanager.register(Sender(session.config, writer))
        run(session, take_tests(queue, files))
    finally:
        os._exit(0)  # nothing that belongs to the parent is cleaned up here


def isolate(config: pytest.Config, place: Path) -> None:
    """Output and temporary files apart from those of other processes, and nothing on the terminal."""
    sys.modules["__main__"] = ModuleType("__main__")  # else each process that a test spawns imports pytest
    config._tmp_path_factory._basetemp = place
    capture = config.pluginmanager.getplugin("capturemanager")
    capture.stop_global_capturing()
    capture.start_global_capturing()
    config.pluginmanager.unregister(name="terminalreporter")


def take_tests(queue: int, files: list[list[pytest.Item]]) -> Iterator[pytest.Item]:
    """The tests of one file after another, until the queue is empty."""
    while number := os.read(queue, NUMBER):
        yield from files[int.from_bytes(number, "big")]


def run(session: pytest.Session, items: Iterable[pytest.Item]) -> None:
    for item, following in pairwise(chain(items, [None])):
        assert item is not None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail or session.shouldstop:
            return


class Sender:
    """Tells the parent what its plug-ins would have been told."""

    def __init__(self, config: pytest.Config, writer: Connection) -> None:
        self.config = config
        self.writer = writer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.passed and report.when != "call" and report.duration < SHOWN:
            return
        plain = self.config.hook.pytest_report_to_serializable(config=self.config, report=report)
        self.writer.send(("pytest_runtest_logreport", {"report": plain}))

    def pytest_runtest_logfinish(self, nodeid: str, location: Location) -> None:
        self.writer.send(("pytest_runtest_logfinish", {"nodeid": nodeid, "location": location}))

    def pytest_warning_recorded(self, warning_message: WarningMessage, when: str, nodeid: str, location: Any) -> None:
        said = warning_message
        plain = WarningMessage(str(said.message), said.category, said.filename, said.lineno)
        where = {"when": when, "nodeid": nodeid, "location": location}
        self.writer.send(("pytest_warning_recorded", {"warning_message": plain, **where}))


def follow(session: pytest.Session, forks: Iterable[Connection]) -> Iterable[pytest.Item]:
    """Hand on what forks send until all have ended, or enough tests failed; the tests that none of them finished."""
    running, unfinished = list(forks), {item.nodeid: item for item in session.items}
    while running and not session.shouldfail:
        for fork in wait(running):
            assert isinstance(fork, Connection)
            try:
                hook, told = fork.recv()
            except EOFError:
                running.remove(fork)
            else:
                unfinished.pop(hand_on(session.config, hook, told), None)
    return unfinished.values()


def hand_on(config: pytest.Config, hook: str, told: dict[str, Any]) -> str | None:
    """Tell the plug-ins here; the id of a test that is finished."""
    if "report" in told:
        told["report"] = config.hook.pytest_report_from_serializable(config=config, data=told["report"])
    caller = getattr(config.hook, hook)
    if caller.is_historic():
        caller.call_historic(kwargs=told)
    else:
        caller(**told)
    return told["nodeid"] if hook == "pytest_runtest_logfinish" else None


def end(processes: Iterable[int]) -> None:
    for process in processes:
        os.kill(process, signal.SIGINT)
        os.waitpid(process, 0)


def report_loss(item: pytest.Item) -> pytest.TestReport:
    reason = "not finished: its process died in it, or in a test before it"
    return pytest.TestReport(item.nodeid, item.location, {}, "failed", reason, "call")


if __name__ == "__main__":
    sys.exit(pytest.main(plugins=[sys.modules[__name__]]))
