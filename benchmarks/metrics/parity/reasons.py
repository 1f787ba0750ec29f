"""What is to be said where another library's value differs from ours. The numbers beside it are measured."""

from __future__ import annotations

FID_FIDELITY = (
    "It takes the means of float32 features in float32, so an offset costs digits; one feature alone is an "
    "AssertionError, as numpy's covariance of one column is no matrix."
)
FID_TORCHMETRICS = (
    "It makes covariances from raw sums of products, in float64: digits go with the square of an offset. Its value is "
    "rounded to the features' type."
)
FID_SCIPY = "As the first implementations have it, with numpy's mean of float32 features, in float32."
KID_WHOLE = (
    "It computes float32 features' kernels in float32, which overflows too. In either type, kernel values that are all "
    "near 1 (tiny features) or near the sixth power of an offset cancel."
)
KID_SUBSETS = "Other definition: random subsets, which add noise to the same expectation. Else as above."
MMD_FIDELITY = (
    "It has x.x + y.y - 2 x.y in the features' type and lets it be negative: in float32 an offset makes the kernel "
    "overflow."
)
MMD_SKLEARN = (
    "Its kernel matrices are float32 for float32 features, and their means cancel; x.x + y.y - 2 x.y cancels under an "
    "offset."
)
CMMD_SKLEARN = (
    "Kernel values are all near 1 and cancel: in float32 few digits are left, in float64 few where an offset makes all "
    "directions alike."
)
STRICT = (
    "Other definition: `<`, which leaves ties outside, where Kynkaanniemi et al. write `<=` and ours follows them. Its "
    "distances come from x.x + y.y - 2 x.y, which an offset blurs."
)
BALLS_FIDELITY = (
    "The same rule, but distances from x.x + y.y - 2 x.y in the features' type: in float32 an offset puts points into "
    "balls that they are far from."
)
TIES = (
    "Where more than 5 are equally near, it takes some of them by their order in memory, which is no definition; in "
    "ours those among the 5 nearest of either side vote together."
)
SWD_POT = "It projects in the features' type, without centring: float32 and an offset cost digits."
ORDER_ONE = "Other definition: order 1 (mean distance), ours has order 2 (root mean square); one feature only."
WASSERSTEIN_POT = "Its costs are x.x + y.y - 2 x.y in the features' type: an offset in float32 leaves nothing of them."
VENDI = (
    "It finds float32 features' eigenvalues in float32. Other definition for rows of zeros: they have no similarity to "
    "themselves, so that eigenvalues sum to less than 1; ours counts them as copies of each other."
)
VENDI_ORDER = (
    "Its bug: `score_X` does not hand on q, so order 1 comes back for any order (*peer off* is the distance from exact "
    "order 1)."
)
VENDI_SECOND = (
    "The same, but for rows of zeros, which have no similarity to themselves in it; ours counts them as copies."
)
RKE = "The kernel's x.x + y.y - 2 x.y cancels under an offset."
APART_SCIPY = "The same; it sums squared differences in float64."
APART = "It has x.x + y.y - 2 x.y, in float64 for float32 too, which cancels under an offset."
SCORE = "The same where every class has some probability; a class that underflows to 0 for all is 0 x infinity: NaN."
SPLITS = (
    "Other definition: mean over ten parts, each of which sees a tenth of the variety. A class that underflows: NaN."
)
SCORE_SCIPY = "The same."
LIKENESS = (
    "Other definition: it averages the coarsest similarity over mirrored edges too (but crops contrast), where Wang, "
    "Simoncelli & Bovik keep the window inside; it averages channels before the exponents. In float32 variances cancel."
)
ROUNDING = (
    "Both to 1e-16 of a nat: shares rounded to float64 do not sum to 1 exactly, and a divergence of 1e-11 feels that."
)
SAME = "The same."
G_TEST = "Other definition: no Williams correction, which matters where modes expect few samples."
