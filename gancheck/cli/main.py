"""The command line. Nothing heavy is imported here: `gancheck --help` answers before torch could be loaded."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

from cyclopts import App, CycloptsError

from gancheck.cli.console import Output
from gancheck.cli.letters import show_nearest_letters
from gancheck.errors import GancheckError, did_you_mean, spell_controls
from gancheck.plugins.kinds import KINDS
from gancheck.version import version

HELP = """Tell the truth about mode collapse: score samples, rank cures at one budget with intervals, check plug-ins.

  gancheck score samples.npy --dataset ring8
                                          did these samples collapse, and how?
  gancheck score made/ --reference real/ --out answer
                                          images from folders, with pictures of what is missing
  gancheck inspect data/                  what is wrong with data, before any training
  gancheck diagnose run.jsonl             what went wrong in a training that is over?
  gancheck run quick                      rank the quick suite (what `make bench` does)
  gancheck run quick --plan               what it would do, and how long it takes
  gancheck run quick --only strategy=none,r1 --only dataset=ring
  gancheck new gan mine                   a plug-in of your own to start from, with its test
  gancheck check mine.py                  does my plug-in keep its contract?
  gancheck run quick --with mine.py --only gan=mine
  gancheck rank runs/quick --format markdown
  gancheck report runs/quick              the same as a page to look at, for any browser
"""

SCORE = """Did these samples, or this generator, collapse, and how?

SAMPLES, --reference and --train are points or images: .npy, .npz, .pt (tensors), .csv,
.parquet, a folder of png, jpg or webp images. SAMPLES may be a generator saved with torch.jit too (--torchscript).
Nothing is unpickled.

  gancheck score samples.npy --dataset ring8
  gancheck score generated/ --reference real/ --weights inception.pth --out answer
  gancheck score samples.npy --reference held_out.npy --train train.npy --json

The verdict is one of collapsed, dropped-modes, memorised, low-fidelity, mislabelled, imbalanced and
shrunken-modes, the first that is found in this order; else healthy, or undecided where
there are too few samples to tell. Exit status: 0, or 1 with --fail-on-collapse where modes
are lost, uneven or shrunken; 2 bad input.
"""

DIAGNOSE = """What went wrong in a training that is over? Traces, event files, Trainer states, tables, pasted logs.

FILE is a trace of gc.watch (JSON lines), TensorBoard's event file or a folder of them (needs the
package tensorboard), Hugging Face's trainer_state.json or its folder, a CSV with columns such as
step, loss and val_loss, or a log with lines such as "step 120 loss 0.53". What can be read is
read, and what is left out is said.

  gancheck diagnose run.jsonl --plots pictures
  gancheck diagnose trainer_state.json --detectors "cheap, plateau"
  gancheck diagnose log.txt --initial-loss 2.303 --json

Exit status: 0 without alarms (or notices alone), 1 with a warning or fatal alarm, 2 bad input.
"""

REPORT = """Write the report of a results folder again: one HTML file, which needs no network.

RUNS is what `gancheck run` has made; the page is report.html in it, unless --out says otherwise. It
has the board as picture and table, cost against result, and for every task the samples of each
strategy and seed, the modes that are lost, modes over training and alarms, with a slider through
training; then failures with reasons, the environment, and the command that makes the runs again.

  gancheck report runs/quick
  gancheck report runs/quick --out page.html --with mine.py

Exit status: 0, or 2 where the folder holds no runs.
"""

TUNE = """Was it only the defaults? Choose every recipe's parameters by the same number of trials.

Looked for are the parameters for which strategies declare a search space, and the learning rates
of both players, which every recipe has. Trials are runs on seeds that no board takes, and go by
the modes held, as a board does. Needs Optuna: pip install 'gancheck[tune]'.

  gancheck tune quick --trials 20
  gancheck tune quick --trials 20 --only strategy=none,r1 --sampler random
  gancheck run runs/quick+tuning/tuned.toml
                                          then ranks what was found, on the suite's own seeds

Exit status: 0 tuned, 2 bad usage or input.
"""

#: The first paragraph is what `gancheck --help` shows.
COMMANDS = {
    "score": SCORE,
    "diagnose": DIAGNOSE,
    "run": "Train, measure and rank a suite; what is done already is not done again.",
    "rank": "Make the leaderboard again from a results folder.",
    "report": REPORT,
    "tune": TUNE,
    "inspect": "Look at training data before any training: imbalance, copies, outliers, ranges, broken files.",
    "list": f"Show what can be named: {', '.join(kind.plural for kind in KINDS.values())}, suites.",
    "weights": "Which networks are at hand, where a file of weights goes, and its checksum.",
    "new": "Write a small plug-in that works, to make your own of, and its test.",
    "check": "Hold a plug-in file against its contract, in seconds.",
    "doctor": "What is on this machine: versions, devices, caches, weights, data; what is missing, and how to get it.",
    "completion": "Print the script by which bash, zsh or fish completes commands and options.",
}


def app() -> App:
    """The application; commands are given by name, so that they are imported when called."""
    ours: dict[str, Any] = {"result_action": "return_value", "suppress_keyboard_interrupt": False, "console": Output()}
    made = App(name="gancheck", help=HELP, version=version, help_format="plaintext", default_command=None, **ours)
    for name, text in COMMANDS.items():
        made.command(f"gancheck.cli.{name}:{name}_command", name=name, help=text)
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Exit status: 0 well, 1 failed runs or alarms, 2 bad call or input, 3 not tried, 130 stopped."""
    show_nearest_letters()
    given = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in given or "GANCHECK_DEBUG" in os.environ
    try:
        if given and not given[0].startswith("-") and given[0] not in COMMANDS:
            raise GancheckError(usage(given, ""))  # here: Cyclopts would import every command to find what is near
        status = int(app()([a for a in given if a != "--debug"], exit_on_error=False, print_error=False) or 0)
        sys.stdout.flush()
        return status
    except GancheckError as error:
        return complain(str(error), debug)
    except CycloptsError as error:
        return complain(usage(given, str(error)), debug)
    except KeyboardInterrupt:
        resumes = " The same command goes on where it stopped." if "run" in given or "tune" in given else ""
        print(f"gancheck: interrupted; nothing is half-written.{resumes}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        return complain(str(error), debug)
    except Exception as error:
        return complain(f"{type(error).__name__}: {error} (this is a bug of gancheck; --debug shows where)", debug)


def script() -> None:
    """The entry point of the installed command."""
    sys.exit(main())


def complain(message: str, debug: bool) -> int:
    """One line on standard error."""
    if debug:
        traceback.print_exc()
    print(f"gancheck: {spell_controls(' '.join(message.split()))}", file=sys.stderr)
    return 2


def usage(given: list[str], message: str) -> str:
    """What is wrong with the call, and where to read on."""
    command = next((word for word in given if not word.startswith("-")), "")
    if command and command not in COMMANDS:
        return f"unknown command '{command}'.{did_you_mean(command, COMMANDS)} (gancheck --help)"
    return f"{message} (gancheck {command + ' ' if command else ''}--help)"
