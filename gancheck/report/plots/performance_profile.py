"""Performance profiles: for every share of the modes, how many runs hold as much."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from gancheck.errors import BadData
from gancheck.report.plots.style import INK, MUTED, canvas, line_styles
from gancheck.statistics.intervals import Strata
from gancheck.statistics.performance_profile import performance_profile

NOTE = (
    "Tasks count alike. Bands, of the untreated GAN and of the recipe with the largest area: 95 % Wilson intervals, "
    "each threshold for itself."
)
THRESHOLDS = np.linspace(0, 1, 201)


def performance_profiles(path: Path, recipes: Mapping[str, Strata], base: str = "none", title: str = "") -> None:
    """Draw one falling curve per recipe, whose values (seeds by task) are shares from 0 to 1. The area under a curve is
    the recipe's mean. Two have a band, so that the curves stay readable."""
    if not recipes:
        raise BadData("no recipe to draw; profiles need at least one")
    profiles = {name: performance_profile(values, THRESHOLDS) for name, values in recipes.items()}
    order = sorted(profiles, key=lambda name: -float(profiles[name].share.mean()))
    looks = dict(zip([name for name in order if name != base], line_styles(len(order)), strict=False))
    looks[base] = {"color": INK, "linestyle": "-"}
    with canvas(path, 7.6, 4.4) as figure:
        figure.set_layout_engine("constrained")
        figure.suptitle(title, x=0.01, ha="left", weight="bold", fontsize=11.5)
        axes = figure.subplots()
        axes.set(xlim=(0, 1), ylim=(-0.02, 1.03), xlabel="share of modes held, or more", ylabel="share of runs")
        axes.grid(True)
        for name in order:
            axes.step(THRESHOLDS, profiles[name].share, where="post", label=name, linewidth=1.6, **looks[name])
        for name in dict.fromkeys([order[0], base]):
            if name in profiles:
                found, colour = profiles[name], looks[name]["color"]
                axes.fill_between(THRESHOLDS, found.low, found.high, step="post", color=colour, alpha=0.12, linewidth=0)
        figure.legend(loc="outside right center", handlelength=2.4)
        figure.supxlabel(NOTE, x=0.01, ha="left", color=MUTED, fontsize=7.5)
