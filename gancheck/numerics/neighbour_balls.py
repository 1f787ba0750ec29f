"""Who lies in whose nearest-neighbour ball: one pass over the distances between two sets, for several metrics.

Ties count as inside (d <= r, radii widened by one part in 1e9 so that rounding cannot undo it): a sample is inside a
ball of radius 0 around its exact copy, and an exact copy of the data has coverage 1 even where the data repeats itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor

from gancheck.errors import BadData
from gancheck.numerics.distance_bounds import DistanceBounds, can_bound, scale_of
from gancheck.numerics.distances import DIRECT, distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.neighbour_trees import pairs_in_balls, tree_serves
from gancheck.numerics.neighbours import TIE, few_at_once, radii, row_distances

FEW = 64  #: up to one pair in so many is worth a look of its own; with more, the whole block is done in float64


class PairDistances(NamedTuple):
    """Pairs of a generated and a real sample that may lie in each other's ball."""

    fake: Tensor  #: (p,) int64 row of the generated sample
    real: Tensor  #: (p,) int64 row of the real one
    distance: Tensor  #: (p,) float64

    def some(self, which: Tensor) -> PairDistances:
        """Those of them, (p,) bool."""
        return PairDistances(*(part[which] for part in self))


@dataclass(frozen=True)
class BallMembership:
    """Membership in k-nearest-neighbour balls of n generated and m real samples."""

    inside: Tensor  #: (n,) int64, number of real balls that hold each generated sample
    clipped: Tensor  #: (n,) int64, the same with real balls no larger than the median one
    reached: Tensor  #: (m,) bool, real samples that lie in some generated sample's ball
    held: Tensor  #: (m,) int64, number of generated samples in each real sample's ball


class BallCounts:
    """Balls of one k, counted pair by pair."""

    def __init__(self, fake_radii: Tensor, real_radii: Tensor) -> None:
        self.fake, self.real = fake_radii * TIE, real_radii * TIE
        self.cap = clip(real_radii) * TIE
        self.inside, self.clipped, self.held, self.reached = (
            torch.zeros(len(rows), dtype=torch.int64, device=rows.device)
            for rows in (fake_radii, fake_radii, real_radii, real_radii)
        )

    def add(self, near: PairDistances) -> None:
        """Count the pairs that are near enough."""
        within = near.distance <= self.real[near.real]
        count(self.inside, near.fake[within])
        count(self.held, near.real[within])
        count(self.clipped, near.fake[near.distance <= self.cap[near.real]])
        count(self.reached, near.real[near.distance <= self.fake[near.fake]])

    def limits(self, fake: Tensor, real: Tensor) -> tuple[Tensor, ...]:
        """(p,) distances at which a pair changes sides."""
        return self.fake[fake], self.real[real], self.cap[real]

    def membership(self) -> BallMembership:
        """What was counted."""
        return BallMembership(self.inside, self.clipped, self.reached > 0, self.held)


def count(total: Tensor, rows: Tensor) -> None:
    """Add 1 to each of these rows."""
    total += torch.bincount(rows, minlength=len(total))


def clip(radius: Tensor) -> Tensor:
    """Radii no larger than the median one."""
    return radius.minimum(radius.quantile(0.5))


def ball_membership(samples: FeatureSet, reference: FeatureSet, ks: tuple[int, ...]) -> dict[int, BallMembership]:
    """Membership for every k in `ks`, from one pass over the distances between the two sets.

    BadData where a set has no k neighbours, or where the reference is one point over and over.
    """
    depth = max(ks)
    require_enough(samples, reference, depth)
    fake_radii, real_radii = samples.cached(radii, depth), reference.cached(radii, depth)
    tallies = {k: BallCounts(fake_radii[:, k - 1], real_radii[:, k - 1]) for k in ks}
    for near in pairs(samples, reference, [tallies[k] for k in sorted(ks)]):
        for tally in tallies.values():
            tally.add(near)
    return {k: tally.membership() for k, tally in tallies.items()}


def pairs(samples: FeatureSet, reference: FeatureSet, tallies: list[BallCounts]) -> Iterator[PairDistances]:
    """Every pair that the last tally, whose balls are the largest, has to know of; block by block."""
    bounded = bool(tallies[-1].fake.isfinite().all() & tallies[-1].real.isfinite().all())
    if bounded and tree_serves(samples) and tree_serves(reference):
        return pairs_by_trees(samples, reference, tallies[-1])
    wide = samples.dimension > DIRECT and can_bound(samples)
    return (pairs_by_bounds if wide else direct)(samples, reference, tallies)


def pairs_by_trees(samples: FeatureSet, reference: FeatureSet, widest: BallCounts) -> Iterator[PairDistances]:
    """The pairs within a generated sample's ball, and then those within a real one's alone."""
    for i, j in pairs_in_balls(samples, widest.fake, reference):
        near = PairDistances(i, j, row_distances(samples.x[i], reference.x[j]))
        yield near.some(near.distance <= widest.fake[i])
    for j, i in pairs_in_balls(reference, widest.real, samples):
        near = PairDistances(i, j, row_distances(samples.x[i], reference.x[j]))
        yield near.some((near.distance <= widest.real[j]) & (near.distance > widest.fake[i]))


def direct(samples: FeatureSet, reference: FeatureSet, tallies: list[BallCounts]) -> Iterator[PairDistances]:
    """The pairs by all distances in float64."""
    for here, x in samples.blocks():
        for there, y in reference.blocks():
            yield among(distances(x, y, reference.mean), here, there, tallies[-1])


def among(block: Tensor, here: slice, there: slice, widest: BallCounts) -> PairDistances:
    """The near pairs of a block of distances."""
    i, j = within(block, widest.fake[here], widest.real[there]).nonzero(as_tuple=True)
    return PairDistances(i + here.start, j + there.start, block[i, j])


def within(block: Tensor, fake: Tensor, real: Tensor) -> Tensor:
    """(a, b) bool: no farther than either radius."""
    return (block <= real).logical_or_(block <= fake[:, None])


def pairs_by_bounds(samples: FeatureSet, reference: FeatureSet, tallies: list[BallCounts]) -> Iterator[PairDistances]:
    """The pairs that lower bounds cannot rule out; those that the bounds cannot decide are measured in float64."""
    centre, widest = reference.mean, tallies[-1]
    scale = scale_of(centre, samples, reference)
    fake, real = (DistanceBounds(features, centre, scale) for features in (samples, reference))
    fake_reach, real_reach = fake.squared_upper_bound(widest.fake), real.squared_upper_bound(widest.real)
    for here in fake.blocks():
        for there in real.blocks():
            low = fake.lower_bounds(here, real, there)
            i, j = within(low, fake_reach[here], real_reach[there]).nonzero(as_tuple=True)
            near, doubtful = bound_block(fake, real, low[i, j], i + here.start, j + there.start, tallies)
            if FEW * len(doubtful) > low.numel():
                block = distances(samples.x[here].double(), reference.x[there].double(), centre)
                yield among(block, here, there, widest)
            else:
                yield measure_pairs(samples, reference, near, doubtful)


def bound_block(
    fake: DistanceBounds, real: DistanceBounds, low: Tensor, i: Tensor, j: Tensor, tallies: list[BallCounts]
) -> tuple[PairDistances, Tensor]:
    """Pairs with some distance within their bounds, and which of them have a ball's edge between the bounds."""
    middle, reach = fake.interval(low, i, real, j)
    doubtful = torch.zeros(len(i), dtype=torch.bool, device=i.device)
    for tally in tallies:
        for limit in tally.limits(i, j):
            doubtful |= ((limit / fake.scale).square() - middle).abs() <= reach
    return PairDistances(i, j, middle.clamp_min(0).sqrt() * fake.scale), doubtful.nonzero()[:, 0]


def measure_pairs(samples: FeatureSet, reference: FeatureSet, near: PairDistances, rows: Tensor) -> PairDistances:
    """The same pairs, some of them with their distances in float64."""
    for some in torch.split(rows, few_at_once(samples)):
        near.distance[some] = row_distances(samples.x[near.fake[some]], reference.x[near.real[some]])
    return near


def require_enough(samples: FeatureSet, reference: FeatureSet, k: int) -> None:
    """Both sets need k neighbours for every sample, and the reference two different points."""
    fewest = min(len(samples), len(reference))
    if k < 1 or fewest <= k:
        raise BadData(f"{k} neighbours need at least {max(k, 1) + 1} samples on both sides, got {fewest}: draw more")
    if bool((reference.x == reference.x[0]).all()):
        raise BadData("all reference samples are the same, so neighbourhoods have no size: give other real samples")
