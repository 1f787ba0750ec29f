"""Where the packaged examples and suites are: inside the installed package, or in the checkout it runs from."""

from __future__ import annotations

from pathlib import Path

from gancheck.errors import GancheckError

PACKAGE = Path(__file__).parents[1]
CHECKOUT = {"models": "models", "suites": "benchmarks/suites"}


def share(folder: str, package: Path = PACKAGE) -> Path:
    """The folder `models` or `suites` of an installed package; raises when neither place has it."""
    for place in (package / "_share" / folder, package.parent / CHECKOUT[folder]):
        if place.is_dir():
            return place
    raise GancheckError(f"the folder '{folder}' is missing from this installation; install gancheck again")
