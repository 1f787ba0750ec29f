"""Verdicts on the data that people bring: each of these was wrong, or refused, once."""

from __future__ import annotations

import numpy as np
import pytest

import gancheck as gc


@pytest.fixture
def r() -> np.random.Generator:
    return np.random.default_rng(0)


def score(x, reference, metrics="tv", **more):
    """An answer; verdicts take no interest in the metric, which is a cheap one."""
    return gc.score(x, reference=reference, metrics=metrics, **more)


def verdict(x, reference, **more):
    return score(x, reference, **more).verdict


class TestScales:
    def test_a_small_column_counts_as_much_as_a_large_one(self, r):
        real = lambda n: r.normal(size=(n, 2)) * [1e7, 1]  # noqa: E731
        assert verdict(real(1_000), real(1_000)) == "healthy"
        flat = score(r.normal(size=(1_000, 2)) * [1e7, 0], real(1_000))
        assert flat.verdict == "shrunken-modes"
        assert "column 2" in flat.reason
        assert verdict(real(1_000) + np.array([0, 10]), real(1_000)) == "low-fidelity"

    def test_correlated_columns_at_all_scales(self, r):
        mix = np.random.default_rng(1).normal(size=(3, 6))

        def real(n):
            return (r.normal(size=(n, 3)) @ mix + 0.1 * r.normal(size=(n, 6))) * np.geomspace(1e-6, 1e6, 6)

        assert verdict(real(1_000), real(1_000)) == "healthy"
        shuffled = np.column_stack([r.permutation(column) for column in real(1_000).T])
        assert verdict(shuffled, real(1_000)) == "low-fidelity"
        flat = real(1_000)
        flat[:, 0] = flat[:, 0].mean()
        found = score(flat, real(1_000))
        assert found.verdict == "shrunken-modes"
        assert "column 1" in found.reason

    def test_columns_at_zero_are_lost_variance(self, r):
        x = r.normal(size=(1_500, 30))
        x[:, :10] = 0
        found = score(x, r.normal(size=(1_500, 30)))
        assert found.verdict == "shrunken-modes"
        assert "and 6 more" in found.reason

    def test_forty_of_128_columns_at_one_value(self, r):
        x = r.normal(size=(1_000, 128))
        x[:, 40:80] = 1
        assert verdict(x, r.normal(size=(1_000, 128))) == "shrunken-modes"

    def test_a_huge_constant_column_hides_no_others(self, r):
        real = lambda n: np.column_stack([np.full(n, 1e9), r.normal(size=(n, 14))])  # noqa: E731
        found = score(real(2_000), real(2_000))
        assert found.verdict == "healthy"
        assert not [check for check in found.checks if check.found]

    def test_a_constant_of_real_data_that_samples_leave_is_said(self, r):
        real = lambda n: np.column_stack([np.full(n, 3.0), r.normal(size=(n, 2))])  # noqa: E731
        x = real(1_000)
        x[:400, 0] = 4
        found = score(x, real(2_000))
        assert found.verdict == "low-fidelity"
        assert "40%" in found.reason
        assert "constant" in found.reason

    def test_a_lost_category_beside_money(self, r):
        def real(n, shares):
            group = r.choice(4, n, p=shares)
            return np.column_stack([r.lognormal(8, 1, n) * (1 + group), np.eye(4)[group]])

        shares = [0.3, 0.4, 0.2, 0.1]
        assert verdict(real(2_000, shares), real(4_000, shares)) == "healthy"
        lost = score(real(2_000, [0, 4 / 7, 2 / 7, 1 / 7]), real(4_000, shares))
        assert lost.verdict == "dropped-modes"
        assert "modes is missing (29% of real data)" in lost.reason

    def test_narrow_clusters_far_from_the_origin(self, r):
        real = lambda n: 1 + 1e-9 * (5 * r.integers(0, 3, n)[:, None] + r.normal(size=(n, 25)))  # noqa: E731
        assert verdict(real(1_000), real(1_000)) == "healthy"
        x = real(1_000)
        assert verdict(np.repeat(x[:4], 250, 0), real(1_000)) == "collapsed"

    def test_rare_flags_are_no_constants_that_real_data_keeps(self, r):
        real = lambda n: np.column_stack([r.normal(size=(n, 3)), r.uniform(size=(n, 400)) < 1 / 600])  # noqa: E731
        assert verdict(real(1_000), real(1_200)) == "healthy"

    def test_rounding_of_short_numbers_is_no_variance(self, r):
        def real(n, noise):
            return np.column_stack([r.normal(size=(n, 3)), 1 + noise * r.normal(size=n)]).astype(np.float32)

        assert verdict(real(1_000, 1e-6), real(2_000, 1e-7)) == "healthy"

    def test_a_word_of_sixty_values_does_not_hide_the_other_columns(self, r):
        centres = np.array([[0, 0], [8, 0], [0, 8.0]])

        def real(n, width):
            return np.column_stack([centres[r.integers(0, 3, n)] + width * r.normal(size=(n, 2)), words(n)])

        def words(n):
            return np.eye(60)[r.integers(0, 60, n)]

        reference = real(1_500, 0.3)
        assert verdict(real(1_000, 0.3), reference) == "healthy"
        assert verdict(real(1_000, 0.1), reference) == "shrunken-modes"
        assert verdict(real(1_000, 0.9), reference) == "low-fidelity"

    @pytest.mark.parametrize("far", [100, 1_000])
    def test_sound_samples_far_away_are_not_a_few_points(self, r, far):
        assert verdict(r.normal(size=(800, 2)) + far, r.normal(size=(1_000, 2))) == "low-fidelity"

    @pytest.mark.parametrize("n", [5, 8])
    def test_few_samples_are_not_flat(self, r, n):
        bits = lambda n: (r.uniform(size=(n, 10)) < 0.5).astype(float)  # noqa: E731
        reference = bits(1_000)
        assert {verdict(bits(n), reference) for _ in range(5)} == {"undecided"}


class TestRepeats:
    def test_one_real_row_over_and_over_is_collapsed(self, r):
        x = r.normal(size=(2_000, 2))
        assert score(np.repeat(x[:1], 1_000, 0), x).collapsed

    def test_only_the_zeros_of_zero_inflated_data_are_collapsed(self, r):
        real = lambda n: np.where(r.uniform(size=(n, 1)) < 0.6, 0, r.lognormal(size=(n, 3)))  # noqa: E731
        assert verdict(real(1_000), real(2_000)) == "healthy"
        assert verdict(np.zeros((1_000, 3)), real(2_000)) == "collapsed"

    @pytest.mark.parametrize("n", [4_000, 10_000])
    def test_equal_rows_are_counted_among_all_samples(self, r, n):
        real = lambda n: r.standard_t(1.5, size=(n, 5))  # noqa: E731
        reference, x = real(4_000), real(n)
        assert verdict(x, reference) == "healthy"
        x[n // 2 :] = x[: n // 2]
        assert verdict(x, reference) == "collapsed"

    @pytest.mark.parametrize(
        "draw",
        [
            lambda r, n: r.poisson([0.1, 1, 5, 20], (n, 4)).astype(float),
            lambda r, n: (r.uniform(size=(n, 20)) < np.linspace(0.1, 0.9, 20)).astype(float),
            lambda r, n: r.normal(size=(n, 2)).round(1),
            lambda r, n: np.eye(12)[r.integers(0, 12, n)],
        ],
        ids=["counts", "bits", "rounded", "one-hot"],
    )
    def test_discrete_data_is_not_taken_for_the_reference(self, r, draw):
        found = score(draw(r, 1_000), draw(r, 2_000))
        assert found.verdict == "healthy"
        assert not [note for note in found.notes if "in the reference" in note]

    @pytest.mark.parametrize("noise", [0, 1e-7])
    def test_the_reference_itself_or_as_good_as_is_undecided(self, r, noise):
        x = r.normal(size=(2_000, 2))
        found = score(x + noise * r.normal(size=x.shape), x)
        assert found.verdict == "undecided"
        assert "the reference itself" in found.reason

    def test_a_part_of_the_reference_is_said(self, r):
        reference = r.normal(size=(2_000, 40))
        x = np.concatenate([reference[:300] + 1e-9, r.normal(size=(700, 40))])
        found = score(x, reference)
        assert found.verdict == "undecided"
        assert "30% of the samples are in the reference" in found.reason

    def test_training_data_but_for_noise_is_memorised(self, r):
        train, reference = r.normal(size=(2_000, 2)), r.normal(size=(2_000, 2))
        assert verdict(train + 1e-7 * r.normal(size=train.shape), reference, train=train) == "memorised"


class TestClusters:
    @pytest.mark.parametrize("n", [4_000, 20_000])
    def test_a_third_of_a_hundred_clusters_is_missing(self, r, n):
        def real(n, k):
            cell = r.integers(0, k, n)
            return np.column_stack([cell % 10, cell // 10]) + 0.05 * r.normal(size=(n, 2))

        assert verdict(real(n, 100), real(n, 100)) == "healthy"
        lost = score(real(n, 67), real(n, 100))
        assert lost.verdict == "dropped-modes"
        dropped = next(check for check in lost.checks if check.kind == "dropped-modes")
        assert dropped.value == pytest.approx(0.33, abs=0.03)


class TestSmallReferences:
    def test_192_samples_give_numbers_and_say_what_they_cannot(self, r):
        found = score(r.normal(size=(500, 2)), r.normal(size=(192, 2)), "fid")
        assert found.verdict == "undecided"
        assert "192 reference samples are too few to tell modes" in found.reason
        assert found.values["fid"] is not None
        assert found.floor["fid"] is not None

    def test_what_shows_in_few_samples_is_found(self, r):
        reference = r.normal(size=(192, 2))
        assert verdict(np.zeros((500, 2)), reference) == "collapsed"
        assert verdict(r.normal(size=(500, 2)) + 10, reference) == "low-fidelity"

    def test_labels_that_are_too_rare_to_be_modes_are_said(self, r):
        labels = np.arange(600) % 100
        found = score(r.normal(size=(500, 2)), r.normal(size=(600, 2)), labels=labels)
        assert found.verdict == "healthy"
        assert any("would need 20 samples of a label" in note for note in found.notes)

    def test_forty_samples_of_each_label_are_enough(self, r):
        centres, labels = np.array([[0, 0], [5, 0], [0, 5.0]]), np.repeat(range(3), 40)
        real = lambda k: centres[k] + 0.3 * r.normal(size=(len(k), 2))  # noqa: E731
        lost = score(real(r.choice([0, 2], 400)), real(labels), labels=labels)
        assert "1 of 3 modes is missing" in lost.reason

    def test_a_class_of_several_clusters_that_lost_one_is_not_one_sample(self, r):
        centres = np.array([[0, 0], [60, 0], [0, 60.0], [60, 60]])
        cell, kept = r.integers(0, 4, 1_600), r.choice([0, 2], 1_000)
        samples = centres[kept] + 0.2 * r.normal(size=(1_000, 2))
        reference = centres[cell] + 0.2 * r.normal(size=(1_600, 2))
        found = score((samples, kept // 2), (reference, cell // 2))
        assert "over and over" not in found.reason
        assert found.verdict != "healthy"

    def test_few_samples_with_many_zeros_are_read(self, r):
        for _ in range(5):
            reference = np.where(r.uniform(size=(40, 1)) < 0.6, 0, r.lognormal(size=(40, 2)))
            assert score(r.lognormal(size=(50, 2)), reference, "fid").values["fid"] is not None


def test_a_reference_that_is_too_large_is_drawn_from_rather_than_cut(r, monkeypatch):
    monkeypatch.setattr("gancheck.evaluation.real_data.base.MOST", 2_000)
    real = lambda n: 5.0 * r.integers(0, 3, n)[:, None] + 0.1 * r.normal(size=(n, 2))  # noqa: E731
    reference = real(6_000)
    found = score(real(2_000), reference[reference[:, 0].argsort()])
    assert found.verdict == "healthy"
    assert found.facts["modes"] == 3
    assert "reference: 2,000 of 6,000 samples are used, drawn at random" in found.notes
