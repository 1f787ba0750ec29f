"""How many cores a process may use: what a container grants, and what the environment asks for."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

from gancheck.system.cores import available_cores, cgroup_limit, default_threads


def modern(folder: Path, text: str) -> Path:
    """The file of cgroup v2."""
    (folder / "cpu.max").write_text(text)
    return folder


def classic(folder: Path, quota: str, period: str = "100000\n") -> Path:
    """The files of cgroup v1."""
    (folder / "cpu").mkdir()
    (folder / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (folder / "cpu" / "cpu.cfs_period_us").write_text(period)
    return folder


@pytest.mark.parametrize(
    ("text", "limit"), [("200000 100000\n", 2), ("50000 100000\n", 0.5), ("max 100000\n", math.inf)]
)
def test_a_limit_is_the_quota_over_the_period(text: str, limit: float, tmp_path: Path) -> None:
    assert cgroup_limit(modern(tmp_path, text)) == limit


@pytest.mark.parametrize(("quota", "limit"), [("150000\n", 1.5), ("-1\n", math.inf)])
def test_the_first_version_of_cgroups_has_two_files(quota: str, limit: float, tmp_path: Path) -> None:
    assert cgroup_limit(classic(tmp_path, quota)) == limit


def test_the_second_version_counts_where_both_are_there(tmp_path: Path) -> None:
    assert cgroup_limit(modern(classic(tmp_path, "100000"), "300000 100000")) == 3


@pytest.mark.parametrize("text", ["", "max", "100000", "many 100000", "100000 0", "1e5 100000", "\x00"])
def test_a_file_that_cannot_be_understood_limits_nothing(text: str, tmp_path: Path) -> None:
    assert cgroup_limit(modern(tmp_path, text)) == math.inf


@pytest.mark.parametrize(("quota", "period"), [("", "100000"), ("100000", ""), ("100000", "0"), ("x", "y")])
def test_broken_files_of_the_first_version_limit_nothing(quota: str, period: str, tmp_path: Path) -> None:
    assert cgroup_limit(classic(tmp_path, quota, period)) == math.inf


def test_a_quota_without_its_period_limits_nothing(tmp_path: Path) -> None:
    (classic(tmp_path, "100000") / "cpu" / "cpu.cfs_period_us").unlink()
    assert cgroup_limit(tmp_path) == math.inf


def test_bytes_that_are_no_text_limit_nothing(tmp_path: Path) -> None:
    (tmp_path / "cpu.max").write_bytes(b"\xff\xfe")
    assert cgroup_limit(tmp_path) == math.inf


def test_no_files_limit_nothing(tmp_path: Path) -> None:
    assert cgroup_limit(tmp_path) == math.inf
    assert cgroup_limit(tmp_path / "nowhere") == math.inf


def test_cores_are_those_that_the_process_may_use(tmp_path: Path) -> None:
    assert available_cores(tmp_path) == len(os.sched_getaffinity(0))
    assert 1 <= available_cores() <= len(os.sched_getaffinity(0))


@pytest.mark.parametrize("text", ["1 100000", "90000 100000", "100000 100000"])
def test_a_part_of_a_core_is_one(text: str, tmp_path: Path) -> None:
    assert available_cores(modern(tmp_path, text)) == 1


def test_one_core_and_a_part_of_another_are_two(tmp_path: Path) -> None:
    assert available_cores(modern(tmp_path, "110000 100000")) == min(2, len(os.sched_getaffinity(0)))


def test_a_limit_above_what_there_is_makes_no_cores(tmp_path: Path) -> None:
    assert available_cores(modern(tmp_path, "99900000 100000")) == len(os.sched_getaffinity(0))


@pytest.mark.parametrize(("text", "threads"), [("2", 2), ("2,1", 2), (" 3 ", 3), ("17", 17)])
def test_the_environment_says_how_many_threads(text: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", text)
    assert default_threads() == threads


@pytest.mark.parametrize("text", ["", "x", "0", "-2", "1.5", ",2", "²"])
def test_what_is_no_number_of_threads_leaves_every_core(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", text)
    assert default_threads() == available_cores()


def test_without_a_word_every_core_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    assert default_threads() == available_cores()
