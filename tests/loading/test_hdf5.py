from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from gancheck.errors import BadData
from gancheck.loading.hdf5 import list_datasets


def nested(place: Path, levels: int) -> Path:
    path = place / "points.h5"
    with h5py.File(path, "w") as file:
        group = file
        for _ in range(levels):
            group = group.create_group("a")
        group["points"] = np.zeros((4, 2))
    return path


def test_arrays_in_groups_have_the_groups_names(tmp_path: Path) -> None:
    assert [*list_datasets(nested(tmp_path, 2))] == ["a/a/points"]


def test_groups_without_end_are_refused_in_a_line(tmp_path: Path) -> None:
    with pytest.raises(
        BadData, match=r"points\.h5 has groups in groups, more than 64 deep; save the samples as one array"
    ):
        list_datasets(nested(tmp_path, 70))
