from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from gancheck.errors import BadData
from gancheck.monitor.readers.open import read_recording

TAGS = ("Loss/G/loss", "Loss/D/loss", "Loss/scores/real", "Loss/scores/fake", "Loss/signs/real", "Loss/r1_penalty")


def row(tick: int, *values: float) -> str:
    pairs = [*zip(TAGS, values, strict=False), ("Progress/tick", tick), ("Timing/sec_per_tick", 53.0)]
    return json.dumps({**{name: {"num": 1, "mean": value, "std": 0.0} for name, value in pairs}, "timestamp": 1.0})


def test_means_of_ticks_are_signals_of_a_game_and_no_penalty_is_a_loss(tmp_path: Path) -> None:
    (path := tmp_path / "stats.jsonl").write_text(
        "\n".join((row(0, 1, 2, 0.5, -0.5, 0.1, math.nan), row(1, 3, 4), "{"))
    )
    found = read_recording(path)
    assert [(seen.step, dict(seen.numbers)) for seen in found.observations] == [
        (
            0,
            {
                "generator_loss": 1,
                "discriminator_loss": 2,
                "real_logit": 0.5,
                "fake_logit": -0.5,
                "real_sign": 0.1,
            },
        ),
        (1, {"generator_loss": 3, "discriminator_loss": 4}),
    ]
    assert found.notes == ("1 line without a tick",)


def test_what_no_step_of_a_tick_reported_is_no_nan(tmp_path: Path) -> None:
    first = json.loads(row(0, 1, 2))
    first["Loss/D/loss"] = {"num": 0, "mean": math.nan, "std": math.nan}
    (path := tmp_path / "stats.jsonl").write_text(f"{json.dumps(first)}\n{row(1, math.nan, 2)}")
    found = read_recording(path).observations
    assert dict(found[0].numbers) == {"generator_loss": 1}
    assert math.isnan(found[1].get("generator_loss"))


def test_statistics_without_a_known_quantity_are_refused(tmp_path: Path) -> None:
    (path := tmp_path / "stats.jsonl").write_text(row(0))
    with pytest.raises(BadData, match="statistics of StyleGAN without any step"):
        read_recording(path)
