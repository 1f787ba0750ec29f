"""All that watches a recorded run: gancheck's presets, a user's detectors one by one, and peers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.detectors.causes import causes_of
from benchmarks.detectors.peers import debuggers, streams
from benchmarks.detectors.peers.base import Peer
from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.selection import track
from gancheck.plugins.registry import Registry

PRESETS = ("standard", "cheap")
OURS = f"gancheck, {PRESETS[0]}"


@dataclass(frozen=True)
class Watcher:
    """Something that raises alarms."""

    name: str
    build: Callable[[], AlarmTracker]
    names: Mapping[str, tuple[str, ...]]  #: detector -> the causes that it names


def watchers(with_: tuple[Path, ...] = ()) -> dict[str, Watcher]:
    """By name, in the order of the table."""
    registry = Registry.load(with_)
    added = [entry.info.name for entry in registry.added if entry.info.kind == "detector"]
    ours = [of_gancheck(f"gancheck, {preset}", preset, Registry.load()) for preset in PRESETS]
    theirs = [of_gancheck(name, name, registry) for name in added]
    peers = [of_peer(peer) for peer in (*debuggers.PEERS, *streams.PEERS)]
    return {watcher.name: watcher for watcher in (*ours, *theirs, *peers)}


def of_gancheck(name: str, asked: str, registry: Registry) -> Watcher:
    """A preset, or one detector."""
    names = {detector: causes_of(detector) for detector in track(asked, registry).detectors}
    return Watcher(name, lambda: track(asked, registry), names)


def of_peer(peer: Peer) -> Watcher:
    """All rules of a tool; any of them raises its alarm."""
    names = {rule: causes for rule, (_, causes) in peer.rules.items()}
    return Watcher(peer.name, lambda: AlarmTracker({n: make() for n, (make, _) in peer.rules.items()}), names)
