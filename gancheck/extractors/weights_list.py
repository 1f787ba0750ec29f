"""Which networks' weights are on this machine: for each extractor its file, its place and its SHA-256."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any, Literal

from gancheck.errors import BadParameter, UnknownName
from gancheck.extractors.base import Extractor
from gancheck.extractors.weights import Source, sha256
from gancheck.plugins.registry import Registry
from gancheck.system.torchvision_compat import torchvision_operators

Check = Literal["as published", "another file", "published without a checksum"]


@dataclass(frozen=True)
class ExtractorWeights:
    """One extractor's published file of weights, and whether it is here."""

    name: str  #: of the extractor
    path: str  #: where the file is looked for
    present: bool
    size: int | None  #: bytes of the file that is here
    url: str  #: where it is published, or the call that gets it
    published_sha256: str | None  #: what its SHA-256 starts with; None: not recorded
    sha256: str | None  #: of the file that is here; None where it was not read
    paper: str
    licence: str
    from_file: bool  #: whether `--weights PATH` is taken in place of this file

    @property
    def check(self) -> Check | None:
        """What reading the file said; None where it was not read."""
        if self.sha256 is None:
            return None
        if self.published_sha256 is None:
            return "published without a checksum"
        return "as published" if self.sha256.startswith(self.published_sha256) else "another file"

    @property
    def facts(self) -> dict[str, Any]:
        """Everything, JSON values only."""
        return {**asdict(self), "check": self.check}


def list_weights(registry: Registry) -> Iterator[ExtractorWeights]:
    """Every extractor with weights of its own, by name; the files are not read.

    One that must be given parameters is left out: which file it needs may depend on them.
    """
    for name in registry.names("extractor"):
        with suppress(BadParameter):
            if (source := source_of(registry, name)) is not None:
                yield describe_file(name, source, lambda _: None)


def weights_of(registry: Registry, name: str) -> ExtractorWeights:
    """One extractor's weights; the file is not read. UnknownName where it needs none."""
    return describe_file(name, require_source(registry, name), lambda _: None)


def verify_weights(registry: Registry, name: str) -> ExtractorWeights:
    """The same with the SHA-256 of the file that is here."""
    return describe_file(name, require_source(registry, name), lambda source: sha256(source.path))


def require_source(registry: Registry, name: str) -> Source:
    """Where an extractor's weights are published; UnknownName where it needs none."""
    source = source_of(registry, name)
    if source is None:
        raise UnknownName(f"extractor '{name}' needs no weights (gancheck weights lists those that do)")
    return source


def source_of(registry: Registry, name: str) -> Source | None:
    """The same, or None."""
    made: Extractor = registry.build("extractor", name)
    torchvision_operators()
    return made.published_weights()


def describe_file(name: str, source: Source, read: Callable[[Source], str | None]) -> ExtractorWeights:
    """What is known of a published file, here or not; `read` gives the digest of one that is here."""
    present = source.path.is_file()
    return ExtractorWeights(
        name=name,
        path=str(source.path),
        present=present,
        size=source.path.stat().st_size if present else None,
        url=source.url,
        published_sha256=source.sha256,
        sha256=read(source) if present else None,
        paper=source.paper,
        licence=source.licence,
        from_file=source.from_file,
    )
