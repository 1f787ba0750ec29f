"""What the numbers of an image mean."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gancheck.errors import BadData
from gancheck.inspection import inspect_data
from gancheck.loading.open import open_samples
from gancheck.loading.options import ReadOptions

DICE = np.random.default_rng(0)
SHAPE = (6, 3, 8, 8)


def read(x: np.ndarray) -> np.ndarray:
    taken = open_samples(x).take(len(x))
    assert taken.dtype == torch.float32
    return taken.numpy()


@pytest.mark.parametrize(
    ("x", "low", "high", "words"),
    [
        (DICE.integers(0, 256, SHAPE, dtype=np.uint8), 0, 255, "integers 0..255"),
        (DICE.integers(0, 256, SHAPE), 0, 255, "integers 0..255"),
        (DICE.integers(0, 256, SHAPE).astype(np.float32), 0, 255, "whole floats 0..255"),
        (DICE.random(SHAPE), 0, 1, "floats in [0, 1]"),
        (DICE.random(SHAPE).astype(np.float16), 0, 1, "floats in [0, 1]"),
        (DICE.random(SHAPE) * 2 - 1, -1, 1, "floats in [-1, 1]"),
        (DICE.integers(0, 65536, SHAPE, dtype=np.uint16), 0, 65535, "16-bit"),
        (DICE.integers(0, 2, SHAPE, dtype=np.uint8), 0, 1, "black and white"),
        (DICE.integers(0, 2, SHAPE) > 0, 0, 1, "floats in [0, 1]"),
    ],
)
def test_known_ranges_become_minus_one_to_one(x: np.ndarray, low: float, high: float, words: str) -> None:
    np.testing.assert_allclose(read(x), (x.astype(float) - low) / (high - low) * 2 - 1, atol=1e-6)
    assert any(words in note for note in open_samples(x).notes)


def test_rounding_outside_a_range_is_forgiven_and_clipped() -> None:
    x = DICE.random(SHAPE)
    x[0, 0, 0, 0] = 1.000001
    assert read(x).max() == 1


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (DICE.normal(size=SHAPE), r"run from -[0-9.]+ to [0-9.]+; known are"),
        (DICE.random(SHAPE) * 255, "run from"),
        (DICE.integers(-5, 200, SHAPE), "run from -5 to"),
        (DICE.integers(0, 300, SHAPE), "run from 0 to 299"),
        (DICE.integers(0, 300, SHAPE).astype(float), "run from 0 to 299"),
    ],
)
def test_other_ranges_are_named_and_refused(x: np.ndarray, said: str) -> None:
    with pytest.raises(BadData, match=said):
        open_samples(x)


def test_the_range_is_decided_over_all_samples_not_the_first_batch() -> None:
    x = DICE.random((40, 3, 100, 100))
    x[-1, 0, 0, 0] = -0.5
    batches = list(x.reshape(4, 10, 3, 100, 100))
    np.testing.assert_allclose(open_samples(batches).take(40).numpy(), x, atol=1e-6)


def test_channels_are_found_on_either_side() -> None:
    x = DICE.random((5, 8, 9, 3))
    np.testing.assert_allclose(read(x), read(np.moveaxis(x, 3, 1)))
    grey = open_samples(x[..., 0], options=ReadOptions("images"))
    np.testing.assert_allclose(read(x[..., :1]), grey.take(5).numpy())


def test_a_doubtful_axis_is_said() -> None:
    opened = open_samples(DICE.random((5, 3, 9, 3)))
    assert opened.shape == (3, 9, 3)
    assert any("the last could be too" in note for note in opened.notes)


@pytest.mark.parametrize("axis", [1, -1])
def test_alpha_goes_only_where_it_hides_nothing(axis: int) -> None:
    x = DICE.integers(0, 256, (5, 8, 8, 4), dtype=np.uint8)
    with pytest.raises(BadData, match="alpha channel that is not opaque"):
        open_samples(np.moveaxis(x, -1, axis))
    x[..., 3] = 255
    assert open_samples(np.moveaxis(x, -1, axis)).shape == (3, 8, 8)
    np.testing.assert_allclose(read(np.moveaxis(x, -1, axis)), read(x[..., :3]))


@settings(max_examples=150)
@given(
    hnp.arrays(
        dtype=st.one_of(hnp.integer_dtypes(), hnp.floating_dtypes(), hnp.boolean_dtypes(), hnp.complex_number_dtypes()),
        shape=hnp.array_shapes(min_dims=0, max_dims=6, min_side=0, max_side=4),
    )
)
def test_any_array_gives_finite_samples_or_one_line(x: np.ndarray) -> None:
    try:
        opened = open_samples(x)
    except BadData:
        return
    taken = opened.take(100)
    assert len(taken) == opened.count == len(x)
    assert taken.shape[1:] == opened.shape
    assert taken.isfinite().all()
    if opened.kind in ("images", "video"):
        assert opened.shape[-3] in (1, 3)
        assert taken.abs().max() <= 1
    else:
        np.testing.assert_array_equal(taken.numpy(), x.astype(taken.numpy().dtype))


FLOATS = DICE.random(SHAPE).astype(np.float32)
BYTES = DICE.integers(0, 256, SHAPE, dtype=np.uint8)
DEEP = DICE.integers(0, 65536, SHAPE, dtype=np.uint16)


@pytest.mark.parametrize(
    ("x", "reference", "low", "high", "said"),
    [
        (FLOATS, FLOATS * 2 - 1, -1, 1, "like those of array (they run from"),
        (FLOATS * 2 - 1, FLOATS, -1, 1, "but those of array as floats in [0, 1]"),
        (FLOATS, BYTES, 0, 1, "but those of array as integers 0..255"),
        (BYTES, FLOATS, 0, 255, "but those of array as floats in [0, 1]"),
        (np.ones(SHAPE), FLOATS * 2 - 1, -1, 1, "like those of array"),
        (np.ones(SHAPE), FLOATS, 0, 1, "like those of array"),
        (np.zeros(SHAPE), FLOATS * 2 - 1, -1, 1, "like those of array"),
        (-np.ones(SHAPE), FLOATS * 2 - 1, -1, 1, "like those of array"),
        (np.ones(SHAPE), BYTES, 0, 1, "but those of array as integers 0..255"),
        (np.ones(SHAPE, np.uint8), BYTES, 0, 255, "like those of array"),
        ((FLOATS > 0.5).astype(float), FLOATS * 2 - 1, 0, 1, "but those of array as floats in [-1, 1]"),
        (FLOATS > 0.5, BYTES, 0, 1, "but those of array as integers 0..255"),
        (BYTES.astype(np.uint16), DEEP, 0, 65535, "they stay below 256"),
        (BYTES.astype(np.uint16), BYTES, 0, 255, "like those of array"),
        (BYTES.astype(np.int32), DEEP, 0, 65535, "they stay below 256"),
        (np.floor(FLOATS * 40), np.floor(FLOATS * 255), 0, 255, "like those of array"),
        ((FLOATS > 0.5).astype(float), np.floor(FLOATS * 255), 0, 255, "they are 0 and 1"),
        (FLOATS * 255, BYTES, 0, 255, "like those of array"),
        (FLOATS * 255, np.floor(FLOATS * 255), 0, 255, "like those of array"),
    ],
)
def test_the_range_of_the_reference_decides_where_it_can(
    x: np.ndarray, reference: np.ndarray, low: float, high: float, said: str
) -> None:
    opened = open_samples(x, like=open_samples(reference))
    expected = (x.astype(float) - low) / (high - low) * 2 - 1
    np.testing.assert_allclose(opened.take(10).numpy(), expected, atol=1e-6)
    assert any(said in note for note in opened.notes), opened.notes


def test_dark_sixteen_bits_alone_are_bytes_and_it_is_said() -> None:
    opened = open_samples(BYTES.astype(np.uint16))
    assert any("16-bit integers that stay below 256" in note for note in opened.notes)


def test_a_generator_keeps_the_range_of_the_reference_when_it_goes_below_zero_later() -> None:
    calls = itertools.count()
    reference = open_samples(FLOATS * 2 - 1)
    opened = open_samples(lambda n: np.full((n, 3, 8, 8), 0.5 if next(calls) < 3 else -0.5), like=reference)
    assert opened.take(4_000)[-1].max() == -0.5


def test_values_slightly_beyond_a_range_are_clipped_and_said() -> None:
    x = FLOATS * 1.05 - 0.02
    for opened in (open_samples(x), open_samples(x, like=open_samples(FLOATS))):
        np.testing.assert_allclose(opened.take(10).numpy(), x.clip(0, 1) * 2 - 1, atol=1e-6)
        assert any("floats in [0, 1]" in note and "run from -0.0196 to 1.03: clipped" in note for note in opened.notes)


def test_values_slightly_below_zero_are_not_taken_for_the_output_of_a_tanh() -> None:
    x = FLOATS * 0.9 - 0.02
    np.testing.assert_allclose(read(x), x.clip(0, 1) * 2 - 1, atol=1e-6)


@pytest.mark.parametrize(
    ("x", "advice"),
    [
        ((FLOATS - 0.45) / 0.226, r"they look normalised .*undo it: x \* std \+ mean.*0.485, 0.456, 0.406"),
        ((FLOATS - 0.1307) / 0.3081, r"they look normalised .*undo it: x \* std \+ mean"),
        (FLOATS * 255, "round them: x.round"),
        (BYTES.astype(float) * 1.02 - 2.5, "round them: x.round"),
    ],
)
def test_values_of_no_range_come_with_what_to_do(x: np.ndarray, advice: str) -> None:
    for door in (open_samples, inspect_data, lambda x: open_samples(x, like=open_samples(FLOATS))):
        with pytest.raises(BadData, match=advice):
            door(x)
