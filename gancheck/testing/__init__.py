"""What ships for authors of plug-ins: contracts, and `gancheck.testing.game`, one game laid open."""

from gancheck.testing.open_game import OpenGame as OpenGame
from gancheck.testing.open_game import game as game
from gancheck.testing.require import NotTried as NotTried
