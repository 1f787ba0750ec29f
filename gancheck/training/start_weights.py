"""Starting from weights that are there already: of another run, of a checkpoint, or of a file of one's own.

A file is safetensors, and nothing in it is ever run. Four kinds are read: what `--keep players` leaves, a run's kept
generators (the last of them), a checkpoint (its first seed), and a module's plain `state_dict`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from gancheck.errors import BadData, BadParameter, refuse_unknown
from gancheck.gans.state import Params
from gancheck.system.files import replacing
from gancheck.training.record import TrainingRecord


def save_players(players: Mapping[str, Params], path: Path, facts: dict[str, str]) -> None:
    """Write the networks of one seed, each tensor as `<player>/<name>`, beside and renamed."""
    tensors = {
        f"{player}/{name}": t.detach().cpu().clone(memory_format=torch.contiguous_format)
        for player, p in players.items()
        for name, t in p.items()
    }
    with replacing(path) as part:
        part.write_bytes(safetensors.torch.save(tensors, {"players": json.dumps(list(players)), **facts}))


def read_player(path: str, player: str) -> Params:
    """One player's weights and buffers out of a file; BadData where they are not in it."""
    place = Path(path)
    try:
        changed = place.stat().st_mtime_ns
    except OSError as error:
        raise BadData(f"start: there is no file {path} to take the {player} from") from error
    return read_version(place, player, changed)


@lru_cache(maxsize=8)
def read_version(path: Path, player: str, changed: int) -> Params:
    """The same of a file as it was written at a time: every run of a suite asks for it."""
    try:
        with safetensors.safe_open(path, "pt") as file:
            about, names = file.metadata() or {}, list(file.keys())
            if "points" in about:
                return weights_of_record(path, player)
            wanted = dict(tensor_names(about, names, player))
            found = {name: file.get_tensor(stored) for name, stored in wanted.items()}
    except (OSError, safetensors.SafetensorError, ValueError) as error:
        raise BadData(f"start: {path} is no whole safetensors file ({error})") from error
    return {name: t[0] for name, t in found.items()} if "facts" in about else found


def tensor_names(about: Mapping[str, str], names: Iterable[str], player: str) -> Iterable[tuple[str, str]]:
    """The player's tensors by their names in its module, with their names in the file."""
    if "facts" in about:  # a checkpoint
        heads = [f"['{kind}']['{player}']['" for kind in ("weights", "buffers")]
        return [(name.removeprefix(h).removesuffix("']"), name) for name in names for h in heads if name.startswith(h)]
    if "players" in about:
        return [(name.removeprefix(f"{player}/"), name) for name in names if name.startswith(f"{player}/")]
    return [(name, name) for name in names]


def weights_of_record(path: Path, player: str) -> Params:
    """What a run's last evaluation was drawn from."""
    snapshots = TrainingRecord.load(path).snapshots
    return snapshots[max(snapshots)].weights.get(player, {}) if snapshots else {}


def content_of(path: str, player: str) -> str:
    """16 hex digits of a SHA-256 over a player's tensors with their names, as a run's spec says them."""
    found = hashlib.sha256()
    for name, tensor in sorted(read_player(path, player).items()):
        found.update(f"{name} {tensor.dtype} {tuple(tensor.shape)}\n".encode())
        found.update(tensor.contiguous().reshape(-1).view(torch.uint8).numpy().data)
    return found.hexdigest()[:16]


def load_start(modules: Mapping[str, nn.Module], start: Mapping[str, str]) -> None:
    """Put the weights of files in place; BadData names the first tensor that does not fit."""
    for player, path in start.items():
        refuse_unknown(player, modules, "a player to start from weights", BadParameter)
        found, own = read_player(path, player), modules[player].state_dict()
        if misfit := first_misfit(own, found):
            raise BadData(f"start: {path} holds weights of another {player}: {misfit}")
        modules[player].load_state_dict(found)


def refuse_lost_start(
    start: Mapping[str, str], plain: Mapping[str, nn.Module], players: Mapping[str, nn.Module]
) -> None:
    """Refuse weights to start from where a strategy builds a player anew, so that no matrix of them finds its place."""
    for player in start:
        own, there = players[player].state_dict(), plain[player].state_dict()
        if not any(t.dim() > 1 and name in own and own[name].shape == t.shape for name, t in there.items()):
            raise BadParameter(
                f"start: the recipe builds another {player}, in which the weights have no place; take the recipe out, "
                f"or the {player} out of start"
            )


def first_misfit(own: Mapping[str, Tensor], found: Mapping[str, Tensor]) -> str:
    """What is said of the first tensor in which two networks differ; empty where none is."""
    for name in dict.fromkeys((*own, *found)):
        here, there = (f"{tuple(side[name].shape)}" if name in side else "nothing" for side in (own, found))
        if here != there:
            return f"'{name}' is {there} in the file and {here} in the network"
    return ""
