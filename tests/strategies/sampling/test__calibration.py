from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
from sklearn.linear_model import LogisticRegression

from gancheck.errors import BadParameter
from gancheck.gans.sampler import PlainSampler
from gancheck.strategies.sampling._calibration import CalibratedSampler, logistic_slope


def scores(gap: float, count: int = 400) -> tuple[torch.Tensor, torch.Tensor]:
    source = torch.Generator().manual_seed(0)
    return 3 + gap + 2 * torch.randn(count, generator=source), 3 + 2 * torch.randn(count, generator=source)


@pytest.mark.parametrize("gap", [2.0, 0.3, -1.0])
def test_the_slope_is_that_of_a_logistic_regression(gap: float) -> None:
    real, fake = scores(gap)
    model = LogisticRegression(C=1e8, tol=1e-8).fit(torch.cat([real, fake])[:, None].numpy(), [1] * 400 + [0] * 400)
    assert logistic_slope(real, fake).item() == pytest.approx(model.coef_[0, 0], rel=0.02)
    assert logistic_slope(real, fake).item() == pytest.approx(gap / 4, abs=0.1)  # of two Gaussians alike


def test_a_discriminator_that_is_never_wrong_has_a_finite_slope() -> None:
    slope = logistic_slope(torch.linspace(5, 6, 50), torch.linspace(-6, -5, 50))
    assert 0 < slope < 10


def test_equal_scores_say_nothing() -> None:
    assert logistic_slope(torch.ones(9), torch.ones(9)).abs() < 1e-6


def test_scores_that_are_not_finite_give_a_slope_that_is_none() -> None:
    assert logistic_slope(torch.tensor([1.0, torch.nan, 3.0]), torch.zeros(3)).isnan()


def logits(trained: Callable[..., Any], recipe: str) -> tuple[Any, torch.Tensor, torch.Tensor]:
    """A trained recipe, its real samples, and their logits as the sampler has them."""
    made = trained(recipe, steps=1)
    found = made.sampler.calibrate(made.kept, torch.Generator().manual_seed(0))
    return made, made.kept.memory["mh-gan/x"], found.real


def test_real_samples_are_judged_by_the_live_discriminator(trained: Callable[..., Any]) -> None:
    made, x, real = logits(trained, "mh-gan(real=50)")
    weights = {n: t[0] for n, t in made.trainer.replicas.weights["discriminator"].items()}
    plain = torch.func.functional_call(made.trainer.replicas.players.discriminator, weights, (x,)).flatten()
    torch.testing.assert_close(real, plain)


def test_packs_are_judged_where_the_discriminator_sees_packs(trained: Callable[..., Any]) -> None:
    made, x, real = logits(trained, "mh-gan(real=50)+pacgan(m=3)")
    weights = {n: t[0] for n, t in made.trainer.replicas.weights["discriminator"].items()}
    packs = x[:48].reshape(16, 6)
    plain = torch.func.functional_call(made.trainer.replicas.players.discriminator, weights, (packs,)).flatten()
    torch.testing.assert_close(real, plain)


def test_the_discriminator_is_constrained_as_in_training(trained: Callable[..., Any]) -> None:
    made, x, real = logits(trained, "mh-gan(real=50)+spectral-norm")
    matrices = [w for n, w in made.kept.weights["discriminator"].items() if n.endswith("weight")]
    assert [torch.linalg.matrix_norm(w, ord=2).item() for w in matrices] == pytest.approx([1.0] * 3, abs=0.05)
    plain = torch.func.functional_call(
        made.trainer.replicas.players.discriminator, made.kept.weights["discriminator"], (x,)
    )
    torch.testing.assert_close(real, plain.flatten())


@pytest.mark.parametrize("other", ["ali", "self-conditioned(clusters=3, rows=50)"])
def test_samples_are_judged_with_their_latents_and_codes(trained: Callable[..., Any], other: str) -> None:
    made = trained(f"{other}+mh-gan(real=50, length=2)", steps=1)
    assert isinstance(made.sampler, CalibratedSampler) or made.sampler.inner is not None
    assert made.samples(20).shape == (20, 2)
    assert made.sampler.evaluations["discriminator"] >= 50 + 50 + 2 * 20


@pytest.mark.parametrize("recipe", ["mh-gan(real=50, length=2)", "drs(real=50, burn_in=100)"])
@pytest.mark.parametrize("ensemble", ["", "+checkpoint-ensemble(members=2, parts=2)"])
def test_a_snapshot_is_calibrated_once_whatever_was_drawn_before(
    trained: Callable[..., Any], recipe: str, ensemble: str
) -> None:
    made, again = (trained(recipe + ensemble) for _ in range(2))
    first, cost = made.samples(20), made.sampler.evaluations.total()
    assert made.samples(20).equal(first)
    assert made.sampler.evaluations.total() - cost < cost - 50  # the real samples are not judged again
    again.samples(7, seed=3)
    assert again.samples(20).equal(first)
    moved = replace(made, kept=made.kept.to(torch.device("cpu")))
    moved.kept.weights["discriminator"] = {n: -w for n, w in made.kept.weights["discriminator"].items()}
    assert not moved.samples(20).equal(first)  # another snapshot, another calibration


def test_what_keeps_no_discriminator_says_what_to_do(trained: Callable[..., Any]) -> None:
    made = trained("checkpoint-ensemble(members=2)", steps=2)
    plain = PlainSampler(made.trainer.replicas.players, made.trainer.recipe)
    source = torch.Generator().manual_seed(0)
    with pytest.raises(Exception, match="there is no 'discriminator': the player is one of generator"):
        plain.judge(made.kept, plain.draw(made.kept, 3, source), source)


def test_too_few_real_samples_are_refused(duel: Callable[..., Any]) -> None:
    with pytest.raises(BadParameter, match="real = 1"):
        duel("mh-gan(real=1)")
