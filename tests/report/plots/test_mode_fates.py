"""Where the modes went: held, thin or lost, column by column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from gancheck.errors import BadData
from gancheck.report.plots.mode_fates import COLOURS, MANY, Fates, mode_fates, statuses


def test_a_mode_is_lost_under_a_tenth_of_its_share_and_thin_under_a_half() -> None:
    assert statuses(np.array([[0.0, 0.0999, 0.1, 0.4999, 0.5, 3.0]])).tolist() == [[0, 0, 1, 1, 2, 2]]


def test_up_to_sixty_modes_stay_in_their_columns() -> None:
    shares = np.tile([0.0, 1.0, 0.3], (2, MANY // 3))
    assert statuses(shares).tolist() == np.tile([0, 2, 1], (2, MANY // 3)).tolist()


def test_more_than_sixty_modes_are_sorted_seed_by_seed_with_held_ones_first() -> None:
    shares = np.random.default_rng(0).permuted(np.tile(np.repeat([0.0, 0.2, 1.0], [11, 20, 30]), (3, 1)), axis=1)
    shares[2] = 0.0
    assert statuses(shares).tolist() == [[2] * 30 + [1] * 20 + [0] * 11] * 2 + [[0] * 61]


def areas(path: Path, shares: dict[str, np.ndarray]) -> list[float]:
    """Parts of the coloured pixels above the legend that are lost, thin and held."""
    mode_fates(path, [Fates("ring/mlp", shares)])
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB"), float)[:-50] / 255
    counts = [(np.abs(pixels - to_rgb(colour)).max(axis=2) < 0.01).sum() for colour in COLOURS.values()]
    return [count / sum(counts) for count in counts]


def test_the_colours_take_up_what_the_modes_do(tmp_path: Path) -> None:
    shares = {"none": np.tile([0.0, 0.2, 1.0, 1.0], (3, 1)), "r1": np.tile([0.0, 0.0, 0.0, 1.0], (3, 1))}
    assert areas(tmp_path / "a.png", shares) == pytest.approx([4 / 8, 1 / 8, 3 / 8], abs=0.02)


def test_names_stand_in_the_given_order_beside_how_to_read_them(tmp_path: Path) -> None:
    tasks = [Fates("ring/mlp", {"b": np.ones((2, 8)), "a": np.ones((3, 8))}), Fates("big", {"c": np.ones((1, 1000))})]
    mode_fates(tmp_path / "a.svg", tasks, "quick 1")
    text = (tmp_path / "a.svg").read_text()
    assert text.index(">b<") < text.index(">a<") < text.index(">c<")
    said = ("quick 1", "ring/mlp", "8 modes, one column each; a row per seed", *COLOURS)
    assert all(f">{part}<" in text for part in (*said, "1,000 modes, held ones first; a row per seed"))


@pytest.mark.parametrize("tasks", [[], [Fates("ring/mlp", {})]])
def test_nothing_to_draw_is_an_error(tasks: list[Fates], tmp_path: Path) -> None:
    with pytest.raises(BadData, match="at least one"):
        mode_fates(tmp_path / "a.png", tasks)


def test_a_row_of_panels_names_its_recipes_once_where_they_are_the_same(tmp_path: Path) -> None:
    usual, other = {"first": np.ones((2, 8)), "then": np.ones((2, 8))}, {"then": np.ones((2, 8))}
    panels = [Fates(f"task{i}", shares) for i, shares in enumerate((usual, usual, usual, other, usual))]
    mode_fates(tmp_path / "a.svg", panels)
    text = (tmp_path / "a.svg").read_text()
    assert text.count(">first<") == 2  # of the first row, and of the last panel, whose left neighbour is another
    assert text.count(">then<") == 3
