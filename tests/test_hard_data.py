"""Data that a careless verdict gets wrong: each of these was wrong once."""

from __future__ import annotations

import numpy as np
import pytest

import gancheck as gc
from gancheck.errors import BadData

FEW = ("tv",)  # of no interest to verdicts, and cheap


@pytest.fixture
def r() -> np.random.Generator:
    return np.random.default_rng(0)


def ring(r, n, modes=range(8)):
    k = r.choice(list(modes), n)
    return np.stack([np.cos(k * np.pi / 4), np.sin(k * np.pi / 4)], 1) + 0.01 * r.normal(size=(n, 2))


def verdict(x, ref, **more):
    return gc.score(x, reference=ref, metrics=more.pop("metrics", FEW), **more)


def test_noise_off_the_axes_that_real_data_has_is_low_fidelity(r):
    mix = r.normal(size=(3, 50))
    ref, x = r.normal(size=(1_000, 3)) @ mix, r.normal(size=(500, 3)) @ mix
    off = r.normal(size=x.shape)
    assert verdict(x, ref).verdict == "healthy"
    assert verdict(x + 20 * (off - off @ np.linalg.pinv(mix) @ mix), ref).verdict == "low-fidelity"


def test_noise_in_a_constant_column_is_low_fidelity(r):
    ref, x = (np.concatenate([r.normal(size=(n, 3)), np.full((n, 7), 7.0)], 1) for n in (2_000, 1_000))
    bad = x.copy()
    bad[:, 3:] += r.normal(size=(1_000, 7))
    assert verdict(x, ref).verdict == "healthy"
    assert verdict(bad, ref).verdict == "low-fidelity"


def test_the_order_of_the_samples_changes_nothing_much(r):
    x, ref = ring(r, 8_000), ring(r, 3_000)
    ordered = x[np.argsort(np.arctan2(x[:, 1], x[:, 0]))]
    scores = verdict(ordered, ref, metrics=("modes", "coverage"))
    assert scores.verdict == "healthy"
    assert scores.values["modes"] == 8
    assert scores.values["coverage"] > 0.9


def test_copies_at_the_end_of_a_file_are_found(r):
    train = ring(r, 1_000)
    x = np.concatenate([ring(r, 6_000), train[r.integers(0, 1_000, 6_000)]])
    assert verdict(x, ring(r, 4_000), train=train).verdict == "memorised"


@pytest.mark.parametrize("width", [0.3, 0.5])
def test_narrow_modes_in_many_dimensions_are_not_called_copies(r, width):
    centres = r.uniform(-1, 1, (12, 20))

    def draw(count, width=1.0):
        return centres[r.integers(0, 12, count)] + 0.05 * width * r.normal(size=(count, 20))

    assert verdict(draw(1_000, width), draw(2_000), train=draw(1_000)).verdict == "shrunken-modes"


def test_a_part_is_drawn_from_the_whole_file(r):
    x = np.concatenate([ring(r, 3_000, range(4)), ring(r, 3_000, range(4, 8))])
    assert verdict(x, ring(r, 3_000), count=1_000).verdict == "healthy"


@pytest.mark.parametrize("points", [30, 100, 300])
def test_a_finite_number_of_outputs_is_collapse(r, points):
    x = r.normal(size=(points, 2))[r.integers(0, points, 3_000)]
    assert verdict(x, r.normal(size=(3_000, 2))).verdict == "collapsed"


def test_modes_without_enough_reference_samples_cannot_be_called_healthy(r):
    label = np.concatenate([np.zeros(700, int), r.integers(1, 40, 700)])
    centre = 20 * r.normal(size=(40, 2))
    ref = centre[label] + r.normal(size=(1_400, 2))
    x = centre[np.zeros(1_000, int)] + r.normal(size=(1_000, 2))
    assert verdict(np.concatenate([x, ref[700:900]]), ref, labels=label).verdict != "healthy"


def test_a_reference_that_is_the_training_data_hides_copies_and_says_so(r):
    ref = ring(r, 2_000)
    x = np.concatenate([ref[:900], ring(r, 100)])
    assert verdict(x, ref, train=ref).verdict != "healthy"
    assert verdict(x, ref).verdict != "healthy"


@pytest.mark.parametrize("n", [60, 100, 200])
def test_rare_spikes_inside_real_modes_are_not_shrinkage(r, n):
    def draw(count):
        label = r.integers(0, 5, count)
        return (0.01 * r.normal(size=count) + (r.random(count) < 0.05) + 20 * label)[:, None], label

    ref, label = draw(2_000)
    wrong = [verdict(draw(n)[0], ref, labels=label).verdict for _ in range(5)]
    assert wrong.count("shrunken-modes") == 0


@pytest.mark.parametrize(
    "draw",
    [
        lambda r, n: r.poisson(2, (n, 1)).astype(float),
        lambda r, n: r.integers(0, 10, (n, 2)).astype(float),
        lambda r, n: np.eye(10)[r.integers(0, 10, n)],
        lambda r, n: r.poisson(1, (n, 3)).astype(float),
        lambda r, n: np.where(r.random((n, 1)) < 0.8, 0, r.normal(size=(n, 4))),
        lambda r, n: r.standard_t(2, (n, 2)),
    ],
)
def test_real_data_on_a_lattice_or_with_heavy_tails_is_not_condemned(r, draw):
    answers = [verdict(draw(r, 1_000), draw(r, 2_000)) for _ in range(2)]
    assert {a.verdict for a in answers} <= {"healthy", "undecided"}
    assert not any("reference itself" in a.reason for a in answers)


def test_a_mode_that_is_one_point_has_no_width_to_compare(r):
    x, ref = (np.eye(4)[r.integers(0, 4, n)] for n in (1_000, 2_000))
    assert verdict(x, ref).per_mode["spread"].null_count() == 4


def test_lost_categories_are_found(r):
    x, ref = np.eye(10)[r.integers(0, 5, 1_000)], np.eye(10)[r.integers(0, 10, 2_000)]
    assert verdict(x, ref).verdict == "dropped-modes"


def test_two_samples_are_never_collapsed(r):
    for _ in range(8):
        ref = r.normal(size=(200, 1))
        assert verdict(r.normal(size=(2, 1)), ref, labels=np.zeros(200, int)).verdict == "undecided"


def test_more_samples_as_advised_settle_it(r):
    ref = r.normal(size=(2_000, 2))
    first = verdict(r.normal(size=(60, 2)), ref)
    assert first.verdict == "undecided"
    wanted = int(first.reason.split("about ")[1].replace(",", ""))
    assert verdict(r.normal(size=(wanted, 2)), ref).verdict == "healthy"


def test_a_repeated_reference_is_worth_no_more_than_its_samples(r):
    ref = np.repeat(ring(r, 300), 10, axis=0)
    x = np.repeat(ring(r, 100), 10, axis=0)
    assert verdict(x, ref).verdict in ("healthy", "undecided", "collapsed")


def test_overlapping_labels_are_told(r):
    label = (r.random(2_000) < 0.3).astype(int)
    ref = np.where(label[:, None] == 1, 0.02, 1.0) * r.normal(size=(2_000, 2))
    assert any("overlap" in note for note in verdict(ref[:500] + 0.001, ref, labels=label).notes)


def test_balance_is_a_p_value_with_a_reference_too(r):
    values = [
        verdict(ring(r, 500), ring(r, 1_000), metrics=("mode-balance",)).values["mode-balance"] for _ in range(12)
    ]
    assert np.mean(np.array(values) < 0.05) <= 0.25


def test_pixels_on_a_scale_of_their_own_are_refused(r):
    x = r.integers(0, 17, (500, 8, 8)).astype(float)
    with pytest.raises(BadData, match="whole numbers up to 16"):
        gc.score(x, dataset="digits", metrics=FEW)


def test_a_metric_that_raises_does_not_cost_the_answer(r, tmp_path):
    file = tmp_path / "boom.py"
    file.write_text(
        "import gancheck as gc\n@gc.metric('boom', better='lower', needs='samples')\n"
        "def boom(view):\n    '''Raise.'''\n    return 1 / 0\n"
    )
    scores = gc.score(ring(r, 500), dataset="ring8", metrics="boom,modes", plugins=[file])
    assert scores.values["boom"] is None
    assert scores.values["modes"] == 8
    assert any("boom" in note for note in scores.notes)
