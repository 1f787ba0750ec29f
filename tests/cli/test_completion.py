"""Shell completion: a script that knows every command and calls no Python."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from gancheck.cli.completion import PLACES
from gancheck.cli.main import COMMANDS, main


@pytest.mark.parametrize("shell", PLACES)
def test_the_script_names_every_command_and_calls_no_python(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert all(command in script for command in COMMANDS)
    assert "fail-on-collapse" in script
    assert not [call for call in ("$(gancheck", "`gancheck", "$(python", "python -") if call in script.lower()]


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_completes_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = tmp_path / "gancheck.bash"
    script.write_text(capsys.readouterr().out)
    ask = f'source "{script}"; COMP_WORDS=(gancheck run quick --qui); COMP_CWORD=3; _gancheck; echo "${{COMPREPLY[*]}}"'
    made = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert made.stdout.split() == ["--quiet"]


def test_install_says_where_the_script_is_and_changes_no_start_up_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    assert main(["completion", "fish", "--install"]) == 0
    place = tmp_path / PLACES["fish"]
    assert capsys.readouterr().out.startswith(f"{place}: ")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [place]
