from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter
from gancheck.strategies.sampling.truncation import Truncation, truncate


@pytest.mark.parametrize("threshold", [0.04, 0.5, 2.0])
def test_latents_are_those_that_drawing_again_would_give(threshold: float) -> None:
    source = torch.Generator().manual_seed(0)
    found = truncate(torch.randn(20_000, generator=source), threshold)
    wanted = torch.randn(4_000_000, generator=source)
    wanted = wanted[wanted.abs() < threshold]
    assert found.abs().max() <= threshold
    assert found.dtype == torch.float32
    shares = torch.linspace(0.05, 0.95, 19)
    torch.testing.assert_close(found.quantile(shares), wanted[:100_000].quantile(shares), atol=0.03 * threshold, rtol=0)


def test_a_wide_threshold_changes_nothing_and_far_latents_stay_finite() -> None:
    z = torch.tensor([-20.0, -3.0, 0.0, 1.5, 20.0])
    torch.testing.assert_close(truncate(z, 30.0)[1:4], z[1:4])
    assert truncate(z, 1.0).isfinite().all()


def test_samples_are_drawn_of_truncated_latents_and_training_is_as_it_was(trained: Callable[..., Any]) -> None:
    made, plain = trained("truncation(threshold=0.3)"), trained("none")
    for mine, theirs in zip(made.kept.generator.values(), plain.kept.generator.values(), strict=True):
        assert mine.equal(theirs)
    sample = made.sampler.inner.draw(made.kept, 200, torch.Generator().manual_seed(1))  # who is outermost decides
    assert sample.z.abs().max() <= 0.3
    torch.testing.assert_close(sample.x, made.sampler.generate(made.kept, sample.z))
    assert made.samples(300).std(0).sum() < plain.samples(300).std(0).sum()


@pytest.mark.parametrize("other", ["ema(decay=0.5)", "drs(real=50, burn_in=50)", "self-conditioned(clusterings=2)"])
def test_it_has_an_effect_beside_others(trained: Callable[..., Any], other: str) -> None:
    both, alone = trained(f"{other}+truncation", steps=2), trained(other, steps=2)
    assert (both.samples(20) - alone.samples(20)).abs().max() > 1e-4


def test_uniform_latents_and_thresholds_of_nothing_are_refused(duel: Callable[..., Any], registry: gc.Registry) -> None:
    for prior, reason in (("normal", None), ("uniform", "it truncates normal latents, and these are uniform")):
        assert Truncation().supports(registry.build("gan", "mlp", prior=prior), gc.DataSpec((2,))) == reason
    with pytest.raises(BadParameter, match=r"threshold = 0.0"):
        duel("truncation(threshold=0.0)")


@pytest.mark.parametrize("other", ["particle-prior", "mixture-latent", "deligan"])
def test_latents_that_a_prior_makes_are_refused(train: Callable[..., Any], other: str) -> None:
    with pytest.raises(BadParameter, match="truncation would cut the noise before"):
        train(f"{other}+truncation", steps=1)
