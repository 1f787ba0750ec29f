"""What travels between machines that share no disk: a job, its plug-ins' sources and its files of a results folder.

Objects do not travel. A worker builds everything from names, parameters and sources, and the ids that come of it must
be the driver's: they hash the sources, so nothing that differs goes unseen.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gancheck.bench.cell import Job, worker_context
from gancheck.bench.store import Store
from gancheck.errors import StoreError
from gancheck.plugins.loader import files_in, own_code_of
from gancheck.system.digest import digest
from gancheck.system.files import refuse_link, replacing
from gancheck.system.process_folder import process_folder

Contents = Mapping[str, bytes]  #: what files hold, by their paths under some folder


@dataclass(frozen=True)
class PluginSources:
    """Plug-in files with everything of the user's that belongs to them, by content."""

    plugins: tuple[str, ...]  #: under the common folder
    folder: str  #: in which the command was called, under the common folder; empty: elsewhere
    contents: Contents

    @classmethod
    def pack(cls, plugins: Iterable[str]) -> PluginSources:
        """Read the plug-ins' files, the modules that they import, and the files that they name."""
        files = [file.resolve() for place in plugins for file in files_in(Path(place))]
        everything = sorted({path.resolve() for file in files for path in own_code_of(file).all_files} | set(files))
        here = Path.cwd().resolve()
        root = Path(os.path.commonpath([path.parent for path in everything])) if everything else here
        contents = {str(path.relative_to(root)): path.read_bytes() for path in everything}
        folder = str(here.relative_to(root)) if here.is_relative_to(root) else ""
        return cls(tuple(str(file.relative_to(root)) for file in files), folder, contents)

    def unpack(self) -> tuple[str, ...]:
        """The plug-ins in a folder of this process's own; relative paths start there as they did at the driver's."""
        root = process_folder() / digest(
            {name: hashlib.sha256(text).hexdigest() for name, text in self.contents.items()}
        )
        write_contents(root, {name: text for name, text in self.contents.items() if not (root / name).exists()})
        if self.folder:
            (root / self.folder).mkdir(parents=True, exist_ok=True)
            os.chdir(root / self.folder)
        return tuple(str(root / name) for name in self.plugins)


def write_contents(folder: Path, contents: Contents) -> None:
    """Write files into a folder, each beside its place and renamed."""
    for name, text in contents.items():
        with replacing(folder / name) as part:
            part.write_bytes(text)


def files_of_job(job: Job) -> list[str]:
    """The files of a results folder that a job may read or write; weights come before the runs that need them."""
    store, first = Store(job.folder), job.specs[0].training_id
    weights = [store.weights(spec.training_id) for spec in job.specs]
    runs = [*map(store.players, job.specs), *(store.path(spec.run_id) for spec in job.specs)]
    return [str(path.relative_to(job.folder)) for path in (*weights, store.checkpoint(first), *runs)]


def read_contents(job: Job) -> dict[str, bytes]:
    """The job's files, of those that are there; StoreError for one that cannot be read, and for a link, which leads to
    what is not the job's."""
    found: dict[str, bytes] = {}
    for name in files_of_job(job):
        refuse_link(job.folder / name)
        try:
            found[name] = (job.folder / name).read_bytes()
        except FileNotFoundError:
            continue
        except OSError as error:
            raise StoreError(f"cannot read {job.folder / name}: {error.strerror or error}") from error
    return found


def changes(before: Contents, after: Contents) -> dict[str, bytes | None]:
    """Files that are new or hold something else; None for those that are gone."""
    gone = {name: None for name in before if name not in after}
    return {**gone, **{name: text for name, text in after.items() if before.get(name) != text}}


def commit_changes(job: Job, changed: Mapping[str, bytes | None]) -> None:
    """Bring what a worker made into the results folder, under the cell's lock; StoreError where that cannot be."""
    with Store(job.folder).lock(job.specs[0].training_id):
        for name in (name for name in files_of_job(job) if name in changed):
            if (text := changed[name]) is None:
                (job.folder / name).unlink(missing_ok=True)
            else:
                write_contents(job.folder, {name: text})


def settle(job: Job, sources: PluginSources, folder: Path) -> Job:
    """The job as this machine can do it; StoreError where the same names make other runs here."""
    own = replace(job, folder=folder, plugins=sources.unpack())
    registry = worker_context(own.plugins).registry
    ids = {spec.run_id for spec in job.cell.specs(job.cell.build(registry), registry)}
    if not ids >= {spec.run_id for spec in job.specs}:
        raise StoreError(
            "this node makes other runs of the same suite: install one version of gancheck, torch and the packages of "
            "your plug-ins on all nodes, with a C++ compiler on all or none, and the same data files"
        )
    return own
