"""A metric under its plain name is what other libraries report of the same arrays, with real data's value beside it."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import numpy as np
import prdc
import pytest
from vendi_score.vendi import score_X

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.system.torchvision_compat import torchvision_operators

torchvision_operators()

from torch_fidelity import metric_fid, metric_kid, metric_prc  # noqa: E402

KID = {"kid_kernel": "poly", "kid_kernel_poly_degree": 3, "kid_kernel_poly_gamma": None, "kid_kernel_poly_coef0": 1}


def arrays(n: int, m: int, d: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    r = np.random.default_rng(seed)
    return 0.9 * r.normal(size=(n, d)) + 0.1, r.normal(size=(m, d))


def by_fidelity_fid(x: np.ndarray, y: np.ndarray) -> float:
    statistics = (metric_fid.fid_features_to_statistics(torch_of(z)) for z in (x, y))
    return float(metric_fid.fid_statistics_to_metric(*statistics, verbose=False)[metric_fid.KEY_METRIC_FID])


def torch_of(x: np.ndarray):
    import torch

    return torch.from_numpy(x)


def test_fid_of_all_samples_against_all_of_the_reference_is_torch_fidelitys():
    x, y = arrays(4_000, 4_000, 8)
    scores = gc.score(x, reference=y, metrics="fid")
    assert scores.values["fid"] == pytest.approx(by_fidelity_fid(x, y), rel=1e-6)
    assert scores.facts["reference_used"] == 4_000
    assert (scores.facts["floor_n"], scores.facts["floor_reference"]) == (2_000, 2_000)
    assert "real data: n = 2,000 against 2,000, extrapolated to 4,000 against 4,000 (fid)" in scores.notes
    assert scores.floor["fid"] < 0.3 * scores.values["fid"]


def test_neighbours_kernels_and_spectra_are_those_of_their_libraries():
    x, y = arrays(701, 600, 6)
    named = "kid,precision(k=5),recall(k=5),density,coverage,precision,recall,vendi"
    scores = gc.score(x, reference=y, metrics=named)
    with contextlib.redirect_stdout(io.StringIO()):
        peer = prdc.compute_prdc(real_features=y, fake_features=x, nearest_k=5)
    for ours, theirs in (
        ("precision(k=5)", "precision"),
        ("recall(k=5)", "recall"),
        ("density", "density"),
        ("coverage", "coverage"),
    ):
        assert scores.values[ours] == pytest.approx(peer[theirs], rel=1e-4)
    improved = metric_prc.prc_features_to_metric(
        torch_of(x), torch_of(y), prc_neighborhood=3, prc_batch_size=10_000, save_cpu_ram=False, verbose=False
    )
    assert scores.values["precision"] == pytest.approx(improved["precision"], rel=1e-4)
    assert scores.values["recall"] == pytest.approx(improved["recall"], rel=1e-4)
    assert scores.values["vendi"] == pytest.approx(score_X(x / np.linalg.norm(x, axis=1, keepdims=True)), rel=1e-4)


def test_kid_is_torch_fidelitys_on_one_subset_of_everything():
    x, y = arrays(500, 500, 6)
    settings = {"kid_subsets": 1, "kid_subset_size": 500, "rng_seed": 0, "verbose": False, **KID}
    peer = metric_kid.kid_features_to_metric(torch_of(x), torch_of(y), **settings)[metric_kid.KEY_METRIC_KID_MEAN]
    assert gc.score(x, reference=y, metrics="kid").values["kid"] == pytest.approx(peer, rel=1e-4)


def test_features_wider_than_there_are_samples_agree_too():
    x, y = arrays(150, 130, 512)
    scores = gc.score(x, reference=y, metrics="fid,precision(k=5)")
    assert scores.values["fid"] == pytest.approx(by_fidelity_fid(x, y), rel=1e-4)
    with contextlib.redirect_stdout(io.StringIO()):
        peer = prdc.compute_prdc(real_features=y, fake_features=x, nearest_k=5)
    assert scores.values["precision(k=5)"] == pytest.approx(peer["precision"], rel=1e-4)


def test_every_size_is_told_and_modes_keep_equal_numbers():
    x, y = arrays(900, 600, 2)
    scores = gc.score(x, reference=y, metrics="fid,vendi,vendi-ratio,modes")
    sizes = {name: (s.n, s.reference, s.floor_n, s.floor_reference) for name, s in scores.sizes.items()}
    assert sizes == {
        "fid": (900, 600, 360, 240),
        "vendi": (900, None, 600, None),
        "vendi-ratio": (300, 300, 300, 300),
        "modes": (300, 300, 300, 300),
    }
    assert "300 of 900 samples and 300 of 600 reference samples are compared by vendi-ratio, modes" in scores.notes


def test_a_cap_that_bites_is_said_and_naming_the_metric_lifts_it(tmp_path: Path):
    file = tmp_path / "mine.py"
    file.write_text(
        "import gancheck as gc\n@gc.metric('gap', better='lower', max_samples=200)\n"
        "def gap(view):\n    return (view.fake.mean() - view.real.mean()).abs()\n"
    )
    x, y = arrays(600, 500, 2)
    core = gc.score(x, reference=y, quick=True, plugins=[file])
    assert (core.sizes["gap"].n, core.sizes["coverage"].n) == (400, 600)
    assert "400 of 600 samples and 400 of 500 reference samples are compared by gap" in core.notes
    assert gc.score(x, reference=y, metrics="gap", plugins=[file]).sizes["gap"].n == 600


def test_what_a_named_metric_lacks_is_said_and_nothing_at_all_is_an_error():
    x, y = arrays(300, 400, 2)
    assert "lpips needs images" in gc.score(x, reference=y, metrics="fid,lpips").notes
    with pytest.raises(BadParameter, match="nothing to compute: copies needs the training data"):
        gc.score(x, reference=y, metrics="copies")


def test_one_wide_column_decides_and_a_scale_gives_every_column_its_say():
    x, y = arrays(500, 600, 2)
    wide, other = y * [1e7, 1], np.stack([x[:, 0] * 1e7, x[:, 1] + 3], 1)
    plain = gc.score(other, reference=wide, metrics="coverage")
    assert any("column 1 holds nearly all of the reference's variance" in note for note in plain.notes)
    assert plain.values["coverage"] > 0.5
    scaled = gc.score(other, reference=wide, metrics="coverage,fid", scale="standard")
    assert list(scaled.values) == ["coverage@standard", "fid@standard"]
    assert scaled.values["coverage"] < 0.3
    assert scaled.values["fid"] == pytest.approx(
        by_fidelity_fid((other - wide.mean(0)) / wide.std(0), (wide - wide.mean(0)) / wide.std(0)), rel=1e-4
    )
    assert not any("holds nearly all" in note for note in scaled.notes)


def test_a_dataset_is_drawn_as_often_as_there_are_samples():
    scores = gc.score(np.random.default_rng(0).normal(size=(700, 2)), dataset="ring8", metrics="fid")
    size = scores.sizes["fid"]
    assert (size.n, size.reference, size.floor_n, size.floor_reference) == (700, 700, 700, 700)
    assert not size.extrapolated
