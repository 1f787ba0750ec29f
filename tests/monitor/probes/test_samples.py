from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from gancheck.detectors.observation import Observation
from gancheck.detectors.selection import track
from gancheck.errors import BadData
from gancheck.monitor.probes.samples import SampleReader
from gancheck.plugins.registry import Registry
from tests.monitor.probes.ring_draws import RING, draw, seeded

DETECTORS = "cycling, diversity-drop, duplicates, intra-mode-collapse, memorisation, partial-collapse, score-drop"


def values(reader: SampleReader, x: Tensor) -> dict[str, float]:
    return {name: float(v) for name, v in reader.read({"samples": x}).numbers.items()}


@pytest.fixture(scope="module")
def ring() -> tuple[SampleReader, Tensor]:
    source = seeded(0)
    training = RING.draw(400, source).x
    return SampleReader(RING.draw(1000, source).x, training), training


def after(ring: tuple[SampleReader, Tensor], x: Tensor) -> dict[str, float]:
    """Signals of one set of samples when the checks before were healthy."""
    reader = ring[0]
    for seed in range(4):
        reader.read({"samples": draw(seeded(90 + seed))})
    return values(reader, x)


def test_healthy_draws_score_what_real_data_does(ring: tuple[SampleReader, Tensor]) -> None:
    found = after(ring, draw(seeded(1)))
    for name, expected, within in (
        *(("diversity", 1.0, 0.05), ("near_distance", 1.0, 0.25), ("coverage", 1.0, 0.1), ("frechet", 0.0, 0.03)),
        *(("repeats", 0.0, 0.0), ("mode_gap", 0.0, 0.12), ("modes_held", 1.0, 0.0), ("fresh_accuracy", 0.5, 0.08)),
    ):
        assert found[name] == pytest.approx(expected, abs=within), name
    assert abs(found["mode_drift"]) < 0.18
    assert found["mode_shares"] < 3
    assert found["copies"] < 3


def test_each_fault_shows_in_its_signals(ring: tuple[SampleReader, Tensor]) -> None:
    dropped = after(ring, draw(seeded(2), weights=(1,) * 6 + (0, 0)))
    assert dropped["mode_gap"] > 0.18
    assert dropped["mode_drift"] > 0.15
    assert dropped["coverage"] < 0.85
    assert dropped["diversity"] == pytest.approx(1, abs=0.05)
    assert after(ring, draw(seeded(2), weights=(3, 1, 0.3, 1) * 2))["mode_gap"] > 0.18
    assert after(ring, draw(seeded(2), narrow=0.4))["near_distance"] < 0.6
    assert after(ring, draw(seeded(2), weights=(1,) + (0,) * 7))["diversity"] < 0.2
    unique = draw(seeded(2), 60)
    assert after(ring, unique[torch.randint(60, (256,), generator=seeded(3))])["repeats"] > 0.9
    junk = after(ring, 3 * torch.randn(256, 2, generator=seeded(2)))
    assert junk["fresh_accuracy"] > 0.85
    assert junk["frechet"] > 3


def test_copies_of_training_data_are_told_from_a_collapse_near_it(ring: tuple[SampleReader, Tensor]) -> None:
    source, training = seeded(4), ring[1]
    near = training[torch.randint(400, (256,), generator=source)] + 0.002 * torch.randn(256, 2, generator=source)
    assert after(ring, near)["copies"] > 6
    one = training[:1] + 1e-4 * torch.randn(256, 2, generator=source)
    assert after(ring, one)["copies"] < 3
    assert after(ring, draw(source, narrow=0.3))["copies"] < 3


@pytest.mark.parametrize("bad", [math.nan, math.inf])
def test_samples_that_are_not_finite_are_signals_that_are_nan(ring: tuple[SampleReader, Tensor], bad: float) -> None:
    x = draw(seeded(5))
    x[3, 1] = bad
    found = values(ring[0], x)
    assert "diversity" in found
    assert all(math.isnan(v) for v in found.values())
    assert values(SampleReader(), x).keys() == {"repeats"}


def test_without_a_reference_only_repeats_are_known() -> None:
    x = draw(seeded(6), 100)
    assert values(SampleReader(), x) == {"repeats": 0.0}
    assert values(SampleReader(), x[:1].repeat(50, 1)) == {"repeats": 1.0}
    assert values(SampleReader(), x[:1]) == {}


def test_few_samples_give_few_signals(ring: tuple[SampleReader, Tensor]) -> None:
    assert values(ring[0], draw(seeded(7), 20)).keys() == {"repeats", "diversity"}


def test_images_are_averaged_down_and_own_features_taken() -> None:
    source = seeded(8)
    real = torch.rand(200, 1, 28, 28, generator=source).requires_grad_()
    reader = SampleReader(real)
    assert reader.real is not None
    assert reader.real.whole.dimension == 64
    assert values(reader, torch.rand(100, 1, 28, 28, generator=source))["diversity"] == pytest.approx(1, abs=0.05)
    own = SampleReader(real, features=lambda x: x.mean((2, 3)))
    assert own.real is not None
    assert own.real.whole.dimension == 1


@pytest.mark.parametrize("real", [torch.zeros(200, 2), torch.eye(2).repeat(100, 1)])
def test_real_data_that_repeats_itself_leaves_out_what_it_has_no_value_of(real: Tensor) -> None:
    found = values(SampleReader(real), real[:128])
    assert "near_distance" not in found
    assert all(math.isfinite(v) for v in found.values())
    assert found["repeats"] == 0


@pytest.mark.parametrize("name", ["reference", "samples"])
def test_bytes_beside_numbers_of_size_1_are_refused_and_not_taken_for_a_collapse(name: str) -> None:
    sides = {side: torch.rand(100, 3, 4, 4, generator=seeded(0)) for side in ("reference", "samples")}
    whole = {**sides, name: (255 * sides[name]).to(torch.uint8)}
    with pytest.raises(BadData, match=r"^samples: .* others before .*: scale both alike"):
        SampleReader(whole["reference"]).read({"samples": whole["samples"]})
    bytes_only = (255 * sides["samples"]).to(torch.uint8)
    assert SampleReader(bytes_only).read({"samples": bytes_only}).numbers["diversity"] == pytest.approx(1, abs=0.1)
    own = SampleReader(whole["reference"], features=lambda x: x.float().flatten(1))
    assert own.read({"samples": whole["samples"]}).numbers


def test_small_counts_that_are_kept_as_bytes_are_compared_with_any_numbers() -> None:
    counts = torch.randint(0, 17, (100, 64), generator=seeded(0), dtype=torch.uint8)
    assert SampleReader(counts).read({"samples": torch.rand(100, 64, generator=seeded(1))}).numbers


def test_wrong_shapes_are_one_clear_line(ring: tuple[SampleReader, Tensor]) -> None:
    with pytest.raises(BadData, match=r"samples: one has the shape \(3,\), others before \(2,\)"):
        ring[0].read({"samples": torch.ones(100, 3)})
    with pytest.raises(BadData, match="samples: expected"):
        ring[0].read({"samples": torch.ones(0, 2)})
    with pytest.raises(BadData, match="reference: 10 real samples are too few"):
        SampleReader(torch.rand(10, 2))
    with pytest.raises(BadData, match="reference: holds NaN"):
        SampleReader(torch.full((100, 2), math.nan))
    with pytest.raises(BadData, match="features of 100 reference have the shape"):
        SampleReader(torch.rand(100, 2), features=lambda x: x[:1])


@pytest.mark.parametrize(
    ("fault", "first"),
    [
        ({"weights": (1.0,) * 6 + (0.0, 0.0)}, "partial-collapse"),
        ({"weights": (3.0, 1.0, 0.3, 1.0) * 2}, "partial-collapse"),
        ({"weights": (1.0,) + (0.0,) * 7}, "diversity-drop"),
        ({"narrow": 0.4}, "intra-mode-collapse"),
        ({}, ""),
    ],
)
def test_detectors_name_the_fault_of_a_ring(
    ring: tuple[SampleReader, Tensor], fault: dict[str, object], first: str
) -> None:
    tracker = track(DETECTORS, Registry.load(()))
    for step in range(1, 25):
        x = draw(seeded(1_000 + step), **(fault if step > 14 else {}))  # type: ignore[arg-type]
        tracker.update(Observation(step, values(ring[0], x)))
    assert not tracker.failed
    assert [alarm.detector for alarm in tracker.alarms][:1] == ([first] if first else [])
    assert all(14 < alarm.step <= 22 for alarm in tracker.alarms)
