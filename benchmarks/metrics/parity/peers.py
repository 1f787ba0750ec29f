"""Which metric of ours is compared with what in other libraries, and what is to be said where they differ."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from torch import Tensor
from vendi_score.vendi import score_dual, score_X

from benchmarks.metrics.parity import exactly, libraries, reasons
from benchmarks.metrics.parity.hard import Pair
from gancheck.evaluation.view import View
from gancheck.metrics.c2st import c2st
from gancheck.metrics.duplicates import duplicates
from gancheck.metrics.frechet import fid
from gancheck.metrics.kid import kid
from gancheck.metrics.manifold import coverage, density, precision, recall
from gancheck.metrics.mmd import cmmd, mmd
from gancheck.metrics.pairwise import pairwise_distance
from gancheck.metrics.rke import rke
from gancheck.metrics.swd import swd
from gancheck.metrics.vendi import vendi, vendi_2
from gancheck.metrics.wasserstein import wasserstein
from gancheck.plugins import parameters

Measure = Callable[[Any], Any]


@dataclass(frozen=True)
class Peer:
    """Another library's way to compute a metric."""

    name: str
    value: Measure
    why: str  #: where it differs, and who is right
    exact: Measure | None = None  #: value of its own definition, where that is another one
    fits: Callable[[Any], bool] = lambda _: True  #: which inputs it takes


@dataclass(frozen=True)
class Contest:
    """A metric of ours and its peers."""

    metric: str
    ours: Measure
    exact: Measure  #: slow, and right to the last digits
    peers: tuple[Peer, ...]


def contest(metric: str, ours: Measure, exact: Measure, *peers: Peer) -> Contest:
    """One metric against several."""
    return Contest(metric, ours, exact, peers)


def on_pair(metric: Callable[[View], Any]) -> Measure:
    """Our metric on features."""
    return lambda pair: float(metric(View(*pair)))


def both(value: Callable[[Tensor, Tensor], Any]) -> Measure:
    """Of generated and real samples."""
    return lambda pair: value(*pair)


def alone(value: Callable[[Tensor], Any]) -> Measure:
    """Of generated samples."""
    return lambda pair: value(pair.fake)


def evenly(value: Measure) -> Measure:
    """Of as many samples on both sides: what some libraries ask for."""

    def of(pair: Pair) -> Any:
        n = min(map(len, pair))
        return value(Pair(pair.fake[:n], pair.real[:n]))

    return of


def inside(name: str, k: int, rule: exactly.Inside) -> Measure:
    """One of the four, with balls that hold their edge (`np.less_equal`) or not (`np.less`)."""
    return lambda pair: exactly.balls(pair.fake, pair.real, k, rule)[name]


def by_balls(metric: Callable[..., Any], k: int, *more: Peer) -> Contest:
    """Precision and its kin, with k neighbours."""
    name = metric.__name__
    strict = Peer("prdc", libraries.by_prdc(name, k), reasons.STRICT, exact=inside(name, k, np.less))
    of_view, label = partial(metric, k=k), label_of(metric, k)
    return contest(label, on_pair(of_view), inside(name, k, np.less_equal), strict, *more)


def label_of(metric: Callable[..., Any], k: int) -> str:
    """As columns show it, such as `precision(k=5)`."""
    usual = inspect.signature(metric).parameters["k"].default
    return parameters.label(metric.__name__, {} if k == usual else {"k": k})


def on_features() -> Iterator[Contest]:
    """What compares two sets of features."""
    yield contest(
        "fid",
        on_pair(fid),
        both(exactly.fid),
        Peer("torch-fidelity", libraries.fid_by_fidelity, reasons.FID_FIDELITY),
        Peer("torchmetrics", libraries.fid_by_torchmetrics, reasons.FID_TORCHMETRICS),
        Peer("scipy sqrtm", libraries.fid_by_scipy, reasons.FID_SCIPY),
    )
    yield contest(
        "kid",
        evenly(on_pair(kid)),
        evenly(both(exactly.kid)),
        Peer("torch-fidelity, one subset", evenly(libraries.kid_by_fidelity), reasons.KID_WHOLE),
        Peer(
            "torch-fidelity, 100 subsets",
            evenly(libraries.kid_by_subsets),
            reasons.KID_SUBSETS,
            exact=evenly(both(exactly.kid_of_subsets)),
        ),
        Peer("torchmetrics", evenly(libraries.kid_by_torchmetrics), reasons.KID_WHOLE),
        Peer("scikit-learn", evenly(libraries.kid_by_sklearn), reasons.KID_WHOLE),
    )
    yield contest(
        "mmd",
        evenly(on_pair(mmd)),
        evenly(both(exactly.mmd)),
        Peer("torch-fidelity", evenly(libraries.mmd_by_fidelity), reasons.MMD_FIDELITY),
        Peer("scikit-learn", evenly(libraries.mmd_by_sklearn), reasons.MMD_SKLEARN),
    )
    yield contest(
        "cmmd", on_pair(cmmd), both(exactly.cmmd), Peer("scikit-learn", libraries.cmmd_by_sklearn, reasons.CMMD_SKLEARN)
    )
    yield by_balls(precision, 3, Peer("torch-fidelity", libraries.by_fidelity("precision", 3), reasons.BALLS_FIDELITY))
    yield by_balls(recall, 3, Peer("torch-fidelity", libraries.by_fidelity("recall", 3), reasons.BALLS_FIDELITY))
    for metric in (precision, recall, density, coverage):
        yield by_balls(metric, 5)
    yield contest(
        "c2st",
        evenly(on_pair(c2st)),
        evenly(both(exactly.c2st)),
        Peer("scikit-learn", evenly(libraries.c2st_by_sklearn), reasons.TIES),
    )
    yield contest(
        "swd",
        on_pair(swd),
        both(exactly.swd),
        Peer("POT", libraries.swd_by_pot, reasons.SWD_POT),
        Peer(
            "scipy, order 1", libraries.swd_by_scipy, reasons.ORDER_ONE, exact=both(exactly.order_one), fits=on_a_line
        ),
    )
    yield contest(
        "wasserstein",
        evenly(on_pair(wasserstein)),
        evenly(both(exactly.wasserstein)),
        Peer("POT", evenly(libraries.wasserstein_by_pot), reasons.WASSERSTEIN_POT),
    )
    yield from of_samples()


def of_samples() -> Iterator[Contest]:
    """What looks at generated samples alone."""
    unique = Peer("numpy", libraries.duplicates_by_numpy, reasons.SAME)
    yield contest("duplicates", on_pair(duplicates), alone(exactly.duplicates), unique)
    yield contest(
        "vendi",
        on_pair(vendi),
        alone(exactly.vendi),
        Peer(
            "vendi-score, score_X",
            libraries.vendi_of(score_X, 1),
            reasons.VENDI,
            exact=alone(exactly.vendi_without_zeros),
        ),
        Peer(
            "vendi-score, score_dual",
            libraries.vendi_of(score_dual, 1),
            reasons.VENDI,
            exact=alone(exactly.vendi_without_zeros),
        ),
    )
    yield contest(
        "vendi-2",
        on_pair(vendi_2),
        alone(exactly.vendi_2),
        Peer(
            "vendi-score, score_X",
            libraries.vendi_of(score_X, 2),
            reasons.VENDI_ORDER,
            exact=alone(exactly.vendi_without_zeros),
        ),
        Peer(
            "vendi-score, score_dual",
            libraries.vendi_of(score_dual, 2),
            reasons.VENDI_SECOND,
            exact=alone(exactly.vendi_2_without_zeros),
        ),
        Peer(
            "vendi-score, score_K",
            libraries.vendi_of_cosines,
            reasons.VENDI_SECOND,
            exact=alone(exactly.vendi_2_without_zeros),
        ),
    )
    yield contest(
        "rke",
        on_pair(rke),
        both(exactly.rke),
        Peer("vendi-score of scikit-learn's kernel", libraries.rke_by_vendi, reasons.RKE),
    )
    yield contest(
        "pairwise-distance",
        on_pair(pairwise_distance),
        alone(exactly.pairwise_distance),
        Peer("scipy", libraries.apart_by_scipy, reasons.APART_SCIPY),
        Peer("scikit-learn", libraries.apart_by_sklearn, reasons.APART),
        Peer("torchmetrics", libraries.apart_by_torchmetrics, reasons.APART),
    )


def on_a_line(pair: Pair) -> bool:
    """One feature."""
    return pair.fake.shape[1] == 1
