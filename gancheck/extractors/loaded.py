"""An extractor that is ready for use: by its name, on a device, with what it gives checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import FrozenInstanceError, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from gancheck.errors import BadPlugin, GancheckError
from gancheck.extractors.base import Extractor
from gancheck.plugins import parameters
from gancheck.plugins.loader import raising_line
from gancheck.plugins.registry import Registry


@dataclass(frozen=True, eq=False)
class LoadedExtractor:
    """Features of samples anywhere, on the extractor's device."""

    name: str  #: as in columns, such as `inception` or `mine(layer=3)`
    extractor: Extractor
    device: torch.device
    source: str = ""  #: hash of the plug-in's source
    file: Path = Path()  #: of the plug-in

    @property
    def batch(self) -> int:
        """Samples looked at together."""
        return self.extractor.batch

    @property
    def costly(self) -> bool:
        """Whether features are worth keeping."""
        return self.extractor.costly

    @property
    def facts(self) -> dict[str, Any]:
        """Provenance for reports."""
        with named_errors(self.name, self.file):
            return self.extractor.facts

    @property
    def identity(self) -> list[Any]:
        """All that decides the features, JSON values only."""
        return [self.name, self.source, self.facts]

    def describe_rules(self) -> tuple[str, ...]:
        """A line on what decides a number in these features: layer, library, weights, and how images are read."""
        facts = self.facts
        if not {"layer", "library", "weights_sha256", "images"} <= facts.keys():
            return ()
        digest = (facts["weights_sha256"] or "unknown")[:12]
        network = f"layer {facts['layer']} of {facts['library']}, SHA-256 of the weights {digest}"
        return (f"features {self.name}: {network}; images as {facts['images']}",)

    def features(self, x: Tensor) -> Tensor:
        """(n, d) of (n, *shape); BadPlugin where the extractor gives something else."""
        exact = torch.backends.cudnn.flags(enabled=True, deterministic=True, allow_tf32=False)
        with torch.no_grad(), exact, named_errors(self.name, self.file):
            parts = [self.fitting_features(part) for part in torch.split(x, self.batch)]
        return torch.cat(parts)

    def fitting_features(self, x: Tensor) -> Tensor:
        """The same for one batch, by smaller and smaller parts where the device has no room for it."""
        try:
            return self.batch_features(x)
        except torch.OutOfMemoryError:
            if len(x) == 1:
                raise
            torch.cuda.empty_cache()
            self.extractor.batch = (len(x) + 1) // 2
            return torch.cat([self.fitting_features(part) for part in torch.split(x, self.batch)])

    def batch_features(self, x: Tensor) -> Tensor:
        """The same for one batch."""
        answer = self.extractor.features(x.to(self.device))
        if not isinstance(answer, Tensor) or answer.dim() != 2 or len(answer) != len(x):
            form = f"shape {tuple(answer.shape)}" if isinstance(answer, Tensor) else f"type {type(answer).__name__}"
            raise BadPlugin(f"extractor '{self.name}' gave {form} for {len(x)} samples; it must give ({len(x)}, d)")
        return answer

    def classes(self, features: Tensor) -> Tensor | None:
        """(n, C) class probabilities, where the network has them."""
        with named_errors(self.name, self.file):
            return self.extractor.classes(features)


def load_extractor(
    text: str, registry: Registry, *, weights: Path | None = None, device: str | torch.device = "cpu"
) -> LoadedExtractor:
    """The extractor of a name, or `name(parameter=value)`, ready for use.

    Raises UnknownName; MissingWeights where weights are neither here nor to be had; BadData where a file is no weights
    of that network; BadParameter where weights are given to one that takes none.
    """
    name, values = parameters.parse_call(text)
    entry, place = registry.entry("extractor", name), torch.device(device)
    made: Extractor = entry.build(**values)
    with named_errors(name, entry.file, f"; {describe_weights(weights)}"):
        try:
            made.load(place, weights)
        except FrozenInstanceError as error:
            raise BadPlugin(f"extractor '{name}' is frozen, and load() sets it up: leave frozen=True out") from error
        except GancheckError as error:
            raise error if name in str(error) else type(error)(f"features '{name}': {error}") from error
    return LoadedExtractor(parameters.label(name, values), made, place, entry.source, entry.file)


@contextmanager
def named_errors(name: str, file: Path, advice: str = "") -> Iterator[None]:
    """Whatever an extractor raises comes out as a BadPlugin that names it, with the line of its file."""
    try:
        yield
    except GancheckError:
        raise
    except Exception as error:
        where = f" ({file.name}, line {line})" if (line := raising_line(error, file)) else ""
        raise BadPlugin(f"features '{name}' raise {type(error).__name__}: {error}{where}{advice}") from error


def describe_weights(weights: Path | None) -> str:
    """What `--weights` gave."""
    if weights is None:
        return "--weights gave no file"
    return f"--weights gave {weights}{'' if weights.is_file() else ', which is no file'}"
