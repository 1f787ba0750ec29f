"""The same code on a GPU: `make gpu-check`; skipped where PyTorch sees none."""

from __future__ import annotations

import pytest
import torch

from gancheck.catalogue import Catalogue
from gancheck.engine import Engine
from gancheck.evaluation import Evaluator
from gancheck.lesson import Lesson
from gancheck.recipe import Recipe
from gancheck.replicas import Path
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


@pytest.mark.parametrize("data", ["ring8", "stacked-digits"])
def test_metrics_agree_with_the_cpu(catalogue: Catalogue, data: str) -> None:
    dataset = catalogue.build("dataset", data)
    x = dataset.pool("real", 1_000, generator("cpu", "gpu"))
    names = [n for n in catalogue.names("metric") if catalogue.entry("metric", n).card.facts["at_most"] is None]
    values = {}
    for device in ("cpu", "cuda"):
        evaluator = Evaluator.of(catalogue, dataset, names, 1_000, torch.device(device))
        reference = evaluator.real(x.to(device), x.flip(0).to(device))
        values[device] = {n: evaluator.measures[n](reference) for n in names}
    assert values["cuda"] == pytest.approx(values["cpu"], rel=1e-4, abs=1e-6)
