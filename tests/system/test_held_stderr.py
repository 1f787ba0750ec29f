"""Standard error is held back, and lost only where a block raises."""

from __future__ import annotations

import os
import threading

import pytest

from gancheck.system.held_stderr import stderr_held_back


def test_what_was_written_comes_out_at_the_end(capfd: pytest.CaptureFixture[str]) -> None:
    with stderr_held_back():
        os.write(2, b"a library's words\n")
        assert capfd.readouterr().err == ""
    assert capfd.readouterr().err == "a library's words\n"


def test_of_a_block_that_raises_nothing_comes_out(capfd: pytest.CaptureFixture[str]) -> None:
    def fail() -> None:
        with stderr_held_back():
            os.write(2, b"stack backtrace:\n")
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_a_second_thread_leaves_the_stream_as_it_is() -> None:
    before, inside, done = os.fstat(2).st_ino, threading.Event(), threading.Event()

    def hold() -> None:
        with stderr_held_back():
            inside.set()
            done.wait(10)

    first = threading.Thread(target=hold)
    first.start()
    inside.wait(10)
    with stderr_held_back():
        done.set()
        first.join()
    assert os.fstat(2).st_ino == before
