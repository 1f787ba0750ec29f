"""The same code on a GPU: `make gpu-check`; skipped where PyTorch sees none."""

from __future__ import annotations

import pytest
import torch

from gancheck.evaluation.panel import select_metrics
from gancheck.evaluation.real_data.dataset import DatasetRealData
from gancheck.gans.settings import Budget, Settings
from gancheck.loading.open import open_samples
from gancheck.numerics.seeding import generator
from gancheck.plugins.registry import Registry
from gancheck.scoring.score import Scoring
from gancheck.strategies.recipe import Recipe
from gancheck.training.setup import TrainingSetup
from gancheck.training.trainer import Trainer
from gancheck.training.vectorise import ExecutionPath

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.mark.parametrize("recipe", ["none", "rpgan+r1r2", "pacgan+ema", "spectral-norm", "unrolled"])
def test_recipe_trains_on_the_gpu(registry: Registry, recipe: str) -> None:
    gan, dataset = registry.build("gan", "mlp", width=32), registry.build("dataset", "ring8")
    work = Recipe.parse(recipe, registry), dataset, Settings(batch=32), Budget(20, 1), (0, 1), ExecutionPath()
    records = Trainer(TrainingSetup(gan, *work, torch.device("cuda"))).train()
    assert [record.status for record in records] == ["done", "done"]
    assert all(t.is_cuda for t in records[0].snapshots[20].generator.values())


@pytest.mark.parametrize("data", ["ring8", "digits"])
def test_metrics_and_verdict_agree_with_the_cpu(registry: Registry, data: str) -> None:
    dataset = registry.build("dataset", data)
    x = dataset.distinct("reference", 400, generator("cpu", "gpu"))  # repeats would be a collapse
    values, verdicts = {}, {}
    for device in ("cpu", "cuda"):
        real_data = DatasetRealData(data, dataset, open_samples(dataset.draw(500, generator("cpu", "train")).x), device)
        scores = Scoring.of(x, real_data).scores(select_metrics(registry))
        values[device], verdicts[device] = dict(scores.values), scores.verdict
    assert verdicts["cuda"] == verdicts["cpu"] == "healthy"
    assert values["cuda"] == pytest.approx(values["cpu"], rel=1e-4, abs=1e-6)
