"""A recorded training: its observations, and what of the file was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from gancheck.detectors.observation import Observation
from gancheck.system.control_characters import escape_controls

LONGEST = 100  #: characters of a name that are shown


@dataclass(frozen=True)
class Recording:
    """What a file says of one training."""

    source: str  #: the file, or the folder
    form: str  #: what it is, such as "a trace of gancheck"
    observations: tuple[Observation, ...]
    notes: tuple[str, ...] = ()  #: what was left out, and what was assumed

    @property
    def signals(self) -> list[str]:
        """Names of all that was recorded, in the order in which they first come."""
        return list(dict.fromkeys(name for seen in self.observations for name in seen.names()))

    @property
    def layers(self) -> list[str]:
        """Names of all layers."""
        return list(dict.fromkeys(k for seen in self.observations for values in seen.layers.values() for k in values))


def listed(names: Iterable[str], most: int = 8) -> str:
    """Names with commas, the first ones of many."""
    found = [escape_controls(name if len(name) <= LONGEST else f"{name[:LONGEST]}...") for name in names]
    rest = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + rest


def reasons(left: Mapping[str, str]) -> Iterator[str]:
    """Names that were left out, together where the reason is the same; those without a reason go without saying."""
    groups: dict[str, list[str]] = {}
    for name, reason in left.items():
        groups.setdefault(reason, []).append(name)
    yield from (f"{listed(names)}: {reason}" for reason, names in groups.items() if reason)
