"""One door: whatever people bring, given as Samples."""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import Any

from gancheck.errors import BadData
from gancheck.loading import array_files, tables
from gancheck.loading.archives import read_archive, read_shards, shards_in
from gancheck.loading.content import FORMATS, content_of, require_path
from gancheck.loading.failures import one_line_errors
from gancheck.loading.folder import folder
from gancheck.loading.in_memory import in_memory
from gancheck.loading.incomplete import drop_incomplete
from gancheck.loading.interpret import interpret
from gancheck.loading.labels import open_labels, open_labels_of
from gancheck.loading.matching import name_coordinates, refuse_modes
from gancheck.loading.options import NO_OPTIONS, ReadOptions
from gancheck.loading.raw import Raw
from gancheck.loading.samples import Samples
from gancheck.loading.torchscript import archive, ask_for_consent, refuse_code

__all__ = ["open_labels", "open_labels_of", "open_samples"]

SCORED = "samples"  #: what is scored, which may be a generator; what it is compared with are numbers
READERS: dict[str, Callable[[Path, ReadOptions, Samples | None], Raw]] = {
    "npy": array_files.npy,
    "npz": array_files.npz,
    "torch": array_files.torch_file,
    "safetensors": array_files.safetensors_file,
    "hdf5": array_files.hdf5,
    "table": tables.csv,
    "parquet": tables.parquet,
}


def open_samples(
    source: Any,
    *,
    what: str = SCORED,
    latent: int | None = None,
    options: ReadOptions = NO_OPTIONS,
    like: Samples | None = None,
) -> Samples:
    """Samples from a path, an array, a tensor, batches, a function of a count, or a generator network.

    `what` is what error messages call it; `latent` the size of a generator's latents, where it does not show. `options`
    say how to read where the source does not; `like` is the reference that these samples are compared with: columns
    are matched by its names, and its value range is theirs where it can hold them.
    All of a finite source is looked at here, so that BadData, in one line, comes now rather than later.
    """
    with one_line_errors(what, "give it as a .npy file"):
        try:
            raw = (
                on_disk(require_path(source), latent, options, like, chosen_reader(what, options))
                if isinstance(source, str | PathLike)
                else in_memory(source, latent, options, like)
            )
            if like is None:
                refuse_modes(raw, options)
                return interpret(drop_incomplete(raw), options)
            return name_coordinates(interpret(drop_incomplete(raw), options, like), like)
        except BadData as error:
            raise BadData(f"{what}: {error}") from error


def chosen_reader(what: str, options: ReadOptions) -> Callable[[Path, int | None], Raw]:
    """What is done with TorchScript: it is run as the samples that are scored, where the user has said so."""
    if what != SCORED:
        return refuse_code
    return archive if options.torchscript else ask_for_consent


def on_disk(
    path: Path,
    latent: int | None,
    options: ReadOptions = NO_OPTIONS,
    like: Samples | None = None,
    script: Callable[[Path, int | None], Raw] = refuse_code,
) -> Raw:
    """Samples of a file or folder; `script` takes what is TorchScript, which is code."""
    if path.is_dir():
        shards = shards_in(path)
        return read_shards(path, shards, options) if shards else folder(path, options)
    content = content_of(path)
    if content == "archive":
        return read_archive(path, options, lambda inside: on_disk(inside, latent, options, like, script))
    if content in READERS:
        return READERS[content](path, options, like)
    if content == "torchscript":
        return script(path, latent)
    raise BadData(f"{path.name} {REFUSED[content]}")


REFUSED = {
    "picture": "is a single image; give the folder that holds the images",
    "pickle": "would have to be unpickled, which can run any code; save the samples with numpy.save",
    "unknown": f"is not of a kind that gancheck reads, or does not hold what its name says; give {FORMATS}",
}
