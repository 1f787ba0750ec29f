"""`gancheck score` as people and programs call it."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

import gancheck.scoring.score as score_module
from gancheck.cli.main import main
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry

QUICK = ("--metrics", "modes,fid")


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("score")
    batch = Registry.load().build("dataset", "ring8").draw(3_000, generator("cpu", "test"))
    np.save(folder / "good.npy", batch.x.numpy())
    np.save(folder / "bad.npy", batch.x[batch.y < 5].numpy())
    return folder


def test_the_verdict_comes_first(files, capsys):
    assert main(["score", str(files / "bad.npy"), "--dataset", "ring8", *QUICK]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Verdict: dropped-modes"
    assert "3 of 8 modes are missing" in lines[1]


def test_the_verdict_is_said_before_any_metric_is_computed(files, capsys, monkeypatch):
    said = []

    def look(*_):
        said.append(capsys.readouterr().out)
        return original(*_)

    original = score_module.compute_metrics
    monkeypatch.setattr(score_module, "compute_metrics", look)
    assert main(["score", str(files / "bad.npy"), "--dataset", "ring8", *QUICK]) == 0
    assert said[0].startswith("Verdict: dropped-modes")
    assert "fid" not in said[0]
    assert "fid" in capsys.readouterr().out


def test_quick_leaves_out_all_but_the_core_and_all_adds_the_slow(files, capsys):
    np.save(files / "few.npy", np.load(files / "good.npy")[:600])
    told = {}
    for flag in ("--quick", "--all"):
        assert main(["score", str(files / "few.npy"), "--dataset", "ring8", "--json", flag]) == 0
        told[flag] = json.loads(capsys.readouterr().out)
    assert "kid" in told["--quick"]["values"]
    assert "c2st" not in told["--quick"]["values"]
    assert "c2st" in told["--all"]["values"]
    assert told["--quick"]["verdict"] == told["--all"]["verdict"]
    assert any("not computed" in note for note in told["--quick"]["notes"])
    assert not any("not computed" in note for note in told["--all"]["notes"])


def test_quick_and_all_at_once_are_bad_usage(files, capsys):
    assert main(["score", str(files / "good.npy"), "--dataset", "ring8", "--quick", "--all"]) == 2
    assert "one of the three" in capsys.readouterr().err


def test_collapse_fails_where_asked(files, capsys):
    command = ["--dataset", "ring8", "--fail-on-collapse", *QUICK]
    assert main(["score", str(files / "bad.npy"), *command]) == 1
    assert main(["score", str(files / "good.npy"), *command]) == 0


def test_json_is_one_object_on_standard_output(files, capsys):
    assert main(["score", str(files / "good.npy"), "--dataset", "ring8", "--json", *QUICK]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "healthy"


def test_a_folder_gets_the_answer_its_tables_and_pictures(files, tmp_path, capsys):
    out = tmp_path / "answer"
    assert main(["score", str(files / "bad.npy"), "--dataset", "ring8", "--out", str(out), *QUICK]) == 0
    assert {p.name for p in out.iterdir()} >= {"scores.json", "metrics.csv", "per_mode.csv", "samples.png", "modes.png"}
    assert str(out / "samples.png") in capsys.readouterr().out


def test_a_missing_file_is_bad_input(files, capsys):
    assert main(["score", str(files / "bd.npy"), "--dataset", "ring8"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_pickle_is_refused(files, capsys):
    np.save(files / "object.npy", np.array([{"a": 1}], dtype=object))
    torch.save({"x": object()}, files / "object.pt")
    for name in ("object.npy", "object.pt"):
        assert main(["score", str(files / name), "--dataset", "ring8"]) == 2
        error = capsys.readouterr().err
        assert error.startswith("gancheck: ")
        assert error.count("\n") == 1


def test_labels_of_samples_are_read_and_every_class_is_shown(files, tmp_path, capsys):
    batch = Registry.load().build("dataset", "ring8").draw(1_000, generator("cpu", "test"))
    np.save(files / "made.npy", batch.x.numpy())
    (files / "asked.txt").write_text("\n".join(str((k + 1) % 8) for k in batch.y.tolist()))
    out, given = tmp_path / "answer", ["--sample-labels", str(files / "asked.txt")]
    assert main(["score", str(files / "made.npy"), "--dataset", "ring8", *given, "--out", str(out), *QUICK]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Verdict: mislabelled")
    assert "Classes: 0 of 8 held, 8 mislabelled" in text
    assert (out / "per_class.csv").read_text().count("mislabelled") == 8
