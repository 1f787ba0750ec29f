"""What a worker needs of its system, and does without where it is not there."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from gancheck.system.files import replacing
from gancheck.system.process_group import kill_group, lead_group
from gancheck.training import peak_memory


def test_a_group_is_led_and_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "setpgid", lambda *ids: calls.append(ids))
    monkeypatch.setattr(os, "killpg", lambda *ids: calls.append(ids))
    lead_group()
    kill_group(7)
    assert calls == [(0, 0), (7, signal.SIGKILL)]


def test_a_system_without_groups_signals_and_synced_folders_is_worked_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As Windows is."""
    for name in ("setpgid", "killpg"):
        monkeypatch.delattr(os, name)
    monkeypatch.delattr(signal, "SIGKILL")
    lead_group()
    kill_group(7)
    monkeypatch.setitem(sys.modules, "resource", None)
    monkeypatch.setattr(peak_memory, "STATUS", tmp_path / "no status")
    assert peak_memory.resident_peak() == 0


def test_a_file_is_written_where_folders_cannot_be_synced(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("gancheck.system.files.SYNCS", False)
    monkeypatch.setattr(os, "fsync", lambda descriptor: pytest.fail("synced"))
    with replacing(tmp_path / "a") as part:
        part.write_text("text")
    assert (tmp_path / "a").read_text() == "text"
