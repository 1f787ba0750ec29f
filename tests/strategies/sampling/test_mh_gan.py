from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.gans.sampler import CHUNK, Sampler, draw_samples
from gancheck.strategies.sampling._calibration import Calibration
from gancheck.strategies.sampling.mh_gan import ChainSampler
from gancheck.training.vectorise import ExecutionPath

RECIPE = "mh-gan(real=100, length=5)"


class Line(Sampler):
    """Samples uniform on [0, 1), whose logit is a multiple of themselves."""

    def __init__(self, factor: float = 1.0, start: float = 0.0, pack: int = 1) -> None:
        self.factor, self.start, self.pack, self.drawn = factor, start, pack, 0

    def draw(self, kept: gc.Kept, count: int, source: torch.Generator) -> gc.Sample:
        self.drawn += count
        x = torch.rand(count, 1, generator=source)
        return gc.Sample(x, x, None, real=False)

    def judge(self, kept: gc.Kept, of: gc.Sample, source: torch.Generator) -> torch.Tensor:
        return self.factor * of.x.view(-1, self.pack).sum(1)


class Chains(ChainSampler):
    """Chains with a calibration that is known."""

    def calibrate(self, kept: gc.Kept, source: torch.Generator) -> Calibration:
        line = self.inner
        assert isinstance(line, Line)
        return Calibration(torch.tensor([line.start]), torch.zeros(1), torch.tensor(2.0), line.pack)


def draw(line: Line, count: int, length: int) -> torch.Tensor:
    return draw_samples(Chains(line, "x", length), gc.Kept({}), count, torch.Generator().manual_seed(0))[:, 0]


def test_long_chains_end_in_the_density_that_the_odds_stand_for() -> None:
    x = draw(Line(), 20_000, 60)  # odds exp(2 x) against a uniform proposal: density 2 exp(2 x) / (e^2 - 1)
    for edge in (0.25, 0.5, 0.75):
        share = (torch.exp(torch.tensor(2 * edge)) - 1) / (torch.exp(torch.tensor(2.0)) - 1)
        assert (x < edge).double().mean().item() == pytest.approx(share.item(), abs=0.012)


def test_packs_end_in_the_density_of_packs() -> None:
    packs = draw(Line(pack=2), 20_000, 60).view(-1, 2)
    share = (torch.exp(torch.tensor(1.0)) - 1) / (torch.exp(torch.tensor(2.0)) - 1)
    assert (packs < 0.5).double().mean(0).tolist() == pytest.approx([share.item()] * 2, abs=0.015)


def test_a_step_is_that_of_a_chain_written_out() -> None:
    line, source = Line(), torch.Generator().manual_seed(3)
    ends = Chains(line, "x", 4).draw(gc.Kept({}), 50, torch.Generator().manual_seed(3)).x
    torch.randint(1, (50,), generator=source)
    at, here = torch.zeros(50), torch.rand(50, 1, generator=source)[:, 0]
    moved = torch.zeros(50, dtype=torch.bool)
    for _ in range(4):
        new = torch.rand(50, 1, generator=source)[:, 0]
        threshold = torch.rand(50, generator=source)
        for i in range(50):
            if threshold[i] < min(1.0, float(torch.exp(2 * new[i] - 2 * at[i]))):
                here[i] = at[i] = new[i]
                moved[i] = True
    assert moved.all()
    torch.testing.assert_close(ends[:, 0], here)


def test_a_chain_that_never_leaves_its_real_sample_starts_again_at_a_generated_one() -> None:
    line = Line(start=1_000.0)
    x = draw(line, 2_000, 60)
    assert line.drawn == 2_000 * 2 * 61
    assert x.mean() > 0.6  # the second chain did move


def test_a_discriminator_that_knows_nothing_changes_nothing() -> None:
    assert draw(Line(factor=0.0), 5_000, 10).mean().item() == pytest.approx(0.5, abs=0.02)


def test_no_row_is_drawn_twice_over_chunks(trained: Callable[..., Any]) -> None:
    samples = trained(RECIPE, batch=128).samples(2 * CHUNK + 100)
    assert len(samples.unique(dim=0)) == len(samples)


def test_better_samples_are_drawn_where_the_discriminator_knows_them(trained: Callable[..., Any]) -> None:
    made = trained("mh-gan(real=500, length=40)", steps=60, batch=128)
    plain = made.sampler.inner
    source = torch.Generator().manual_seed(0)
    drawn = [sampler.draw(made.kept, 4_000, source) for sampler in (made.sampler, plain)]
    slope = made.sampler.calibrate(made.kept, source).slope
    chosen, proposed = (slope * made.sampler.judge(made.kept, sample, source) for sample in drawn)
    assert chosen.mean() - proposed.mean() > 3 * proposed.std() / 4_000**0.5


def test_training_is_that_of_the_rest_stacked_and_traced(train: Callable[..., Any]) -> None:
    plain, both = (
        train(r, steps=2, seeds=(0,), path=ExecutionPath("stacked", "traced")) for r in ("r1", f"r1+{RECIPE}")
    )
    assert both[0].path == "stacked-traced"
    one, other = (r[0].snapshots[2].generator for r in (plain, both))
    assert all(one[name].equal(other[name]) for name in one)


@pytest.mark.parametrize("other", ["r1", "ema(decay=0.5)", "pacgan", "spectral-norm"])
def test_it_has_an_effect_beside_others(trained: Callable[..., Any], other: str) -> None:
    alone, beside, both = (trained(r) for r in (RECIPE, other, f"{RECIPE}+{other}"))
    assert (both.samples(50) - alone.samples(50)).abs().max() > 1e-4
    assert (both.samples(50) - beside.samples(50)).abs().max() > 1e-4
    assert beside.kept.generator.keys() == both.kept.generator.keys()


def test_the_averaged_generators_samples_are_judged(trained: Callable[..., Any]) -> None:
    made = trained(f"{RECIPE}+ema(decay=0.9)")
    drawn = made.sampler.draw(made.kept, 30, torch.Generator().manual_seed(0))
    mean = {n: t[0] for n, t in made.trainer.replicas.memory["ema"]["generator"].items()}
    generator = made.trainer.replicas.players.generator
    torch.testing.assert_close(drawn.x, torch.func.functional_call(generator, mean, (drawn.z,)).detach())


def test_a_chain_has_a_length(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="length = 0"):
        duel("mh-gan(length=0)")
