"""A folder of checkouts, one at owner/name for each repository, and what is run of them."""

from __future__ import annotations

import math
import subprocess
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import autograd, nn
from torch.nn import functional

from benchmarks.strategies.parity.slices import definition, source_of, statement

USUAL = {"torch": torch, "nn": nn, "F": functional, "np": np, "math": math, "autograd": autograd}


@dataclass(frozen=True)
class Checkouts:
    """Other people's repositories on this machine."""

    folder: Path

    def file(self, repository: str, path: str) -> PeerFile:
        """One file of one repository."""
        return PeerFile(self.folder / repository / path)

    def commit(self, repository: str) -> str:
        """The commit that is checked out: git's, or what a file COMMIT says where there is no .git."""
        root = self.folder / repository
        if (told := root / "COMMIT").exists():
            return told.read_text(encoding="utf-8").strip()[:10]
        command = ["git", "-C", str(root), "rev-parse", "HEAD"]
        asked = subprocess.run(command, capture_output=True, text=True, check=False)
        return asked.stdout.strip()[:10] if (root / ".git").exists() and asked.returncode == 0 else "unknown"


@dataclass(frozen=True)
class PeerFile:
    """Runs parts of a file; what these parts need beside torch and numpy is handed to them."""

    path: Path
    inside: str = ""  #: the definition that statements are looked for in; all of the file without one

    def take(self, /, *names: str, **given: Any) -> SimpleNamespace:
        """Functions and classes by name, `Class.method` under the method's."""
        space = {**USUAL, **given}
        for name in names:
            exec(compile(definition(source_of(self.path), name), str(self.path), "exec"), space)  # code of a checkout
        return SimpleNamespace(**{name.split(".")[-1]: space[name.split(".")[-1]] for name in names})

    def within(self, name: str) -> PeerFile:
        """The same, statements taken from one definition."""
        return replace(self, inside=name)

    def run(self, /, *starts: str, **given: Any) -> SimpleNamespace:
        """Statements that start so, one after the other, and the names that they leave."""
        text = source_of(self.path)
        text = definition(text, self.inside) if self.inside else text
        space = {**USUAL, **given}
        for start in starts:
            exec(compile(statement(text, start), str(self.path), "exec"), space)  # code of a checkout
        return SimpleNamespace(**{name: value for name, value in space.items() if name != "__builtins__"})
