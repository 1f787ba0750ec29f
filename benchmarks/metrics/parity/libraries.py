"""The same metrics of features as other libraries compute them, called the way their own code calls them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from torch import nn

from benchmarks.metrics.parity.hard import Pair
from gancheck.evaluation.view import View
from gancheck.metrics.swd import directions
from gancheck.numerics.kernels import typical_distance
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()

import ot  # noqa: E402
import prdc  # noqa: E402
from scipy.linalg import sqrtm  # noqa: E402
from scipy.spatial.distance import pdist  # noqa: E402
from scipy.stats import wasserstein_distance  # noqa: E402
from sklearn.metrics.pairwise import euclidean_distances, polynomial_kernel, rbf_kernel  # noqa: E402
from sklearn.neighbors import NearestNeighbors  # noqa: E402
from sklearn.preprocessing import normalize  # noqa: E402
from torch_fidelity import metric_fid, metric_kid, metric_prc  # noqa: E402
from torchmetrics.functional.pairwise import pairwise_euclidean_distance  # noqa: E402
from torchmetrics.image.fid import FrechetInceptionDistance  # noqa: E402
from torchmetrics.image.kid import poly_mmd  # noqa: E402
from vendi_score.vendi import score_K  # noqa: E402

Number = Any


def arrays(pair: Pair) -> tuple[Any, Any]:
    """Both sides, of their own type."""
    return pair.fake.numpy(), pair.real.numpy()


def fid_by_fidelity(pair: Pair) -> Number:
    """Eigenvalues of the product of the covariances."""
    statistics = [metric_fid.fid_features_to_statistics(x) for x in pair]
    return metric_fid.fid_statistics_to_metric(*statistics, verbose=False)[metric_fid.KEY_METRIC_FID]


class Features(nn.Identity):
    """Hands features through."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.num_features = number


def fid_by_torchmetrics(pair: Pair) -> Number:
    """Sums of products, as for images."""
    metric = FrechetInceptionDistance(feature=Features(pair.fake.shape[1]))
    metric.update(pair.fake, real=False)
    metric.update(pair.real, real=True)
    return float(metric.compute())


def fid_by_scipy(pair: Pair) -> Number:
    """The real part of a matrix root, as the first implementations have it."""
    x, y = arrays(pair)
    first, second = (np.atleast_2d(np.cov(z, rowvar=False)) for z in (x, y))
    apart = ((x.mean(0) - y.mean(0)) ** 2).sum()
    return apart + first.trace() + second.trace() - 2 * np.real(np.trace(sqrtm(first @ second)))


KID = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "kid_kernel_poly_coef0": 1}


def kid_by_fidelity(pair: Pair) -> Number:
    """One subset that is everything."""
    n = len(pair.fake)
    settings = {"kid_subsets": 1, "kid_subset_size": n, "rng_seed": 0, "verbose": False, **KID}
    return metric_kid.kid_features_to_metric(*pair, **settings)[metric_kid.KEY_METRIC_KID_MEAN]


def kid_by_subsets(pair: Pair) -> Number:
    """100 random subsets of half the samples."""
    n = len(pair.fake) // 2
    settings = {"kid_subsets": 100, "kid_subset_size": n, "rng_seed": 0, "verbose": False, **KID}
    return metric_kid.kid_features_to_metric(*pair, **settings)[metric_kid.KEY_METRIC_KID_MEAN]


def kid_by_torchmetrics(pair: Pair) -> Number:
    """All samples of both sides."""
    return float(poly_mmd(pair.real, pair.fake))


def kid_by_sklearn(pair: Pair) -> Number:
    """Its kernel with its own defaults, degree 3, 1 / d and 1."""
    return unbiased(polynomial_kernel, *arrays(pair))


def unbiased(kernel: Callable[[Any, Any], Any], x: Any, y: Any) -> Number:
    """Squared discrepancy from three whole matrices."""
    own = [(k.sum() - np.trace(k)) / (len(k) * (len(k) - 1)) for k in (kernel(x, x), kernel(y, y))]
    return own[0] + own[1] - 2 * kernel(x, y).mean()


def widths(pair: Pair) -> list[float]:
    """Bandwidths of our five kernels."""
    middle = typical_distance(View(*pair).real_samples, 0.5)
    return [middle * factor for factor in (0.25, 0.5, 1, 2, 4)]


def mmd_by_fidelity(pair: Pair) -> Number:
    """Mean over five of its Gaussian kernels."""
    each = [metric_kid.kernel_mmd(*arrays(pair), kid_kernel="rbf", kid_kernel_rbf_sigma=w) for w in widths(pair)]
    return np.mean(each)


def mmd_by_sklearn(pair: Pair) -> Number:
    """Mean over five Gaussian kernels."""
    kernels = [lambda a, b, w=w: rbf_kernel(a, b, gamma=1 / (2 * w * w)) for w in widths(pair)]
    return np.mean([unbiased(kernel, *arrays(pair)) for kernel in kernels])


def cmmd_by_sklearn(pair: Pair) -> Number:
    """Of normalised rows, biased."""
    x, y = (normalize(z) for z in arrays(pair))
    xx, yy, xy = (rbf_kernel(*z, gamma=1 / 200).mean() for z in ((x, x), (y, y), (x, y)))
    return 1000 * (xx + yy - 2 * xy)


def rke_by_vendi(pair: Pair) -> Number:
    """The Vendi score of order 2 with scikit-learn's Gaussian kernel."""
    width = typical_distance(View(*pair).real_samples, 0.05) / 2
    return score_K(rbf_kernel(pair.fake.numpy(), gamma=1 / (2 * width**2)), q=2)


def vendi_of(score: Callable[..., Number], q: int) -> Callable[[Pair], Number]:
    """Vendi scores of the generated samples."""
    return lambda pair: score(pair.fake.numpy(), q=q)


def vendi_of_cosines(pair: Pair) -> Number:
    """Order 2 of the matrix of cosines."""
    rows = normalize(pair.fake.numpy())
    return score_K(rows @ rows.T, q=2)


def by_prdc(name: str, k: int) -> Callable[[Pair], Number]:
    """One of its four."""
    return lambda pair: all_of_prdc(pair, k)[name]


@cache
def all_of_prdc(pair: Pair, k: int) -> dict[str, Number]:
    """Its four, without what it prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        return dict(prdc.compute_prdc(pair.real.numpy(), pair.fake.numpy(), k))


def by_fidelity(name: str, k: int) -> Callable[[Pair], Number]:
    """Precision or recall."""
    settings = {"prc_neighborhood": k, "prc_batch_size": 10_000, "save_cpu_ram": False, "verbose": False}
    return lambda pair: metric_prc.prc_features_to_metric(*pair, **settings)[name]


def c2st_by_sklearn(pair: Pair) -> Number:
    """Majority of each sample's 5 nearest others."""
    x, side = np.concatenate(arrays(pair)), np.repeat([0, 1], len(pair.fake))
    nearest = NearestNeighbors(n_neighbors=5).fit(x).kneighbors(return_distance=False)
    return ((side[nearest].mean(1) > 0.5) == side).mean()


def duplicates_by_numpy(pair: Pair) -> Number:
    """Rows that its `unique` counts more than once."""
    counts = np.unique(pair.fake.numpy(), axis=0, return_counts=True)[1]
    return counts[counts > 1].sum() / len(pair.fake)


def apart_by_sklearn(pair: Pair) -> Number:
    """Mean over different samples."""
    n = len(pair.fake)
    return euclidean_distances(pair.fake.numpy()).sum() / (n * (n - 1))


def apart_by_torchmetrics(pair: Pair) -> Number:
    """The same."""
    n = len(pair.fake)
    return pairwise_euclidean_distance(pair.fake, zero_diagonal=True).sum() / (n * (n - 1))


def apart_by_scipy(pair: Pair) -> Number:
    """Mean of its condensed matrix."""
    return pdist(pair.fake.numpy()).mean()


def wasserstein_by_pot(pair: Pair) -> Number:
    """Network simplex."""
    x, y = arrays(pair)
    return np.sqrt(ot.emd2([], [], ot.dist(x, y)))


def swd_by_pot(pair: Pair) -> Number:
    """Along our directions."""
    lines = directions(pair.fake.shape[1], pair.fake.device).numpy().astype(pair.fake.numpy().dtype)
    return ot.sliced_wasserstein_distance(*arrays(pair), projections=lines)


def swd_by_scipy(pair: Pair) -> Number:
    """On the line, of order 1."""
    return wasserstein_distance(*(x[:, 0] for x in arrays(pair)))
