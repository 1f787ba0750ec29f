"""Many metrics at once."""

from __future__ import annotations

from gancheck.catalogue import Catalogue
from gancheck.ground.known import Known
from gancheck.loading.opening import open_samples
from gancheck.panel import measures, panel, sights
from gancheck.streams import generator


def ground_and_side(name: str, n: int):
    dataset = Catalogue.load().build("dataset", name)
    ground = Known(name, dataset)
    return ground, ground.side(open_samples(dataset.pool("reference", n, generator("cpu", "test"))), n)


def test_both_sides_of_every_number_have_the_same_n():
    ground, side = ground_and_side("ring8", 700)
    for sight in sights(ground, side, measures(Catalogue.load(), ("fid", "coverage", "wasserstein", "modes"))):
        assert len(sight.view.samples) == len(sight.real.samples) <= 700


def test_metrics_whose_needs_are_not_met_are_left_out():
    ground, side = ground_and_side("ring8", 200)
    names = ("fid", "copies", "ms-ssim", "inception-score")
    assert set(panel(ground, side, measures(Catalogue.load(), names), lambda *_: None).values) == {"fid"}


def test_progress_is_told_for_every_metric():
    ground, side = ground_and_side("ring8", 200)
    told = []
    panel(ground, side, measures(Catalogue.load(), ("fid", "modes")), lambda *step: told.append(step))
    assert told == [("fid", 0, 2), ("modes", 1, 2)]


def test_columns_carry_the_features_where_they_are_not_the_points():
    ground, side = ground_and_side("digits", 200)
    columns = set(panel(ground, side, measures(Catalogue.load(), ("fid", "modes")), lambda *_: None).values)
    assert columns == {"fid@judge", "modes"}
