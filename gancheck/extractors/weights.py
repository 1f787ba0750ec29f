"""Weights of other people's networks: where they lie, how they get there, and that a file is what it should be."""

from __future__ import annotations

import hashlib
import io
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from gancheck.errors import BadData, MissingWeights
from gancheck.loading.content import content_of
from gancheck.loading.failures import one_line_errors, reason
from gancheck.loading.old_torch import refuse_claims

PATIENCE = 10.0  #: seconds without an answer after which a download is given up


@dataclass(frozen=True)
class Source:
    """A published file of weights."""

    url: str
    file: str  #: its name in the folder of downloads
    sha256: str | None = None  #: what the file's SHA-256 starts with, where it was published
    paper: str = ""  #: of the network
    licence: str = ""  #: under which the weights are given, as their publisher says
    from_file: bool = True  #: whether `--weights PATH` takes the place of the download

    @property
    def path(self) -> Path:
        """Where torch and torch-fidelity look for it."""
        return checkpoints() / self.file

    def find(self, name: str, patience: float = PATIENCE) -> Path:
        """The file, downloaded once where it is missing; MissingWeights where that does not work."""
        if not self.path.is_file():
            with downloading(name, f"fetch {self.url}, then put it at {self.path} or give --weights PATH", patience):
                self.path.parent.mkdir(parents=True, exist_ok=True)
                torch.hub.download_url_to_file(self.url, str(self.path), self.sha256, progress=sys.stderr.isatty())
        return self.path


def checkpoints() -> Path:
    """torch's folder of downloaded weights (TORCH_HOME moves it)."""
    return Path(torch.hub.get_dir()) / "checkpoints"


@contextmanager
def downloading(name: str, advice: str, patience: float = PATIENCE) -> Iterator[None]:
    """One attempt that cannot hang; whatever fails comes out as MissingWeights."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(patience)
    try:
        yield
    except Exception as error:
        raise MissingWeights(
            f"the weights of {name} are not here and cannot be downloaded ({reason(error)}); {advice}"
        ) from error
    finally:
        socket.setdefaulttimeout(before)


def find_weights(weights: Path | None, source: Source, name: str) -> Path:
    """The user's file, or the published one."""
    if weights is None:
        return source.find(name)
    if not weights.is_file():
        raise BadData(f"{weights} is no file; give the weights of {name} ({source.url})")
    return weights


def load_tensors(path: Path, name: str) -> Mapping[str, Tensor]:
    """The named tensors in a file, read so that nothing in it can run; BadData for anything else."""
    advice = f"give the weights of {name} as a file of named tensors"
    refuse_code(path, advice)
    with one_line_errors(str(path), advice):
        state = torch.load(path, map_location="cpu", weights_only=True)
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise BadData(f"{path} holds no named tensors; give the weights of {name}")
    return state


def refuse_code(path: Path, advice: str) -> None:
    """BadData for TorchScript, and for a file that is broken or would flood the memory."""
    try:
        content = content_of(path)
        refuse_claims(path)
    except BadData as error:
        raise BadData(f"{path}: {error}; {advice}") from error
    if content == "torchscript":
        raise BadData(f"{path} is TorchScript, which is code; {advice}")


def rewrite_tensors(state: Mapping[str, Tensor]) -> io.BytesIO:
    """Checked tensors as a file, for libraries that unpickle whatever they are given."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return file


def sha256(path: Path) -> str:
    """Of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_published(path: Path, source: Source, name: str) -> str:
    """The SHA-256 of a file that must be the published one; BadData where it is another."""
    found = sha256(path)
    if source.sha256 is None or not found.startswith(source.sha256):
        raise BadData(f"{path} is not the published file of {name} (SHA-256 {found[:12]}...): fetch {source.url}")
    return found
