"""Every reader of files from outside. One more is one more line of a table."""

from benchmarks.fuzz.readers.base import Reader
from benchmarks.fuzz.readers.networks import NETWORKS
from benchmarks.fuzz.readers.results import RESULTS
from benchmarks.fuzz.readers.samples import SAMPLES
from benchmarks.fuzz.readers.trainings import TRAININGS

READERS: dict[str, Reader] = {reader.name: reader for reader in (*SAMPLES, *NETWORKS, *RESULTS, *TRAININGS)}

__all__ = ["READERS", "Reader"]
