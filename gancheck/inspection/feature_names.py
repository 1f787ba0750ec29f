"""What features are called: by the names of a table's columns, else by their places from 0 on."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from gancheck.inspection.summary import DataSummary

LISTED = 100  #: in evidence


def name_feature(summary: DataSummary, place: int) -> str:
    """`'height'`, or `feature 3`."""
    return f"'{summary.columns[place]}'" if summary.columns else f"feature {place}"


def name_features(summary: DataSummary, chosen: Tensor) -> str:
    """`'height'`, `feature 3`, or `4 of 10 features (0, 1, 2, ...)`, for a mask (d,)."""
    places = find_places(chosen)
    if len(places) == 1:
        return name_feature(summary, places[0])
    shown = [f"'{summary.columns[k]}'" if summary.columns else str(k) for k in places[:3]]
    more = ", ..." if len(places) > 3 else ""
    return f"{int(chosen.sum())} of {len(chosen)} features ({', '.join(shown)}{more})"


def list_features(summary: DataSummary, chosen: Tensor) -> dict[str, Any]:
    """The first 100 of a mask (d,), by their places and, where they have some, their names."""
    places = find_places(chosen)
    names = {"names": [summary.columns[k] for k in places]} if summary.columns else {}
    return {"features": places, **names}


def find_places(chosen: Tensor) -> list[int]:
    """The first 100 indices."""
    return [int(i) for i in chosen.nonzero()[:LISTED, 0]]
