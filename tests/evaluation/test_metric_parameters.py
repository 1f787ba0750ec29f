"""Parameters can be set wherever a metric is named."""

from __future__ import annotations

import re

import polars as pl
import pytest
import torch

import gancheck as gc
from gancheck.errors import BadParameter, UnknownName
from gancheck.evaluation.panel import read_metric, select_metrics
from gancheck.evaluation.values import Values
from gancheck.evaluation.view import View
from gancheck.plugins.registry import Registry


def normal(n: int, seed: int) -> torch.Tensor:
    return torch.randn(n, 2, generator=torch.Generator().manual_seed(seed))


def test_a_parameter_changes_the_number_and_the_label(registry: Registry) -> None:
    view = View(normal(200, 0), normal(200, 1))
    plain, wide = read_metric(registry, "precision"), read_metric(registry, "precision(k=5)")
    assert (plain.label, wide.label) == ("precision", "precision(k=5)")
    low, high = plain(view), wide(view)
    assert low is not None
    assert high is not None
    assert low < high


def test_a_default_that_is_written_out_is_the_plain_metric(registry: Registry) -> None:
    assert list(select_metrics(registry, ["precision( k=3 )", "precision"])) == ["precision"]


@pytest.mark.parametrize(
    ("text", "error", "line"),
    [
        ("precison(k=5)", UnknownName, "Did you mean 'precision'"),
        ("precision(q=5)", UnknownName, "metric 'precision' has no parameter 'q'. It takes k"),
        ("precision(k='five')", BadParameter, "metric 'precision': k = 'five': expected `int`"),
        ("precision(k=", BadParameter, "cannot read 'precision(k='"),
    ],
)
def test_what_does_not_exist_or_fit_is_one_line(
    registry: Registry, text: str, error: type[Exception], line: str
) -> None:
    with pytest.raises(error) as caught:
        read_metric(registry, text)
    assert line in str(caught.value)


def test_score_takes_them_as_one_text_or_a_list() -> None:
    x = registry_samples()
    text = gc.score(x, dataset="ring8", metrics="precision(k=5), kid(subsets=3, size=50)")
    listed = gc.score(x, dataset="ring8", metrics=["precision(k=5)", "kid(size=50, subsets=3)"])
    assert set(text.values) == {"precision(k=5)", "kid(subsets=3, size=50)"}
    assert dict(text.values) == dict(listed.values)


def registry_samples() -> torch.Tensor:
    dataset: gc.Dataset = Registry.load().build("dataset", "ring8")
    return dataset.draw(400, torch.Generator().manual_seed(0)).x


def test_a_suite_takes_them_and_the_board_knows_their_direction(tmp_path: pytest.TempPathFactory) -> None:
    path = tmp_path / "mine.toml"  # type: ignore[operator]
    path.write_text(
        'recipes = ["none"]\nseeds = 1\nblock = 1\nbudget = { steps = 4, evaluations = 1 }\n'
        'evaluation = { samples = 200, metrics = ["precision(k=5)"] }\n'
        'task = [{ dataset = "ring8", gan = { name = "mlp", width = 8 } }]\n'
    )
    outcome = gc.run(path, out=tmp_path / "runs", jobs=1)  # type: ignore[operator]
    assert outcome.failed == 0
    tasks = pl.read_csv(outcome.leaderboard.with_name("tasks.csv"))
    row = tasks.filter(pl.col("metric") == "precision(k=5)").to_dicts()[0]
    assert row["better"] == "higher"
    assert row["mean"] is not None


def test_values_agree_about_a_name_without_its_features() -> None:
    values = Values({"fid@classifier": 2.0, "modes": 3.0})
    assert values["fid"] == values.get("fid") == values["fid@classifier"] == 2.0
    assert "fid" in values
    assert "kid" not in values
    assert values.get("kid") is None
    assert values.get("kid", 1.0) == 1.0
    with pytest.raises(KeyError, match="no metric 'kid'"):
        values["kid"]


@pytest.mark.parametrize("text", ["precision(k=0)", "coverage(k=-1)", "kid(size=1)"])
def test_parameters_that_make_no_sense_are_an_error_of_one_line(text: str) -> None:
    with pytest.raises(BadParameter, match=rf"^{re.escape(text)}: .*at least"):
        gc.score(normal(60, 0), reference=normal(60, 1), metrics=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("fid@standard", "name it 'fid'; what stands behind the @ is chosen by scale"),
        ("FID", "Did you mean 'fid'?"),
        ("Coverag", "Did you mean 'coverage'?"),
        ("fid coverage", "commas separate names, as in 'fid,coverage'"),
        ("fid;coverage", "commas separate names, as in 'fid,coverage'"),
    ],
)
def test_names_in_another_spelling_say_what_to_write(registry: Registry, text: str, said: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(said)):
        read_metric(registry, text)
