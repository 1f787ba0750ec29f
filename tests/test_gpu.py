"""The same code on a GPU: `make gpu-check`; skipped where PyTorch sees none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
import torch

from gancheck.bench.validation import sample_shape
from gancheck.datasets.base import Dataset
from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.gans.sampler import draw_samples
from gancheck.gans.settings import Budget, Settings
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.score import Scoring
from gancheck.strategies.recipe import Recipe
from gancheck.system.arithmetic import arithmetic
from gancheck.training.setup import TrainingSetup
from gancheck.training.snapshot import sampler_of
from gancheck.training.train import train
from gancheck.training.vectorise import ExecutionPath

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]

DEVICES = ("cpu", "cuda")
PER_FAMILY = 2  #: strategies of each family that are tried, the first by name
TRAINS_ON = ("ring8", "digits", "stacked-digits")  #: data for a model: the first that it takes


def setup(registry: Registry, recipe: str, gan: str = "mlp", data: str = "ring8", **settings: Any) -> TrainingSetup:
    """A small block on the GPU."""
    return TrainingSetup(
        registry.build("gan", gan),
        Recipe.parse(recipe, registry),
        registry.build("dataset", data),
        Settings(batch=16, **settings),
        Budget(3, 1),
        (0, 1),
        ExecutionPath(),
        torch.device("cuda"),
    )


def samples_after(work: TrainingSetup) -> torch.Tensor:
    """Samples of a block's first seed, whose training was without trouble and on the GPU."""
    records = train(work)
    assert [(record.status, record.reason) for record in records] == [("done", "")] * len(records)
    kept = records[0].snapshots[3]
    assert all(t.is_cuda for params in kept.weights.values() for t in params.values())
    return draw_samples(sampler_of(work), kept, 32, generator(work.device, "gpu"))


def failures(works: Iterable[tuple[str, TrainingSetup]]) -> dict[str, str]:
    """What went wrong, by name; all are tried."""
    found = {}
    for name, work in works:
        try:
            x = samples_after(work)
            assert x.is_cuda
            assert x.shape[1:] == work.dataset.spec.shape
            assert bool(x.isfinite().all())
        except Exception as error:
            found[name] = f"{type(error).__name__}: {error}"
    return found


def test_strategies_of_every_family_train_and_draw(registry: Registry) -> None:
    families: dict[str, list[str]] = {}
    for name in registry.names("strategy"):
        families.setdefault(registry.entry("strategy", name).info.properties["family"], []).append(name)
    names = [name for family in families.values() for name in family[:PER_FAMILY]]
    works = [(name, setup(registry, name)) for name in names]
    assert failures((n, w) for n, w in works if not w.recipe.supports(w.gan, w.dataset.spec)) == {}


def test_every_model_trains_and_draws(registry: Registry) -> None:
    names = registry.names("gan")
    found = {name: data for name in names if (data := data_for(name, registry))}
    assert set(found) == set(names)
    assert failures((name, setup(registry, "none", name, data)) for name, data in found.items()) == {}


def data_for(gan: str, registry: Registry) -> str | None:
    """The first dataset that a model can be built for."""
    for name in TRAINS_ON:
        dataset: Dataset = registry.build("dataset", name)
        try:
            if sample_shape(registry.build("gan", gan), dataset.spec) == dataset.spec.shape:
                return name
        except Exception:
            continue
    return None


@pytest.mark.parametrize("gan", ["mlp", "dcgan"])
def test_generators_agree_with_the_cpu(gan: str, registry: Registry) -> None:
    work = setup(registry, "none", gan, "digits")
    kept, sampler = train(work)[0].snapshots[3], sampler_of(work)
    latent, _ = sampler.latents(kept, 64, generator("cuda", "gpu"))
    with arithmetic():
        there = sampler.generate(kept, latent)
        here = sampler.generate(kept.to(torch.device("cpu")), latent.cpu())
    assert torch.allclose(there.cpu(), here, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("precision", ["tf32", "bf16"])
def test_other_precisions_train(precision: str, registry: Registry) -> None:
    assert bool(samples_after(setup(registry, "none", "dcgan", "digits", precision=precision)).isfinite().all())


@pytest.mark.parametrize("data", ["ring8", "digits"])
def test_metrics_and_verdict_agree_with_the_cpu(registry: Registry, data: str) -> None:
    dataset = registry.build("dataset", data)
    x = dataset.distinct("reference", 400, generator("cpu", "gpu"))  # repeats would be a collapse
    values, verdicts = {}, {}
    for device in DEVICES:
        real_data = DatasetRealData(data, dataset, open_samples(dataset.draw(500, generator("cpu", "train")).x), device)
        scores = Scoring.of(x, real_data).scores(select_metrics(registry))
        values[device], verdicts[device] = dict(scores.values), scores.verdict
    assert verdicts["cuda"] == verdicts["cpu"] == "healthy"
    assert values["cuda"] == pytest.approx(values["cpu"], rel=1e-4, abs=1e-6)


def test_blocks_of_any_size_give_the_same_balls() -> None:
    from gancheck.evaluation.view import View
    from gancheck.metrics.manifold import coverage, density, precision, recall

    x, y = (torch.randn(3_000, 40, generator=torch.Generator().manual_seed(seed)) for seed in (1, 2))
    views = [View(x, y), View(x.cuda(), y.cuda()), View(x.cuda(), y.cuda(), chunk=2**20)]
    for measure in (precision, recall, density, coverage):
        assert len({round(float(measure(view)), 12) for view in views}) == 1


def test_captured_seeds_side_by_side_train_as_one_after_another(registry: Registry) -> None:
    from dataclasses import replace

    from gancheck.training.trainer import Trainer

    work = replace(setup(registry, "none", "dcgan", "digits"), path=ExecutionPath("looped", "compiled"))
    beside, after = Trainer(work), Trainer(work)
    with arithmetic():
        for trainer in (beside, after):
            assert str(trainer.prepare().path) == "looped-compiled"
        for graph in after.play.graphs:  # type: ignore[attr-defined]
            assert len(graph.side_streams) == 2
            graph.side_streams = []
        for _ in range(20):
            beside.step()
            after.step()
    for player, params in beside.replicas.weights.items():
        for name, tensor in params.items():
            assert torch.allclose(tensor, after.replicas.weights[player][name], rtol=1e-3, atol=1e-5), (player, name)
