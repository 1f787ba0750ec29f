"""Everything that can go wrong on a user's side, as named exceptions that say what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST = 4000  #: characters of a message


class GancheckError(Exception):
    """Base of all errors that are shown as one line, without a traceback; the command line exits with status 2."""

    def __str__(self) -> str:
        """One line, whatever names from strangers' files are in it."""
        text = spell_controls(" ".join(line.strip() for line in super().__str__().splitlines()).strip())
        return text if len(text) <= LONGEST else f"{text[:LONGEST]}..."


class UnknownName(GancheckError):
    """A plug-in, suite, task or parameter that does not exist."""


class BadParameter(GancheckError):
    """A parameter whose name, type or value is not accepted."""


class BadSuite(GancheckError):
    """A suite file that cannot be read or does not make sense."""


class BadPlugin(GancheckError):
    """A plug-in that does not import or breaks its contract."""


class BadData(GancheckError):
    """Samples, labels or files of the wrong shape, range or content."""


class MissingWeights(GancheckError):
    """A network's weights that are not on this machine and could not be fetched."""


class MissingData(GancheckError):
    """A data set that is not on this machine and could not be fetched."""


class StoreError(GancheckError):
    """A results folder that cannot be used as asked."""


class Unsupported(GancheckError):
    """A combination that does not exist, such as a loss hook on a GAN with its own training loop."""


class Diverged(GancheckError):
    """Training left the finite numbers."""


class TrainingAlarm(GancheckError):
    """A detector's alarm, where alarms are to stop the training."""


class FailedFold(GancheckError):
    """What a training function raised in one fold of a cross-validation; the message names the fold."""


def spell_controls(text: str) -> str:
    r"""The text with characters that a terminal would obey spelt out, such as `\x1b[2J`, which clears the screen."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """` Did you mean 'pacgan'?`, or the empty string when nothing is near; case aside."""
    names = {other.casefold(): other for other in known}
    near = difflib.get_close_matches(name.casefold(), list(names), n=1, cutoff=0.5)
    return f" Did you mean '{names[near[0]]}'?" if near else ""


def refuse_unknown(name: str, known: Iterable[str], what: str, error: type[GancheckError]) -> None:
    """Raise `error` where the name is not among the known ones: `what` is what bears it, such as "the player"."""
    names = list(known)
    if name not in names:
        raise error(f"there is no '{name}': {what} is one of {', '.join(names)}.{did_you_mean(name, names)}")
