"""How workers' processes start: on Linux with everything imported, and yet as if started by this process just now."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gancheck.bench.execution.process_start import isolated_main, start_context
from gancheck.bench.execution.worker import take_environment

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every worker imports PyTorch itself")
#: What a new process knows before it does anything.
LOOK = """
import json, os, sys
from pathlib import Path
import gancheck
known = {"torch": "torch" in sys.modules, "threads": len(os.listdir("/proc/self/task")), "package": gancheck.__file__}
Path(PLACE).write_text(json.dumps(known))
"""


@linux
def test_worker_is_forked_of_a_process_that_has_pytorch_and_no_threads(tmp_path: Path) -> None:
    import gancheck

    with isolated_main():
        process = start_context(()).Process(target=exec, args=(LOOK, {"PLACE": str(tmp_path / "known")}))
        process.start()
    process.join()
    known = json.loads((tmp_path / "known").read_text())
    assert known == {"torch": True, "threads": 1, "package": gancheck.__file__}


def test_workers_beside_gpus_start_from_nothing() -> None:
    assert start_context((0, 1)).get_start_method() == "spawn"


@linux
def test_process_that_was_forked_of_one_with_workers_can_have_its_own() -> None:
    assert start_context(()).get_start_method() == "forkserver"
    here, there = multiprocessing.get_context("fork").Pipe(duplex=False)
    fork = multiprocessing.get_context("fork").Process(target=tell_start, args=(start_context, there))
    fork.start()
    assert here.recv() == "spawn"
    fork.join()


def tell_start(start: Callable[..., Any], pipe: Any) -> None:
    pipe.send(start(()).get_start_method())


def test_worker_takes_the_variables_of_the_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"SEEN": "before", "GONE": "yes"})
    take_environment({"SEEN": "now"})
    assert os.environ == {"SEEN": "now"}
