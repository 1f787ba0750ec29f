from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.class_adherence import class_adherence


def test_is_the_share_of_samples_that_lie_in_the_mode_of_their_class(ring):
    x = ring.draw(5)
    modes = ring.modes(x)
    label = modes.assignment.label.clone()
    label[:500] = (label[:500] + 1) % 8
    label[500:600] = -1
    found = class_adherence(View(x, ring.reference, modes=modes, labels=label, reference_labels=label))
    assert float(found) == pytest.approx(1400 / 1900)
    assert float(found.low) < float(found) < float(found.high)


def test_classes_that_are_no_modes_are_left_out(ring):
    x = ring.draw(5)
    modes = ring.modes(x)
    nowhere = torch.full((len(x),), 8)
    with pytest.raises(BadData, match="a class that is a mode"):
        class_adherence(View(x, ring.reference, modes=modes, labels=nowhere, reference_labels=nowhere))
