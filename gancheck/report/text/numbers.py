"""Numbers for people: three digits, and a dash for what is not known."""

from __future__ import annotations

import math

NONE = "-"


def digits(value: float | None) -> str:
    """About three digits: `0.012`, `4.50`, `8`, `2,500`, `1.2e-05`; a dash for None and NaN."""
    if value is None or math.isnan(value):
        return NONE
    size = abs(value)
    if math.isinf(value) or size >= 1e7:
        return f"{value:.3g}"
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    if size >= 0.01:
        return f"{value:.{2 if size >= 1 else 3}f}"
    return f"{value:.4f}" if size >= 0.001 else f"{value:.1e}"


def bounds(ends: tuple[float | None, float | None] | None) -> str:
    """`[0.12, 0.34]`, or nothing where there is no interval."""
    shown = [digits(end) for end in ends or (None, None)]
    return "" if NONE in shown else f"[{', '.join(shown)}]"


def chance(p: float | None) -> str:
    """`p<0.001`, `p=0.012`, which never break over a line; nothing where an interval decides."""
    if p is None:
        return ""
    return "p<0.001" if p < 0.001 else f"p={p:.2g}"


def percent(share: float | None) -> str:
    """`12.5%`; below a tenth of a percent, the digits that show it."""
    if share is None or math.isnan(share):
        return NONE
    return f"{share:.2%}" if 0 < share < 0.001 else f"{share:.1%}"


def brief(text: str, most: int = 28) -> str:
    """A name on one line, cut to `most` letters."""
    line = plain(text)
    return line if len(line) <= most else f"{line[: most - 3].rstrip()}..."


def plain(text: str) -> str:
    """One line without control characters, which a stranger's labels may hold."""
    return "".join(c if c.isprintable() else " " for c in text)
