"""Files in torch's old format: a size that is no file's is refused before there is room for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from gancheck.errors import BadData
from gancheck.extractors.weights import load_tensors
from gancheck.loading.open import open_samples

X = torch.arange(300.0).reshape(100, 3)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    torch.save({"x": X}, tmp_path / "a.pt", _use_new_zipfile_serialization=False)
    return tmp_path / "a.pt"


def test_a_sound_file_is_read(old: Path) -> None:
    assert torch.equal(open_samples(old).take(100), X)
    assert torch.equal(load_tensors(old, "inception")["x"], X)


def test_a_claim_of_billions_of_numbers_is_refused_as_what_it_is(old: Path) -> None:
    count = b"M\x2c\x01"  # 300, as pickles write it
    whole = old.read_bytes()
    assert whole.count(count + b"N") == 1
    old.write_bytes(whole.replace(count + b"N", b"J\xff\xff\xff\x7fN"))
    for read in (open_samples, lambda path: load_tensors(path, "inception")):
        with pytest.raises(BadData, match=r"it promises 2,147,483,647 numbers"):
            read(old)


def test_a_text_that_is_said_to_be_longer_than_the_file_is_refused_before_it_is_read(old: Path) -> None:
    whole = old.read_bytes()
    start = b"X\x07\x00\x00\x00storage"
    assert start in whole
    old.write_bytes(whole.replace(start, b"X\xff\xff\xff\x7fstorage"))
    with pytest.raises(BadData, match="is damaged"):
        open_samples(old)
