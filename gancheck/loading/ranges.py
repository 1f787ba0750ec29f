"""What the numbers of a picture mean: the reference's value range where it can, else the narrowest that holds all.

Floats that lead out of a range by less than a twentieth of it, as after resizing, are clipped to it.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from gancheck.errors import BadData
from gancheck.loading.samples import Samples
from gancheck.loading.survey import Survey
from gancheck.loading.value_range import BYTES, DEEP, KNOWN, SIGNED, UNIT, WHOLE, Range

DIM = 64  #: largest value of numbers, not saved as bytes, below which they are hardly on a scale of 0..255
NORMALISED = 3.0  #: largest value of pixels less their mean, over their deviation; digits, mostly black, reach 2.82


def decide_range(
    survey: Survey, name: str, like: Samples | None = None, saved: Range | None = None
) -> tuple[Range, str]:
    """The range of all values, and what to say of it; BadData where none of the known fits.

    It is the one that the files are `saved` in, where they have one; else the reference's where that can hold the
    samples, since a range told from the samples alone follows what the generator happens to make, such as nothing below
    0. Where the reference's cannot hold them, the samples' own is taken, and both are said.
    """
    known = None if like is None else like.span
    if like is None or known is None:
        own = saved or guess_range(survey, name)
        return own, f"pixel values read as {own.words}{say_doubt(survey, own)}{say_clipped(survey, own)}"
    if saved is None and could_be(survey, known):
        more = f"{say_unused(survey, known)}{say_clipped(survey, known)}"
        return known, f"pixel values read as {known.words}, like those of {like.name}{more}"
    own = saved or guess_range(survey, name)
    differ = "" if own.agrees(known) else f", but those of {like.name} as {known.words}; both become [-1, 1]"
    return own, f"pixel values read as {own.words}{differ}{say_clipped(survey, own)}"


def say_clipped(survey: Survey, own: Range) -> str:
    """A word where values lie beyond their range."""
    if own.holds(survey.low, survey.high):
        return ""
    return f" (they run from {survey.low:.3g} to {survey.high:.3g}: clipped)"


def could_be(survey: Survey, known: Range) -> bool:
    """Whether the reference's range is one that these values may be on."""
    if overshoots(survey, known):
        return True
    if not known.holds(survey.low, survey.high):
        return False
    if known.high <= 1:
        return survey.is_float and not (known == SIGNED and is_binary(survey))
    if not survey.is_float:
        return survey.dtype is not None and np.iinfo(survey.dtype.name).max >= known.high
    if survey.high <= 1:
        return survey.whole and known == WHOLE
    return survey.whole or survey.high >= DIM


def is_binary(survey: Survey) -> bool:
    """Whether there are zeros and ones and nothing else: black and white, and not the upper half of [-1, 1]."""
    return survey.whole and (survey.low, survey.high) == (0, 1)


def say_unused(survey: Survey, known: Range) -> str:
    """A word where the values stay in a part of the range that would be a range of its own."""
    if known == SIGNED and survey.low >= 0:
        return f" (they run from {survey.low:.3g} to {survey.high:.3g}; if 0 is black in them, give 2 x - 1)"
    if known == DEEP and survey.high <= BYTES.high:
        return f" (they stay below {survey.high + 1:.0f}; if 255 is white in them, save them as uint8)"
    if known == WHOLE and survey.high <= 1:
        return " (they are 0 and 1; if 1 is white in them, give 255 x)"
    return ""


def say_doubt(survey: Survey, own: Range) -> str:
    """A word where the values alone do not say it."""
    if own == UNIT and not survey.is_float:
        return " (integers 0 and 1: black and white)"
    if own == BYTES and survey.dtype == np.uint16:
        return " (16-bit integers that stay below 256)"
    return ""


def guess_range(survey: Survey, name: str) -> Range:
    """The narrowest range that holds all values, up to a trifle; BadData where none of the known does."""
    for known in candidates(survey):
        if known.holds(survey.low, survey.high) or overshoots(survey, known):
            refuse_dim(known, survey, name)
            return known
    raise BadData(f"{name}: pixel values run from {survey.low:.6g} to {survey.high:.6g}; {KNOWN}{advise_range(survey)}")


def overshoots(survey: Survey, known: Range) -> bool:
    """Whether floats with fractions lie slightly beyond a range of floats."""
    return known.high <= 1 and survey.is_float and not survey.whole and known.nearly_holds(survey.low, survey.high)


def advise_range(survey: Survey) -> str:
    """What to do with values on none of the known ranges."""
    if survey.is_float and 1 < survey.high <= NORMALISED and -NORMALISED <= survey.low < 0:
        return (
            "; they look normalised by a mean and a deviation; undo it: x * std + mean, for ImageNet with mean (0.485, "
            "0.456, 0.406) and std (0.229, 0.224, 0.225) of the channels"
        )
    if survey.is_float and not survey.whole and survey.high >= DIM and WHOLE.nearly_holds(survey.low, survey.high):
        return "; round them: x.round().clip(0, 255)"
    return ": bring them to one"


def refuse_dim(known: Range, survey: Survey, name: str) -> None:
    """BadData for whole numbers that stay far below 255 and are no bytes: a scale of their own, as 0..16."""
    if known in (WHOLE, BYTES) and survey.dtype not in (np.uint8, np.uint16) and 1 < survey.high < DIM:
        raise BadData(
            f"{name}: pixel values are whole numbers up to {survey.high:.6g}, too dark for 0..255; divide by their "
            "largest possible value, or save them as uint8 if they are that dark"
        )


def candidates(survey: Survey) -> Iterable[Range]:
    """The ranges that values of this kind may have, the narrowest first."""
    if survey.is_float:
        return (UNIT, SIGNED, WHOLE) if survey.whole else (UNIT, SIGNED)
    if survey.high == 1:
        return (UNIT,)  # two nearly black levels and nothing else are less likely than black and white
    return (BYTES, DEEP) if survey.dtype == np.uint16 else (BYTES,)
