"""The number that other people report: `gc.score` against other libraries on the same arrays and the same images.

python -m benchmarks.metrics.parity.door        # writes benchmarks/metrics/parity_score.json and .md
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from benchmarks.machine import machine
from benchmarks.metrics.parity.compare import apart
from benchmarks.metrics.parity.hard import Pair
from benchmarks.metrics.parity.libraries import by_fidelity, by_prdc, fid_by_fidelity, fid_by_torchmetrics
from benchmarks.usage import refuse_arguments
from gancheck.api.score import score
from gancheck.system.files import write_text
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()

import torch_fidelity  # noqa: E402
from torch_fidelity import feature_extractor_inceptionv3, metric_kid  # noqa: E402
from vendi_score.vendi import score_dual, score_X  # noqa: E402

HERE = Path(__file__).parent.parent
CLOSE = 1e-4  #: relative
LIBRARIES = ("torch-fidelity", "torchmetrics", "prdc", "vendi-score")
SEED = 40_000
IMAGES = 120  #: on each side
KID = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "kid_kernel_poly_coef0": 1}

Array = NDArray[Any]
Row = dict[str, Any]
Peer = tuple[str, str, Callable[[Pair], Any]]  #: our name, what computes it, and how


def kid_of_everything(pair: Pair) -> float:
    """One subset of as many as the smaller side has."""
    settings = {"kid_subsets": 1, "kid_subset_size": len(pair.fake), "rng_seed": 0, "verbose": False, **KID}
    return float(metric_kid.kid_features_to_metric(*pair, **settings)[metric_kid.KEY_METRIC_KID_MEAN])


def vendi(pair: Pair) -> float:
    """Of directions, by whichever matrix is smaller."""
    x = pair.fake.double().numpy()
    x = x / np.linalg.norm(x, axis=1, keepdims=True)
    return float(score_dual(x, normalize=False) if len(x) > x.shape[1] else score_X(x))


PEERS: tuple[Peer, ...] = (
    ("fid", "torch-fidelity", fid_by_fidelity),
    ("fid", "torchmetrics", fid_by_torchmetrics),
    ("kid", "torch-fidelity, one subset of everything", kid_of_everything),
    ("precision", "torch-fidelity, k = 3", by_fidelity("precision", 3)),
    ("recall", "torch-fidelity, k = 3", by_fidelity("recall", 3)),
    *((f"{name}(k=5)", "prdc, k = 5", by_prdc(name, 5)) for name in ("precision", "recall")),
    *((name, "prdc, k = 5", by_prdc(name, 5)) for name in ("density", "coverage")),
    ("vendi", "vendi-score, cosines", vendi),
)


def arrays() -> Iterator[tuple[str, Pair]]:
    """Generated and real features."""
    r = np.random.default_rng(SEED)
    for text, n, m, d in (
        ("points in the plane, 4,000 against 4,000", 4_000, 4_000, 2),
        ("64 features, 3,000 against 3,000", 3_000, 3_000, 64),
        ("2,048 features, 1,500 against 1,500", 1_500, 1_500, 2_048),
        ("16 features, 2,500 against 1,700", 2_500, 1_700, 16),
    ):
        made = (0.9 * r.normal(size=(n, d)) + 0.1, r.normal(size=(m, d)))
        yield text, Pair(*(torch.from_numpy(x.astype(np.float32)) for x in made))


def on_arrays(text: str, pair: Pair) -> Iterator[Row]:
    """Every peer that takes these sizes."""
    found = score(pair.fake.numpy(), reference=pair.real.numpy(), metrics=dict.fromkeys(name for name, _, _ in PEERS))
    for name, peer, value in PEERS:
        if name != "kid" or len(pair.fake) == len(pair.real):
            yield row(text, name, peer, found.values[name], value(pair), found.floor[name])


def row(text: str, name: str, peer: str, ours: Any, theirs: Any, floor: Any) -> Row:
    """One comparison."""
    print(f"{text}: {name}, {peer}", file=sys.stderr, flush=True)
    return {"input": text, "metric": name, "peer": peer, "ours": ours, "theirs": float(theirs), "real data": floor}


def random_inception(path: Path) -> None:
    """Weights of torch-fidelity's Inception, drawn at random: the same on every machine, and nothing is downloaded."""
    torch.manual_seed(SEED)
    kept = feature_extractor_inceptionv3.load_state_dict_from_url
    load = feature_extractor_inceptionv3.FeatureExtractorInceptionV3.load_state_dict
    feature_extractor_inceptionv3.load_state_dict_from_url = lambda *_, **__: {}
    feature_extractor_inceptionv3.FeatureExtractorInceptionV3.load_state_dict = lambda *_: None
    try:
        network = feature_extractor_inceptionv3.FeatureExtractorInceptionV3("inception-v3-compat", ["2048"])
    finally:
        feature_extractor_inceptionv3.load_state_dict_from_url = kept
        feature_extractor_inceptionv3.FeatureExtractorInceptionV3.load_state_dict = load
    for part in network.modules():
        if isinstance(part, nn.Conv2d):
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
    torch.save(network.state_dict(), path)


class Bytes(torch.utils.data.Dataset[Tensor]):
    """Images as torch-fidelity takes them."""

    def __init__(self, images: Array) -> None:
        self.images = torch.from_numpy(images).permute(0, 3, 1, 2)

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> Tensor:
        return self.images[index]


def photographs(source: np.random.Generator, tint: float) -> Array:
    """(n, 32, 32, 3) uint8, smooth stains on a tint."""
    coarse = torch.from_numpy(source.normal(size=(IMAGES, 3, 6, 6)))
    smooth = nn.functional.interpolate(coarse, 32, mode="bicubic").permute(0, 2, 3, 1).numpy()
    return np.clip(127 + 60 * smooth + tint, 0, 255).astype(np.uint8)


def on_images() -> Iterator[Row]:
    """Images through Inception on both sides."""
    source, text = np.random.default_rng(SEED), f"{IMAGES} images against {IMAGES}, Inception with random weights"
    made, real = photographs(source, 10.0), photographs(source, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        weights = Path(folder) / "inception.pth"
        random_inception(weights)
        theirs = torch_fidelity.calculate_metrics(
            input1=Bytes(made), input2=Bytes(real), cuda=False, fid=True, kid=True, isc=True, prc=True, verbose=False,
            feature_extractor="inception-v3-compat", feature_extractor_weights_path=str(weights), isc_splits=1,
            feature_layer_prc="2048", kid_subsets=1, kid_subset_size=IMAGES, save_cpu_ram=True, cache=False,
        )  # fmt: skip
        names = ["fid", "kid", "inception-score", "precision", "recall"]
        found = score(made, reference=real, features="inception", weights=weights, metrics=names)
    keys = dict(zip(names, (FID, KID_MEAN, ISC, "precision", "recall"), strict=True))
    for name, key in keys.items():
        yield row(text, name, "torch-fidelity", found.values[name], theirs[key], found.floor[name])


FID, KID_MEAN = "frechet_inception_distance", "kernel_inception_distance_mean"
ISC = "inception_score_mean"


def page(found: dict[str, Any]) -> str:
    """The table."""
    versions = ", ".join(f"{name} {version}" for name, version in found["peers"].items())
    worst = max(apart(r["ours"], r["theirs"]) for r in found["rows"])
    lines = [
        f"| {r['input']} | `{r['metric']}` | {r['peer']} | {r['ours']:.6g} | {r['theirs']:.6g} | "
        f"{apart(r['ours'], r['theirs']):.0e} | {shown(r['real data'])} |"
        for r in found["rows"]
    ]
    return "\n".join(
        [
            "# The number that other people report",
            "",
            "`gancheck.score(samples, reference=real).values[...]` beside other libraries, which got the same arrays "
            "and images. *Apart* is the difference over the larger; *real data* is the same metric of real data "
            "against real data, extrapolated to the sizes of the samples and the reference.",
            "",
            f"Largest difference: {worst:.0e}. Made by `{found['command']}` with {versions}, torch {found['torch']}, "
            f"numpy {found['numpy']}.",
            "",
            "| input | metric | peer | gancheck | peer's value | apart | real data |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *lines,
            "",
        ]
    )


def shown(value: float | None) -> str:
    """Three digits."""
    return "-" if value is None else f"{value:.3g}"


def main() -> None:
    """Compare, and write what was found."""
    warnings.simplefilter("ignore")  # of the peers
    rows = [*(found for text, pair in arrays() for found in on_arrays(text, pair)), *on_images()]
    found: dict[str, Any] = {
        "command": "python -m benchmarks.metrics.parity.door",
        **machine(),
        "peers": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "rows": rows,
    }
    write_text(HERE / "parity_score.json", json.dumps(found, indent=1) + "\n")
    write_text(HERE / "parity_score.md", page(found))


if __name__ == "__main__":
    refuse_arguments(__doc__)
    main()
