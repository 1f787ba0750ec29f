"""The examples that `gancheck new` writes do what they say."""

from __future__ import annotations

import inspect
import math
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits, softplus

import gancheck as gc
from gancheck.cli.new import TEMPLATES, plugin_text
from gancheck.cli.new import test_text as text_of_test
from gancheck.plugins.kinds import KINDS
from gancheck.plugins.loader import load_file


def example(kind: str) -> Any:
    return load_file(TEMPLATES / f"{kind}.py")


@pytest.mark.parametrize("kind", KINDS)
def test_a_template_teaches_with_the_public_names_alone(kind: str) -> None:
    text = (TEMPLATES / f"{kind}.py").read_text()
    assert set(re.findall(r"\bgc\.(\w+)", text)) <= set(gc.PUBLIC)
    assert not re.search(r"(from|import) gancheck\.|TODO|FIXME", text)
    documented = [x for x in vars(example(kind)).values() if getattr(x, "__module__", "") == example(kind).__name__]
    assert documented
    assert all(inspect.getdoc(thing) for thing in documented)


def test_there_is_one_template_a_kind() -> None:
    stems = {path.stem for path in TEMPLATES.glob("*.py")} - {"__init__", "tests"}
    assert {stem for stem in stems if not stem.startswith("tests_")} == set(KINDS)
    assert {stem.removeprefix("tests_") for stem in stems} == set(KINDS)


def test_the_gan_makes_points_without_bounds_and_pixels_with_bounds() -> None:
    model = example("gan").MyPlugin(latent=3)
    for data in (gc.DataSpec((2,)), gc.DataSpec((3, 4, 4), -1, 1)):
        players = model.build(data)
        x = players.generator(100 * torch.randn(50, 3))
        assert x.shape == (50, *data.shape)
        assert players.discriminator(x).shape == (50, 1)
        assert bool((x.abs() <= 1).all()) is data.bounded
        assert gc.has_head(players.discriminator)


def test_the_strategy_is_cross_entropy_with_a_smaller_target() -> None:
    real, fake = torch.randn(2, 64, dtype=torch.float64)
    plain = softplus(-real).mean() + softplus(fake).mean()
    smooth = example("strategy").MyPlugin(smoothing=0.2).discriminator_loss(plain, SimpleNamespace(real_logits=real))
    expected = binary_cross_entropy_with_logits(real, torch.full_like(real, 0.8)) + softplus(fake).mean()
    assert torch.allclose(smooth, expected)


def test_the_strategys_own_test_compares_its_loss(tmp_path: Path) -> None:
    (tmp_path / "my_own.py").write_text(plugin_text("strategy", "my-own"))
    (tmp_path / "test_my_own.py").write_text(text_of_test("strategy", "my-own", "my_own"))
    written = runpy.run_path(str(tmp_path / "test_my_own.py"))
    written["test_the_loss_is_cross_entropy_with_a_smaller_target"]()


def test_the_strategy_refuses_a_target_below_zero() -> None:
    with pytest.raises(gc.BadParameter, match=r"smoothing = 1\.5"):
        example("strategy").MyPlugin(smoothing=1.5)


def test_the_dataset_has_as_many_modes_as_asked_for_and_draws_near_them() -> None:
    data = example("dataset").MyPlugin(modes=4)
    x = data.draw(800, torch.Generator().manual_seed(0)).x
    found = data.assign(data.features(x))
    assert sorted(found.label.unique().tolist()) == list(range(8))
    assert float(found.good.double().mean()) > 0.95
    with pytest.raises(gc.BadParameter, match="modes overlap"):
        example("dataset").MyPlugin(modes=100)


@pytest.fixture
def energy() -> Callable[..., torch.Tensor]:
    measure: Callable[..., torch.Tensor] = example("metric").my_plugin
    return measure


def test_the_metric_is_the_energy_distance(energy: Callable[..., torch.Tensor]) -> None:
    points = gc.View(torch.tensor([[0.0], [2.0]]), torch.tensor([[3.0]]))
    assert energy(points).item() == pytest.approx(2 * (3 + 1) / 2 - (0 + 2 + 2 + 0) / 4)
    assert energy(points, power=0.5).item() == pytest.approx(math.sqrt(3) + 1 - math.sqrt(2) / 2)


def test_the_metric_is_zero_for_equal_samples_and_grows_as_they_collapse(energy: Callable[..., torch.Tensor]) -> None:
    real = torch.randn(300, 2, generator=torch.Generator().manual_seed(0))
    values = [energy(gc.View(share * real, real)).item() for share in (1.0, 0.5, 0.0)]
    assert values[0] == pytest.approx(0, abs=1e-12)
    assert values[0] < values[1] < values[2]


@pytest.mark.parametrize("power", [0.0, 2.0])
def test_the_metric_refuses_a_power_that_makes_no_distance(energy: Callable[..., torch.Tensor], power: float) -> None:
    with pytest.raises(gc.BadParameter, match="between 0 and 2"):
        energy(gc.View(torch.zeros(2, 1), torch.zeros(2, 1)), power=power)


def logits(gap: float, step: int = 1) -> gc.Observation:
    return gc.Observation(step, {"real_logit": gap / 2, "fake_logit": -gap / 2})


def suspicious(gaps: list[float]) -> list[bool]:
    """Whether the example finds each step suspicious; steps without a reading are left out."""
    made = example("detector").MyPlugin(gap=10.0, memory=0.5)
    made.start()
    readings = [made.update(logits(gap, step)) for step, gap in enumerate(gaps, 1)]
    return [reading.is_suspicious for reading in readings if reading is not None]


@pytest.mark.parametrize(
    ("gaps", "expected"),
    [
        ([11, 12, 13], [True] * 3),
        ([4, 12, 13, 14], [False, False, True, True]),
        ([9] * 50, [False] * 50),
        ([11, math.nan, 12, math.inf, 13], [True] * 3),
        ([-50] * 50, [False] * 50),
    ],
)
def test_the_detector_finds_a_mean_gap_beyond_its_threshold(gaps: list[float], expected: list[bool]) -> None:
    assert suspicious(gaps) == expected


def test_the_detector_forgets_and_survives_a_missing_signal() -> None:
    made = example("detector").MyPlugin(gap=1.0)
    made.start()
    first = made.update(logits(5.0))
    assert made.update(gc.Observation(2, {"real_logit": 5.0})) is None
    assert made.update(logits(50.0, 3)) != first
    made.start()
    assert made.update(logits(5.0)) == first
    with pytest.raises(gc.BadParameter, match="memory = 1"):
        example("detector").MyPlugin(memory=1.0)


def extractor(**values: Any) -> Any:
    made = example("extractor").MyPlugin(**values)
    made.load(torch.device("cpu"), None)
    return made


def test_the_extractor_is_the_same_every_time_and_leaves_random_numbers_alone() -> None:
    images = torch.rand(3, 3, 9, 7, generator=torch.Generator().manual_seed(0)) * 2 - 1
    state = torch.get_rng_state()
    features = [extractor(**values).features(images) for values in ({}, {}, {"seed": 1})]
    assert torch.equal(torch.get_rng_state(), state)
    assert features[0].shape == (3, 128)
    assert torch.equal(features[0], features[1])
    assert not torch.allclose(features[0], features[2])


def test_the_extractor_takes_grey_as_three_equal_channels_and_refuses_points_and_weights() -> None:
    grey, made = torch.rand(2, 1, 8, 8), extractor()
    assert torch.equal(made.features(grey), made.features(grey.repeat(1, 3, 1, 1)))
    with pytest.raises(gc.BadData, match="takes images"):
        made.features(torch.zeros(4, 2))
    with pytest.raises(gc.BadParameter, match="takes no weights"):
        made.load(torch.device("cpu"), Path("weights.pth"))
