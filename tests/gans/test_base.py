"""A model that is no GAN: trained by its own loop, measured and ranked as GANs are, and treated by no strategy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

import gancheck as gc
from gancheck.errors import Unsupported
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.info import plugin_info
from gancheck.plugins.registry import Registry
from gancheck.strategies.recipe import Recipe
from gancheck.testing.contract import check_plugin

Train = Callable[..., Any]


@gc.gan("autoencoder")
@dataclass(frozen=True)
class Autoencoder(gc.Model):
    """A decoder that learns, with an encoder, to draw samples again."""

    width: int = 3

    def build(self, data: gc.DataSpec) -> gc.Networks:
        decoder = nn.Sequential(nn.Linear(self.width, data.size), nn.Unflatten(1, data.shape))
        encoder = nn.Sequential(nn.Flatten(), nn.Linear(data.size, self.width))
        return gc.Networks(decoder, gc.Latent(self.width), {"encoder": encoder})

    def train(self, session: gc.Session) -> None:
        decoder, encoder = session.modules["generator"], session.modules["encoder"]
        optimiser = torch.optim.Adam([*decoder.parameters(), *encoder.parameters()], lr=0.01)
        for _ in session.steps():
            x = session.real(16)
            loss = (decoder(encoder(x)) - x).square().mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            session.report(generator_loss=loss)


class Duellist(Autoencoder):
    """Asks for players, which it has not."""

    def train(self, session: gc.Session) -> None:
        assert set(session.modules) == {"generator", "encoder"}
        session.players.discriminator.zero_grad()


def test_a_model_without_a_discriminator_is_trained_by_its_own_loop(train: Train) -> None:
    assert Autoencoder().own_loop
    records = train(gan=Autoencoder(), steps=20, evaluations=2)
    assert [(r.status, r.path, list(r.snapshots)) for r in records] == [("done", "own-loop", [10, 20])] * 2
    for record in records:
        assert set(record.snapshots[20].generator) == {"0.weight", "0.bias"}  # the decoder's
        assert record.trace["generator_loss"][-1] < record.trace["generator_loss"][0]
        assert record.trace["diversity"].isfinite().all()
    assert not records[0].snapshots[20].generator["0.weight"].equal(records[1].snapshots[20].generator["0.weight"])


def test_such_a_model_has_modules_and_no_players(train: Train) -> None:
    record = train(gan=Duellist(), seeds=(0,))[0]
    assert (record.status, record.reason) == (
        "failed",
        "Unsupported: this model has no discriminator, so no players; use session.modules",
    )


@pytest.mark.parametrize("strategy", ["r1", "ema", "hinge", "pacgan", "unrolled"])
def test_no_strategy_treats_such_a_model(registry: gc.Registry, strategy: str) -> None:
    data = gc.DataSpec((2,))
    reason = Recipe.parse(strategy, registry).supports(Autoencoder(), data)
    assert reason == f"{strategy} needs gancheck's loop, and this model trains itself"
    assert Recipe.parse("none", registry).supports(Autoencoder(), data) is None


def test_such_a_model_keeps_the_contract_of_models(registry: gc.Registry) -> None:
    info = plugin_info(Autoencoder)
    assert info is not None
    entry = PluginEntry(info, Autoencoder)
    notes = check_plugin(entry, Registry([*registry.added, entry]))
    assert notes == ["trains on ring8 (own-loop)", "trains on digits (own-loop)"]


SUITE = """\
version = "1"
about = "for tests"
recipes = ["none", "r1"]
seeds = 2
block = 2
budget = { steps = 3, evaluations = 1 }
evaluation = { samples = 200, metrics = ["score", "modes"] }
task = [{ dataset = "ring8", gan = "decoder" }]
"""
DECODER = """\
from dataclasses import dataclass
from torch import nn
import gancheck as gc


@gc.gan("decoder")
@dataclass(frozen=True)
class Decoder(gc.Model):
    \"\"\"Learns nothing.\"\"\"

    def build(self, data):
        return gc.Networks(nn.Linear(2, data.size), gc.Latent(2))

    def train(self, session):
        for _ in session.steps():
            pass
"""


def test_such_a_model_is_measured_and_ranked(tmp_path: Path) -> None:
    suite, plugin = tmp_path / "mine.toml", tmp_path / "decoder.py"
    suite.write_text(SUITE)
    plugin.write_text(DECODER)
    outcome = gc.run(suite, plugins=[plugin], out=tmp_path / "runs", jobs=1, device="cpu")
    assert (outcome.counts, outcome.failed) == ({"done": 2, "skipped": 2}, 0)
    rows = {row["strategy"]: row for row in outcome.frame().to_dicts()}
    assert next(row for name, row in rows.items() if name.endswith("(model)"))["modes"] is not None
    skipped = {run.outcome["reason"] for run in outcome.runs if run.outcome["status"] == "skipped"}
    assert skipped == {"r1 needs gancheck's loop, and this model trains itself"}


def test_a_gan_without_a_loop_is_trained_by_gancheck() -> None:
    class Plain(gc.Gan):
        def build(self, data: gc.DataSpec) -> gc.Players:
            return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    assert not Plain().own_loop
    with pytest.raises(Unsupported, match="this GAN is trained by gancheck's own loop"):
        Plain().train(None)  # type: ignore[arg-type]
