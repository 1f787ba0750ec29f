"""`gancheck completion`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gancheck.system.files import write_text

Shell = Literal["bash", "zsh", "fish"]
#: Below the home folder, where shells look for a script by themselves; zsh looks where $fpath says.
PLACES: dict[Shell, str] = {
    "bash": ".local/share/bash-completion/completions/gancheck",
    "zsh": ".zsh/completions/_gancheck",
    "fish": ".config/fish/completions/gancheck.fish",
}
NEXT: dict[Shell, str] = {
    "bash": "it works in new shells where the package bash-completion is installed; else source it in ~/.bashrc",
    "zsh": "put its folder on fpath in ~/.zshrc, before compinit: fpath=(~/.zsh/completions $fpath)",
    "fish": "it works in new shells",
}


def completion_command(
    shell: Shell,
    /,
    *,
    install: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """The script by which a shell completes commands and options; it calls no Python.

    Parameters
    ----------
    shell
        bash, zsh or fish.
    install
        Write it where the shell looks, and say where, instead of printing it; no start-up file is changed.
    """
    from gancheck.cli.main import app  # which names this command

    script = app().generate_completion(prog_name="gancheck", shell=shell)
    if not install:
        print(script)
        return 0
    place = Path.home() / PLACES[shell]
    write_text(place, script)
    print(f"{place}: {NEXT[shell]}")
    return 0
