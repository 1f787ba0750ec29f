"""The benchmark of labelled samples: the page says what was measured, and its damages do what they say."""

from __future__ import annotations

import json

import torch

from benchmarks.metrics.conditional import DAMAGES, HERE, Labelled, Trial, ignore, omit, page, point, run, swap

FOUND = json.loads((HERE / "conditional.json").read_text(encoding="utf-8"))


def test_page_is_made_of_what_was_measured() -> None:
    assert (HERE / "conditional.md").read_text(encoding="utf-8") == page(FOUND)


def test_every_damage_was_tried() -> None:
    assert {row["damage"] for row in FOUND["rows"]} == {"nothing", *(damage.__name__ for damage in DAMAGES)}


def test_damages_do_what_they_say() -> None:
    g = torch.Generator().manual_seed(0)
    real = Labelled(torch.arange(80.0)[:, None], torch.arange(80) % 4)
    assert len(set(point(real, 4, g).x.flatten().tolist())) == 61
    assert int((swap(real, 4, g).y != real.y).sum()) == 40
    assert sorted(ignore(real, 4, g).y.tolist()) == sorted(real.y.tolist())
    assert len(omit(real, 4, g).y.unique()) == 3


def test_one_trial_gives_a_verdict() -> None:
    assert run(Trial("ring8", "known", 400, "swap", "mislabelled", 3))["verdict"] == "mislabelled"
