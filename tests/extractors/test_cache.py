"""Features kept between commands."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.extractors.base import Extractor
from gancheck.extractors.cache import FeatureCache
from gancheck.extractors.loaded import LoadedExtractor
from gancheck.extractors.points import Points
from gancheck.loading.samples import Samples

X = torch.randn(100, 3, 4, 4, generator=torch.Generator().manual_seed(0))


class Costly(Extractor):
    """Means of channels; counts the samples that it saw."""

    costly, batch = True, 16

    def __init__(self, weights: str = "a") -> None:
        self.weights, self.seen = weights, 0

    @property
    def facts(self) -> dict[str, Any]:
        return {"weights": self.weights}

    def features(self, x: Tensor) -> Tensor:
        assert len(x) <= self.batch
        self.seen += len(x)
        return x.mean((2, 3))


def ready(extractor: Extractor) -> LoadedExtractor:
    """An extractor as it is after loading."""
    return LoadedExtractor("some", extractor, torch.device("cpu"))


class Source:
    """Samples that count how often they are read from the start."""

    def __init__(self, x: Tensor, batch: int = 30) -> None:
        self.x, self.batch, self.reads = x, batch, 0

    def stream(self) -> Iterator[Tensor]:
        self.reads += 1
        yield from torch.split(self.x, self.batch)

    @property
    def samples(self) -> Samples:
        return Samples("x", tuple(self.x.shape[1:]), len(self.x), self.stream)


def test_the_second_time_nothing_is_computed_however_samples_are_named_or_cut(tmp_path: Path):
    source, extractor = Source(X), Costly()
    first = FeatureCache(tmp_path).features(source.samples, ready(extractor), 1_000)
    assert torch.equal(first, X.mean((2, 3)))
    assert (extractor.seen, source.reads) == (100, 2)
    again = FeatureCache(tmp_path).features(Source(X, 7).samples, ready(extractor), 200)
    assert torch.equal(again, first)
    assert extractor.seen == 100


@pytest.mark.parametrize("change", ["one value", "weights", "fewer", "shape", "precision"])
def test_anything_that_matters_makes_new_features(change: str, tmp_path: Path):
    FeatureCache(tmp_path).features(Source(X).samples, ready(Costly()), 100)
    x = X.clone()
    x[57, 1, 2, 3] += 1e-6 if change == "one value" else 0
    x = x.reshape(100, 3, 2, 8) if change == "shape" else x.double() if change == "precision" else x
    extractor = Costly("b" if change == "weights" else "a")
    most = 99 if change == "fewer" else 100
    found = FeatureCache(tmp_path).features(Source(x).samples, ready(extractor), most)
    torch.testing.assert_close(found, x[:most].mean((2, 3)), rtol=0, atol=0)
    assert extractor.seen == most


@pytest.mark.parametrize("kind", ["truncated", "one bit", "empty", "noise"])
def test_a_damaged_file_is_computed_anew_and_mended(kind: str, tmp_path: Path):
    cache, extractor = FeatureCache(tmp_path), Costly()
    right = cache.features(Source(X).samples, ready(extractor), 100)
    (file,) = tmp_path.glob("*.safetensors")
    data = bytearray(file.read_bytes())
    data[-10] ^= 1
    file.write_bytes({"truncated": data[:-50], "one bit": data, "empty": b"", "noise": b"\xff" * 500}[kind])
    for _ in range(2):
        assert torch.equal(cache.features(Source(X).samples, ready(extractor), 100), right)
    assert extractor.seen == 200


def test_the_folder_stays_bounded_and_what_was_used_last_stays(tmp_path: Path):
    cache = FeatureCache(tmp_path, limit=4_000)  # two files of about 1,300 bytes, and a third
    for k in range(3):
        cache.features(Source(X + k).samples, ready(Costly()), 100)
        for age, file in enumerate(sorted(tmp_path.glob("*.safetensors"), key=lambda f: -f.stat().st_mtime_ns)):
            os.utime(file, (1e9 - age, 1e9 - age))
    cache.features(Source(X).samples, ready(Costly()), 100)  # the oldest, used again
    cache.features(Source(X + 3).samples, ready(Costly()), 100)
    assert sum(file.stat().st_size for file in tmp_path.iterdir()) <= 4_000
    first, second = Costly(), Costly()
    cache.features(Source(X).samples, ready(first), 100)
    cache.features(Source(X + 1).samples, ready(second), 100)
    assert (first.seen, second.seen) == (0, 100)


def test_what_is_larger_than_the_limit_is_not_kept_and_drives_nothing_out(tmp_path: Path):
    cache = FeatureCache(tmp_path, limit=2_000)
    cache.features(Source(X[:10]).samples, ready(Costly()), 100)
    cache.features(Source(X.repeat(2, 1, 1, 1)).samples, ready(Costly()), 1_000)
    extractor = Costly()
    cache.features(Source(X[:10]).samples, ready(extractor), 100)
    assert (extractor.seen, len(list(tmp_path.iterdir()))) == (0, 1)


@pytest.mark.parametrize("count", [None, 60, 100, 140])
def test_a_stream_of_another_length_than_promised_gives_what_there_is(count: int | None, tmp_path: Path):
    samples = replace(Source(X).samples, count=count)
    for extractor in (Costly(), Costly()):
        found = FeatureCache(tmp_path).features(samples, ready(extractor), 150)
        assert torch.equal(found, X[:count].mean((2, 3)))
    assert extractor.seen == 0


def test_a_folder_that_cannot_be_written_only_means_that_nothing_is_kept(tmp_path: Path):
    (tmp_path / "file").write_text("in the way")
    extractor = Costly()
    for _ in range(2):
        found = FeatureCache(tmp_path / "file" / "features").features(Source(X).samples, ready(extractor), 100)
        assert torch.equal(found, X.mean((2, 3)))
    assert extractor.seen == 200


def test_cheap_features_are_not_kept_and_read_samples_once(tmp_path: Path):
    source = Source(X)
    assert torch.equal(FeatureCache(tmp_path).features(source.samples, ready(Points()), 40), X[:40].flatten(1))
    assert source.reads == 1
    assert list(tmp_path.iterdir()) == []


def test_only_as_many_samples_are_read_as_are_asked_for(tmp_path: Path):
    def endless() -> Iterator[Tensor]:
        while True:
            yield X

    samples = Samples("endless", (3, 4, 4), None, endless)
    assert FeatureCache(tmp_path).features(samples, ready(Costly()), 250).shape == (250, 3)


def test_progress_counts_samples_up_to_all(tmp_path: Path):
    told: list[tuple[int, int]] = []
    FeatureCache(tmp_path, progress=lambda done, total: told.append((done, total))).features(
        Source(X).samples, ready(Costly()), 1_000
    )
    assert told[-1] == (100, 100)
    assert len(told) > 5
    assert told == sorted(told)


def test_no_samples_are_said_so(tmp_path: Path):
    with pytest.raises(BadData, match="holds no samples"):
        FeatureCache(tmp_path).features(Samples("x", (2,), 0, lambda: iter(())), ready(Costly()), 10)


def test_the_folder_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("GANCHECK_CACHE", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert FeatureCache().folder == tmp_path / "xdg" / "gancheck" / "features"
    monkeypatch.setenv("GANCHECK_CACHE", str(tmp_path / "own"))
    assert FeatureCache().folder == tmp_path / "own"
