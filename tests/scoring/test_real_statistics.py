"""Real data of which mean and covariance alone are known."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gancheck as gc
from gancheck.cli.main import main
from gancheck.errors import BadData, BadParameter
from gancheck.scoring.real_statistics import read_statistics
from gancheck.system.torchvision_compat import torchvision_operators

Array = np.ndarray[Any, Any]


def cloud(n: int, d: int, seed: int, scale: float = 1.0) -> Array:
    source = np.random.default_rng(seed)
    return source.normal(size=(n, d)) @ source.normal(size=(d, d)) * scale


def saved(folder: Path, x: Array) -> Path:
    """Statistics as pytorch-fid, clean-fid and others publish them."""
    np.savez(folder / "stats.npz", mu=x.mean(0), sigma=np.cov(x, rowvar=False))
    return folder / "stats.npz"


@pytest.mark.parametrize(("n", "d"), [(400, 6), (50, 80), (700, 300), (200, 300)])
def test_the_distance_is_torch_fidelitys_of_the_same_statistics(n: int, d: int, tmp_path: Path) -> None:
    torchvision_operators()
    from torch_fidelity.metric_fid import fid_statistics_to_metric

    x, real = cloud(n, d, 1), cloud(900, d, 2, 1.3)
    pairs = [{"mu": part.mean(0), "sigma": np.cov(part, rowvar=False)} for part in (x, real)]
    peer = fid_statistics_to_metric(*pairs, verbose=False)["frechet_inception_distance"]
    answer = gc.score(x, reference=saved(tmp_path, real), metrics="fid", kind="points")
    assert answer.values == {"fid": pytest.approx(peer, rel=1e-5)}


def test_there_is_no_verdict_and_no_real_value(tmp_path: Path) -> None:
    answer = gc.score(cloud(100, 3, 1), reference=saved(tmp_path, cloud(100, 3, 2)), metrics="fid,kid")
    assert answer.verdict == "undecided"
    assert "needs real samples" in answer.reason
    assert answer.floor == {"fid": None}
    assert any(note.startswith("kid needs real samples") for note in answer.notes)
    assert any("does not say which network" in note for note in answer.notes)


def test_images_are_brought_to_the_features_that_are_named(tmp_path: Path) -> None:
    images = np.random.default_rng(0).uniform(-1, 1, (40, 1, 8, 8)).astype(np.float32)
    stats = saved(tmp_path, cloud(200, 64, 1))
    assert list(gc.score(images, reference=stats, features="classifier").values) == ["fid@classifier"]


def test_the_command_says_it_and_writes_tables(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stats = saved(tmp_path, cloud(100, 3, 2))
    np.save(tmp_path / "x.npy", cloud(100, 3, 1))
    words = ["score", str(tmp_path / "x.npy"), "--reference", str(stats), "--out", str(tmp_path / "answer")]
    assert main(words) == 0
    assert "Frechet distance alone" in capsys.readouterr().out
    assert (tmp_path / "answer" / "metrics.csv").read_text().splitlines()[1].startswith("fid,")
    assert main([*words, "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["values"]) == {"fid"}


@pytest.mark.parametrize(
    ("how", "line"),
    [
        ({"metrics": "kid"}, "kid need real samples"),
        ({"train": np.zeros((9, 3))}, "training data has no effect"),
        ({"labels": np.zeros(9)}, "labels has no effect"),
        ({"scale": "standard"}, "a scale has no effect"),
        ({"sample_labels": "none"}, "labels of samples has no effect"),
        ({"dataset": "ring8"}, "a dataset has no effect"),
        ({"count": 0}, "count = 0: score at least 1"),
        ({"latent": 8}, "latent = 8 is the size"),
    ],
)
def test_what_would_be_without_effect_is_refused(how: dict[str, Any], line: str, tmp_path: Path) -> None:
    with pytest.raises(BadParameter, match=line):
        gc.score(cloud(50, 3, 1), reference=saved(tmp_path, cloud(100, 3, 2)), **how)


@pytest.mark.parametrize("option", ["--fail-on-collapse", "--quick", "--all"])
def test_a_gate_on_the_verdict_is_refused_where_there_is_none(
    option: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.save(tmp_path / "x.npy", cloud(50, 3, 1))
    stats = saved(tmp_path, cloud(100, 3, 2))
    assert main(["score", str(tmp_path / "x.npy"), "--reference", str(stats), option]) == 2
    assert f"{option} has no effect" in capsys.readouterr().err


BAD = {
    "3 features, and points gives 2": {"mu": np.zeros(3), "sigma": np.eye(3)},
    "it must be \\(2, 2\\)": {"mu": np.zeros(2), "sigma": np.eye(3)},
    "must be finite": {"mu": np.array([0, np.nan]), "sigma": np.eye(2)},
    "in one direction the variance is -1": {"mu": np.zeros(2), "sigma": np.array([[1.0, 2.0], [2.0, 1.0]])},
    "mu has 0 numbers": {"mu": np.zeros(0), "sigma": np.zeros((0, 0))},
    "Cannot cast": {"mu": np.zeros(2, complex), "sigma": np.eye(2)},
    "must be symmetric": {"mu": np.zeros(2), "sigma": np.array([[1.0, 0.5], [0.0, 1.0]])},
    "mu.npy of stats.npz would have to be unpickled": {"mu": np.array([object()]), "sigma": np.eye(2)},
}


@pytest.mark.parametrize("line", BAD)
def test_what_is_no_mean_and_covariance_is_one_line(line: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "stats.npz", **BAD[line])
    with pytest.raises(BadData, match=line) as error:
        gc.score(cloud(50, 2, 1), reference=tmp_path / "stats.npz")
    assert "\n" not in str(error.value)


def test_samples_beside_other_arrays_are_still_samples(tmp_path: Path) -> None:
    np.savez(tmp_path / "real.npz", samples=cloud(100, 3, 2), labels=np.zeros(100, dtype=np.int64))
    answer = gc.score(cloud(100, 3, 1), reference=tmp_path / "real.npz", metrics="fid")
    assert answer.floor["fid"] is not None


def test_statistics_in_a_broken_archive_are_refused_in_one_line(tmp_path: Path) -> None:
    path = saved(tmp_path, cloud(40, 3, 1))
    whole = path.read_bytes()
    path.write_bytes(whole.replace(b"PK\x01\x02", b"PK\x02\x01"))
    with pytest.raises(BadData, match=r"^stats\.npz cannot be read"):
        read_statistics(path)


def test_statistics_that_claim_more_numbers_than_there_are_never_ask_for_the_memory(tmp_path: Path) -> None:
    path = saved(tmp_path, cloud(40, 3, 1))
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in held.items():
            archive.writestr(
                name, data.replace(b"(3,), } ", b"(999999999999,), }").replace(b"(3, 3),", b"(9999999,9999999),")
            )
    with pytest.raises(BadData, match="is cut short: its header promises"):
        read_statistics(path)


def test_statistics_that_unpack_to_far_too_much_are_refused_before(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "stats.npz", mu=np.zeros(3), sigma=np.zeros((3, 3)))
    with zipfile.ZipFile(tmp_path / "stats.npz", "a") as archive:
        archive.writestr("note.txt", "so that the list of members is written again")
        archive.getinfo("sigma.npy").file_size = 8 * 12_000**2  # as the archive of such a matrix says
    with pytest.raises(BadData, match=r"would unpack to 1\.1 GiB"):
        read_statistics(tmp_path / "stats.npz")
