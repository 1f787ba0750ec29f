"""Clouds as pixels: real points grey, generated ones in colour on top, and none out of sight."""

from __future__ import annotations

import numpy as np

from gancheck.report.plots.point_raster import SIDE, point_raster

SQUARE = np.array([[0.0, 0.0], [1.0, 1.0]])


def test_generated_points_lie_on_top_of_real_ones() -> None:
    alone, beside = point_raster(SQUARE, np.empty((0, 2))), point_raster(SQUARE, SQUARE)
    assert alone.shape == (SIDE, SIDE, 3)
    assert ((alone != 255).any(-1) == (beside != 255).any(-1)).all()
    assert (alone != beside).any()


def test_points_far_outside_and_broken_ones_are_still_drawn() -> None:
    drawn = point_raster(SQUARE, np.array([[1e9, -1e9], [np.nan, 0.5]]))
    assert (drawn[SIDE - 1, SIDE - 1] != 255).any()


def test_a_reference_of_one_place_can_be_drawn() -> None:
    assert point_raster(np.zeros((3, 2)), np.zeros((3, 2))).min() < 255
