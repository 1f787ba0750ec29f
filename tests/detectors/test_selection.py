from __future__ import annotations

from pathlib import Path

import pytest

from gancheck.detectors.selection import preset, track
from gancheck.detectors.signals import LEVELS
from gancheck.errors import BadParameter, UnknownName
from gancheck.plugins.registry import Registry

REGISTRY = Registry.load()


def test_each_preset_holds_the_ones_before() -> None:
    cheap, standard, full = (set(preset(level, REGISTRY)) for level in LEVELS)
    assert {"nonfinite", "divergence", "plateau"} <= cheap
    assert "rate-too-high" in standard - cheap
    assert cheap < standard <= full == set(REGISTRY.names("detector"))


def test_names_take_parameters() -> None:
    tracker = track("plateau(blocks=50), nonfinite", REGISTRY)
    assert sorted(tracker.detectors) == ["nonfinite", "plateau"]
    assert tracker.detectors["plateau"].blocks == 50  # type: ignore[attr-defined]
    assert tracker.needs["plateau"] == ("loss",)
    assert tracker.explains["plateau"] == ("underfitting",)


@pytest.mark.parametrize("asked", ["cheap, plateau(blocks=50)", "plateau(blocks=50), cheap"])
def test_parameters_beside_a_preset_count_in_either_order(asked: str) -> None:
    tracker = track(asked, REGISTRY)
    assert tracker.detectors["plateau"].blocks == 50  # type: ignore[attr-defined]
    assert "nonfinite" in tracker.detectors


def test_a_list_of_names_will_do() -> None:
    assert sorted(track(["nonfinite", "stuck(share=0.9)"], REGISTRY).detectors) == ["nonfinite", "stuck"]


@pytest.mark.parametrize(
    ("asked", "error", "what"),
    [
        ("platoo", UnknownName, "plateau"),
        ("plateau(windw=3)", UnknownName, "no parameter 'windw'"),
        ("plateau(blocks='many')", BadParameter, "blocks"),
        ("plateau(blocks=1)", BadParameter, "at least 8"),
        ("plateau(severity='fatal')", UnknownName, "severity"),
        ("cheap(blocks=9)", BadParameter, "takes no parameters"),
        ("", BadParameter, "no detector"),
        (" , ", BadParameter, "no detector"),
    ],
)
def test_what_is_wrong_is_said(asked: str, error: type[Exception], what: str) -> None:
    with pytest.raises(error, match=what):
        track(asked, REGISTRY)


def test_a_detector_of_ones_own_is_cheap_where_its_signals_are(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from dataclasses import dataclass\nimport gancheck as gc\n"
        "@gc.detector('mine', needs=('metric_speed',))\n@dataclass\nclass Mine(gc.Detector):\n"
        "    def start(self): pass\n    def update(self, seen): return None\n"
    )
    registry = Registry.load([tmp_path / "mine.py"])
    assert "mine" in preset("cheap", registry)
    assert track("mine", registry).idle == {"mine": "needs metric_speed: monitor.log(metric_speed=...)"}


def test_what_a_detector_reads_is_measured_where_the_preset_allows() -> None:
    assert "layer_weight" in track("nonfinite", REGISTRY).reads["nonfinite"]
    assert "layer_weight" in track("standard", REGISTRY).reads["nonfinite"]
    assert track("cheap", REGISTRY).reads["nonfinite"] == ("loss", "*_loss", "real_logit", "fake_logit")
    assert "layer_weight" in track("cheap, nonfinite", REGISTRY).reads["nonfinite"]


def test_detectors_that_need_nothing_are_idle_until_they_see_what_they_read() -> None:
    tracker = track("nonfinite, divergence, performance-drop", REGISTRY)
    assert sorted(tracker.idle) == ["divergence", "nonfinite", "performance-drop"]
