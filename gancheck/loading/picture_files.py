"""The pictures below a folder, through links too; whatever is left out is counted and said."""

from __future__ import annotations

import os
import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import Tensor

from gancheck.loading.image_file import SUFFIXES
from gancheck.loading.raw import join_names
from gancheck.system.counts import choose_verb, say_count

SHOWN = 3  #: names in a note


@dataclass
class Listing:
    """What lies below a folder."""

    root: Path
    files: list[Path] = field(default_factory=list)  #: pictures, in the order that people count in
    others: Counter[str] = field(default_factory=Counter)  #: files of other kinds, by suffix
    hidden: int = 0  #: names that start with a dot
    broken: list[Path] = field(default_factory=list)  #: links that lead nowhere
    known: list[Path] = field(default_factory=list)  #: linked folders that are read already, or that hold the root
    linked: bool = False  #: whether a picture, or a folder on the way to it, is a link

    def notes(self) -> tuple[str, ...]:
        """What is left out, and what is there more than once."""
        name, said = self.root.name or str(self.root), []
        if number := self.others.total():
            said.append(f"{say_count(number, 'other file')} in {name} left out ({join_names([*self.others], SHOWN)})")
        if self.hidden:
            said.append(f"hidden files or folders in {name} left out: {self.hidden:,}")
        if self.broken:
            lead = choose_verb(len(self.broken), "leads", "lead")
            said.append(
                f"{say_count(len(self.broken), 'link')} that {lead} nowhere left out: {self.list_names(self.broken)}"
            )
        if self.known:
            folders = f"{say_count(len(self.known), 'linked folder')} {choose_verb(len(self.known), 'is', 'are')}"
            said.append(f"{folders} read already: {self.list_names(self.known)} left out")
        if again := self.count_repeats():
            said.append(f"links to images that are read too, each of which counts: {again:,}")
        return tuple(said)

    def list_names(self, paths: list[Path]) -> str:
        """Names below the root, the first few."""
        return join_names([str(path.relative_to(self.root)) for path in paths], SHOWN)

    def count_repeats(self) -> int:
        """Pictures that are the same file as another one."""
        return len(self.files) - len({os.path.realpath(file) for file in self.files}) if self.linked else 0


def list_images(path: Path) -> Listing:
    """Everything below a folder. OSError where a folder may not be listed."""
    listing, root = Listing(path), os.path.realpath(path)
    seen, waiting = {root}, [path]
    while waiting:
        here = waiting.pop(0)
        with os.scandir(here) as found:
            entries = sorted(found, key=lambda entry: (entry.is_symlink(), entry.name))
        for entry in entries:
            place = here / entry.name
            if entry.name.startswith("."):
                listing.hidden += 1
            elif leads_to_folder(entry):
                real = os.path.realpath(entry)
                (listing.known if real in seen or within(root, real) else waiting).append(place)
                seen.add(real)
                listing.linked = listing.linked or entry.is_symlink()
            else:
                add_file(listing, entry, place)
    listing.files.sort(key=lambda file: natural(file.relative_to(path)))
    return listing


def leads_to_folder(entry: os.DirEntry[str]) -> bool:
    """Whether this is a folder, or a link to one; a link to itself is none."""
    return Path(entry).is_dir() if entry.is_symlink() else entry.is_dir()


def within(path: str, folder: str) -> bool:
    """Whether a real path lies inside a real folder: a link to it would lead round in a loop."""
    return os.path.commonpath([path, folder]) == folder


def add_file(listing: Listing, entry: os.DirEntry[str], place: Path) -> None:
    """A picture, another file, or a link that leads nowhere."""
    linked, suffix = entry.is_symlink(), place.suffix.lower()
    if linked and not place.exists():
        listing.broken.append(place)
    elif suffix in SUFFIXES and (place.is_file() if linked else entry.is_file()):
        listing.files.append(place)
        listing.linked = listing.linked or linked
    else:
        listing.others[suffix or "no suffix"] += 1


def natural(path: Path) -> list[list[tuple[int, int, str]]]:
    """A key that puts 2.png before 10.png."""
    pieces = [re.findall(r"[0-9]+|[^0-9]+", part) for part in path.parts]
    return [[(0, int(p), p) if p[0] in "0123456789" else (1, 0, p) for p in part] for part in pieces]


@dataclass(frozen=True, eq=False)
class FolderLabels:
    """The class of each picture by its folder, where folders are classes."""

    labels: Tensor | None = None  #: (n,) int64
    classes: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def common_depth(folders: list[tuple[str, ...]]) -> int:
    """How many folders all pictures lie in together."""
    levels = enumerate(zip(*folders, strict=False))
    return next((depth for depth, names in levels if len(set(names)) > 1), min(map(len, folders)))


def read_folder_labels(root: Path, files: list[Path]) -> FolderLabels:
    """Labels where every picture lies in a folder of its class, all side by side; folders around them do not matter."""
    folders = [file.relative_to(root).parts[:-1] for file in files]
    shared = common_depth(folders)
    below = [parts[shared:] for parts in folders]
    if not any(below):
        return FolderLabels()
    if any(len(parts) != 1 for parts in below):
        depths = ", ".join(f"{n:,} at depth {depth}" for depth, n in sorted(Counter(map(len, folders)).items()))
        note = f"folders give no labels: one folder a class, side by side, with all images directly in them ({depths})"
        return FolderLabels(notes=(note,))
    classes = tuple(dict.fromkeys(parts[0] for parts in below))
    labels = torch.tensor([classes.index(parts[0]) for parts in below])
    return FolderLabels(labels, classes, (f"labels from {len(classes)} sub-folders: {join_names(classes)}",))
