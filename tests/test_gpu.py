"""The same code on a GPU: `make gpu-check`; skipped where PyTorch sees none."""

from __future__ import annotations

import pytest
import torch

from gancheck.catalogue import Catalogue
from gancheck.engine import Engine
from gancheck.ground.known import Known
from gancheck.lesson import Lesson
from gancheck.loading.opening import open_samples
from gancheck.panel import measures
from gancheck.recipe import Recipe
from gancheck.replicas import Path
from gancheck.scoring import Scoring
from gancheck.settings import Budget, Settings
from gancheck.streams import generator

pytestmark = [pytest.mark.gpu, pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")]


@pytest.mark.parametrize("recipe", ["none", "rpgan+r1r2", "pacgan+ema", "spectral-norm", "unrolled"])
def test_recipe_trains_on_the_gpu(catalogue: Catalogue, recipe: str) -> None:
    gan, dataset = catalogue.build("gan", "mlp", width=32), catalogue.build("dataset", "ring8")
    work = Recipe.parse(recipe, catalogue), dataset, Settings(batch=32), Budget(20, 1), (0, 1), Path()
    records = Engine(Lesson(gan, *work, torch.device("cuda"))).train()
    assert [record.status for record in records] == ["done", "done"]
    assert all(t.is_cuda for t in records[0].snapshots[20].values())


@pytest.mark.parametrize("data", ["ring8", "digits"])
def test_metrics_and_verdict_agree_with_the_cpu(catalogue: Catalogue, data: str) -> None:
    dataset = catalogue.build("dataset", data)
    x = dataset.pool("reference", 1_500, generator("cpu", "gpu"))
    values, verdicts = {}, {}
    for device in ("cpu", "cuda"):
        ground = Known(data, dataset, open_samples(dataset.draw(500, generator("cpu", "train")).x), device)
        scores = Scoring.of(x, ground).scores(measures(catalogue))
        values[device], verdicts[device] = dict(scores.values), scores.verdict
    assert verdicts["cuda"] == verdicts["cpu"] == "healthy"
    assert values["cuda"] == pytest.approx(values["cpu"], rel=1e-4, abs=1e-6)
