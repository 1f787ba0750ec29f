"""Samples that are one point, or a few, over and over."""

from __future__ import annotations

import torch
from scipy.special import betaincinv, gammaincinv
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.numerics.distances import distances
from gancheck.numerics.features import FeatureSet
from gancheck.numerics.fingerprints import coincidence_with_error, row_fingerprints
from gancheck.numerics.neighbours import k_nearest
from gancheck.scoring.checks import memorised
from gancheck.scoring.evidence import Evidence, percent
from gancheck.scoring.scores import Finding
from gancheck.statistics.estimate import of_rate
from gancheck.statistics.intervals import Bounded, newcombe, z_score
from gancheck.system.counts import say_count

MOST = 2_000  #: samples whose pairs are looked at
USUAL = 1_000  #: the same for the usual distance
SAME = 0.1  #: of the usual distance inside a mode: nearer, two samples count as one point
FEW = 20  #: different points, up to which samples are called collapsed
RICHER = 10  #: real data's own rate of pairs that count as one, times so much, is not collapse either
ENOUGH = 20  #: samples, from which on the intervals hold; below, pairs that share no sample are counted
AGAIN = 0.2  #: share of samples that repeat others, beyond real data's, that counts as collapse
TRIFLE = 1e-3  #: of the usual distance inside a mode
AROUND, CLOSE = 20, 2e-3  #: neighbours, and the share of the last one's distance that is a trifle too
INNER, CLUSTERS = 0.1, 5  #: share of its mode that is near a sample, and how many times as far the mode may reach
SURELY = 0.5  #: a rate of such pairs that is collapse whatever real data does


def check_collapsed(evidence: Evidence) -> Finding:
    """Samples are collapsed when two of them are the same point so often that at most 20 different ones explain it, or
    when a fifth of them repeat others, beyond what real data does, or where real data repeats itself, when they have
    surely less than a tenth of its different rows; repeats that are copies of a small training set are `memorised`
    instead.

    The rate is a U-statistic over pairs; its error is the jackknife's, and below 20 samples the lower end is exact, of
    pairs that share no sample. Two samples are the same point when they are
    nearer than a tenth of the median distance between two real samples of one mode. A sample repeats another when it is
    within a thousandth of the usual distance among its own kind, and much nearer than its twentieth neighbour, so that
    neither narrow modes nor samples on a line are repeats.
    """
    points, copies = few_points(evidence), memorised.check_memorised(evidence)
    if points.found or (copies is not None and copies.found):
        return points
    again = check_repeats(evidence)
    return again if again.found else points


def few_points(evidence: Evidence) -> Finding:
    """Whether at most 20 different points explain how often two samples are the same."""
    near = SAME * evidence.real.cached(usual)
    rate, error = collisions(evidence.view.samples.head(MOST), near)
    real, wide = collisions(evidence.real.samples.head(MOST), near)
    z = z_score(evidence.level)
    upper = min(1.0, real + z * wide)
    least = max(1 / FEW, min(SURELY, RICHER * real), 1 - (1 - upper) / 2 if upper > SURELY else 0.0)
    many = float(len(evidence.view.samples))
    low, high = max(rate - z * error, 0.0), min(rate + z * error, 1.0)
    low = low if many >= ENOUGH else least_rate(evidence.view.samples, near, evidence.level)
    different = [min(many, 1 / r) if r > 0 else many for r in (rate, high, low)]
    found = low > least
    return Finding(
        kind="collapsed",
        found=found,
        text=(
            f"the samples are as good as {say_count(round(different[0]), 'point')}"
            if found
            else "the samples are not a few points"
        ),
        test="rate of pairs nearer than a tenth of the usual distance inside a mode",
        p=None,
        effect="effective number of different samples",
        value=different[0],
        low=different[1],
        high=different[2],
        margin=1 / least,
    )


def check_repeats(evidence: Evidence) -> Finding:
    """Whether many samples are there again: bit for bit among all of them, or but for a trifle among a few."""
    exact = exact_repeats(evidence)
    others = (check(evidence) for check in (near_repeats, fewer_rows))
    return exact if exact.found else next((other for other in others if other.found), exact)


def near_repeats(evidence: Evidence) -> Finding:
    """Among at most 2,000 samples and as many real ones."""
    n = min(len(evidence.view.samples), len(evidence.real.samples), MOST)
    if n < 2:
        return finding_of_repeats(Bounded(0.0, 0.0, 1.0), Bounded(0.0, 0.0, 1.0), n, "{} of as many real ones")
    fake, real = (again(view, n, evidence.level) for view in (evidence.view, evidence.real))
    return finding_of_repeats(fake, real, n, "{} of as many real ones")


def exact_repeats(evidence: Evidence) -> Finding:
    """Among samples and as many real ones, or what fewer real ones let expect of as many.

    In n samples of which any two are equal with chance p, at most a share (n - 1) p has a twin; real pairs that are
    equal give p an upper bound. No more samples are looked at than leave that share, were no real pair equal, at half
    of what counts as collapse.
    """
    real = real_prints(evidence)
    vouched = AGAIN / 4 * len(real) * (len(real) - 1) / float(gammaincinv(1, 1 - evidence.level))
    n = min(len(evidence.view.samples), max(len(real), int(vouched)))
    fake = twins(evidence.view.samples.cached(row_fingerprints)[:n], evidence.level)
    if len(real) >= n:
        return finding_of_repeats(fake, twins(real[:n], evidence.level), n, "{} of as many real ones")
    counts = torch.unique(real, return_counts=True)[1].double()
    pairs, equal = len(real) * (len(real) - 1) / 2, float((counts * (counts - 1) / 2).sum())
    expected = min(1.0, (n - 1) * equal / pairs)
    most = min(1.0, (n - 1) * float(gammaincinv(equal + 1, 1 - evidence.level)) / pairs)
    return finding_of_repeats(fake, Bounded(expected, 0.0, most), n, "{} expected of real ones")


def fewer_rows(evidence: Evidence) -> Finding:
    """Whether equal pairs are surely ten times as frequent as in real data, which repeats itself as well."""
    z, prints = z_score(evidence.level), (evidence.view.samples.cached(row_fingerprints), real_prints(evidence))
    (rate, error), (real, wide) = map(coincidence_with_error, prints)
    least = RICHER * (real + z * wide)
    value, low, high = (1 / max(r, 1 / len(prints[0])) for r in (rate, rate + z * error, max(rate - z * error, 0.0)))
    known = f", real data as {1 / real:.0f}" if real > 0 else ""
    return Finding(
        kind="collapsed",
        found=real > 0 and rate - z * error > least and twins(prints[0], evidence.level).low > AGAIN,
        text=f"the samples repeat each other as {value:.0f} different row{'s' if value >= 1.5 else ''} would{known}",
        test="rates of equal pairs, each with the jackknife's error",
        p=None,
        effect="effective number of different rows",
        value=value,
        low=low,
        high=high,
        margin=1 / max(least, 1 / len(prints[0])),
    )


def real_prints(evidence: Evidence) -> Tensor:
    """(m,) fingerprints of all real rows, held out or not."""
    return torch.cat([part.cached(row_fingerprints) for part in (evidence.real.samples, evidence.real.real_samples)])


def twins(prints: Tensor, level: float) -> Bounded:
    """Share of samples whose fingerprint is there again, and its Wilson interval, counted by pairs."""
    _, which, counts = torch.unique(prints, return_inverse=True, return_counts=True)
    return of_rate((counts[which] > 1).double().mean(), max(len(prints) / 2, 1.0), level).bounded


def finding_of_repeats(fake: Bounded, real: Bounded, n: int, among: str) -> Finding:
    """The difference between the shares of repeats."""
    value, low, high = newcombe(fake, real)
    return Finding(
        kind="collapsed",
        found=low > AGAIN and n >= ENOUGH,
        text=f"{percent(fake.mean)} of {n:,} samples repeat others, {among.format(percent(real.mean))}",
        test="Newcombe interval of the difference between the shares of repeats",
        p=None,
        effect="share of samples that repeat others, beyond real data's",
        value=value,
        low=low,
        high=high,
        margin=AGAIN,
    )


def again(view: View, n: int, level: float) -> Bounded:
    """Share of n samples that are within a trifle of another, and its Wilson interval, counted by pairs.

    The trifle is one beside the usual distance, and beside the twentieth neighbour's: samples on a line are near.
    """
    distance = view.samples.head(n).cached(k_nearest, min(AROUND, n - 1)).distance
    nearest = distance[:, 0]
    near = (nearest <= TRIFLE * view.cached(usual)) & (nearest <= CLOSE * distance[:, -1])
    return of_rate(near.double().mean(), max(n / 2, 1.0), level).bounded


def usual(view: View) -> float:
    """Median distance between two samples of one mode; over all pairs where hardly any share a mode.

    A mode, such as a class, may be several clusters: no more than five times the distance within which a sample has a
    tenth of its mode.
    """
    features, label = view.samples.head(USUAL), view.modes.assignment.label[:USUAL]
    if len(features) < 2:
        return 0.0
    x = features.x.double()
    apart = distances(x, x, features.mean)
    shared = label if int(torch.bincount(label).max()) > 1 else torch.zeros_like(label)
    modes = [torch.nonzero(shared == k).flatten() for k in torch.unique(shared)]
    within = [apart[rows][:, rows] for rows in modes if len(rows) > 1]
    inner = torch.cat([nearest_tenth(part) for part in within])
    others = torch.cat([part[~torch.eye(len(part), dtype=torch.bool, device=x.device)] for part in within])
    return min(float(others.median()), CLUSTERS * float(inner[inner.isfinite()].median()))


def nearest_tenth(apart: Tensor) -> Tensor:
    """(m,) distance within which each of m samples has a tenth of the others, from those of all pairs (m, m)."""
    to_others = apart.clone().fill_diagonal_(torch.inf)
    return to_others.kthvalue(int(INNER * (len(apart) - 1)) + 1, dim=1).values


def collisions(features: FeatureSet, near: float) -> tuple[float, float]:
    """Rate of pairs that are at most `near` apart, and its standard error."""
    n = len(features)
    if n < 2:
        return 0.0, 1.0
    hits = [sum_near(features, x, near) for _, x in features.blocks()]
    each = (torch.cat(hits) - 1) / (n - 1)
    return float(each.mean()), float(2 * each.std() / n**0.5)


def least_rate(features: FeatureSet, near: float, level: float) -> float:
    """Exact lower end of the same rate: Clopper and Pearson's, of pairs that share no sample."""
    n = len(features) // 2
    if n == 0:
        return 0.0
    apart = torch.linalg.vector_norm((features.x[: 2 * n : 2] - features.x[1 : 2 * n : 2]).double(), dim=1)
    hits = int((apart <= near).sum())
    return float(betaincinv(hits, n - hits + 1, level)) if hits else 0.0


def sum_near(features: FeatureSet, x: Tensor, near: float) -> Tensor:
    """(b,) samples of the set at most `near` from each row, itself included."""
    return torch.stack([(distances(x, y, features.mean) <= near).double().sum(1) for _, y in features.blocks()]).sum(0)
