"""The name of no treatment: what gains and costs refer to. Boards need it, and need no torch."""

UNTREATED = "none"
