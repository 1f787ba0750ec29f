"""Features kept between commands, by the content of the samples and not by their name."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import torch
from safetensors import SafetensorError
from torch import Tensor

from gancheck.errors import BadData, StoreError
from gancheck.extractors.loaded import LoadedExtractor
from gancheck.loading.samples import Samples
from gancheck.system.cache_folder import features_folder
from gancheck.system.files import sweep
from gancheck.system.kept_tensor import read_kept, write_kept

VERSION = 1  #: raise it when an extractor of gancheck's own side, such as its input rule, changes
FEATURES = "features"  #: what a file calls them
LIMIT = 4 * 2**30  #: bytes kept in all

Progress = Callable[[int, int], None]  #: samples done, samples in all


class FeatureCache:
    """A folder of features. Without a right to write there, everything works and nothing is kept.

    The folder is GANCHECK_CACHE unless given, else gancheck/features in XDG_CACHE_HOME (~/.cache). Above `limit` bytes
    what was not used for longest goes first.
    """

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT, progress: Progress | None = None) -> None:
        self.folder, self.limit, self.progress = folder or features_folder(), limit, progress

    def features(self, samples: Samples, extractor: LoadedExtractor, most: int) -> Tensor:
        """(n, d) on the CPU, of the first samples, at most so many.

        Samples are read once to know them, and once more where their features are not here; only batches are held.
        """
        most = most if samples.count is None else min(most, samples.count)
        if not extractor.costly:
            return self.compute(first_batches(samples, most), samples.name, extractor, most)
        seen = Fingerprint(extractor)
        for batch in first_batches(samples, most):
            seen.add(batch)
        kept = self.read(seen.name)
        return self.keep(samples, extractor, most) if kept is None else kept

    def keep(self, samples: Samples, extractor: LoadedExtractor, most: int) -> Tensor:
        """Compute and write, under the name of what was read this time."""
        seen = Fingerprint(extractor)
        features = self.compute(seen.watch(first_batches(samples, most)), samples.name, extractor, most)
        if features.nbytes > self.limit:
            return features
        with suppress(StoreError, SafetensorError, OSError):
            write_kept(self.folder / seen.name, FEATURES, features)
        with suppress(OSError):
            self.prune()
        return features

    def compute(self, batches: Iterator[Tensor], name: str, extractor: LoadedExtractor, most: int) -> Tensor:
        """Features of all batches, at most so many samples, in one tensor; BadData where there are none."""
        whole, filled = None, 0
        for batch in batches:
            for piece in torch.split(batch, extractor.batch):
                part = extractor.features(piece)
                if whole is None:
                    whole = torch.empty(most, part.shape[1], dtype=part.dtype)
                whole[filled : filled + len(part)] = part
                filled += len(part)
                if self.progress is not None:
                    self.progress(filled, most)
        if whole is None:
            raise BadData(f"{name} holds no samples")
        return whole[:filled]

    def read(self, name: str) -> Tensor | None:
        """What was kept, if it is whole."""
        path = self.folder / name
        features = read_kept(path, FEATURES)
        if features is not None:
            with suppress(OSError):
                os.utime(path)
        return features

    def prune(self) -> None:
        """Remove what killed processes left, and the oldest files above the limit."""
        sweep(self.folder)
        files = sorted(self.folder.glob("*.safetensors"), key=lambda file: file.stat().st_mtime)
        surplus = sum(file.stat().st_size for file in files) - self.limit
        for file in files:
            if surplus <= 0:
                return
            surplus -= file.stat().st_size
            file.unlink()


class Fingerprint:
    """What features depend on, as a file's name: the extractor with its facts, and every number of every sample."""

    def __init__(self, extractor: LoadedExtractor) -> None:
        facts = json.dumps([VERSION, *extractor.identity], sort_keys=True)
        self.numbers, self.about = hashlib.sha256(), facts

    @property
    def name(self) -> str:
        """Of the file."""
        return hashlib.sha256(f"{self.about}/{self.numbers.hexdigest()}".encode()).hexdigest() + ".safetensors"

    def add(self, batch: Tensor) -> None:
        """One batch more; how samples are cut into batches does not matter."""
        kind = f"/{tuple(batch.shape[1:])}/{batch.dtype}"
        self.about += "" if kind in self.about else kind
        self.numbers.update(batch.cpu().flatten().numpy().data)

    def watch(self, batches: Iterator[Tensor]) -> Iterator[Tensor]:
        """The same batches, looked at on the way."""
        for batch in batches:
            self.add(batch)
            yield batch


def first_batches(samples: Samples, most: int) -> Iterator[Tensor]:
    """Batches of the first samples, at most so many in all."""
    for batch in samples.stream() if most > 0 else ():
        yield batch[:most]
        most -= len(batch)
        if most <= 0:
            return
