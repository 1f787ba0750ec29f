"""A real cluster of several nodes on this machine: the same runs as local workers make, whatever becomes of nodes."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gancheck.bench.cell import RunSummary
from gancheck.bench.execution.base import Executor
from gancheck.bench.execution.engine import Engine
from gancheck.bench.execution.local import LocalExecutor
from gancheck.bench.plan import Plan
from gancheck.bench.run import OnRun, RunOutcome, execute
from gancheck.cli.main import main
from gancheck.errors import BadParameter

ray = pytest.importorskip("ray", reason="the extra ray is not installed")

from ray.cluster_utils import Cluster  # noqa: E402

from gancheck.bench.execution.ray import RayExecutor, connect  # noqa: E402

SUITE = """\
version = "1"
recipes = ["none"]
seeds = 3
block = 1
budget = { steps = 4, evaluations = 2 }
evaluation = { samples = 200, metrics = ["modes", "quality"] }
task = [{ dataset = "ring(sigma=0.1)", gan = "own" }, { dataset = "ring(sigma=0.1)", gan = "fatal" }]
"""
#: A helper is beside the plug-in, and so is a file of data. A block that trains on the node which will be lost does not
#: end before it is, and others go on once it has begun. `fatal` says where its source is, and ends its process, always.
GANS = """\
import os
import time
from dataclasses import dataclass
from pathlib import Path
import torch
from torch import nn
import gancheck as gc
from helper import speed


def meet(patience=120.0):
    begun, doomed, end = Path(os.environ["BEGUN"]), "DOOMED" in os.environ, time.monotonic() + patience
    if doomed:
        begun.touch()
    while doomed or not begun.exists():
        if time.monotonic() > end:
            raise TimeoutError("the node was not lost in time" if doomed else "no block began on the node to be lost")
        time.sleep(0.02)


class Walk(gc.Gan):
    def build(self, data):
        return gc.Players(nn.Linear(2, data.size), nn.Linear(data.size, 1), gc.Latent(2))

    def train(self, session):
        extra = float(Path(__file__).with_name("extra.txt").read_text())
        for _ in session.steps():
            meet()
            with torch.no_grad():
                session.players.generator.weight.add_((speed() + extra) * session.latent(2))


@gc.gan("own")
@dataclass(frozen=True)
class Own(Walk):
    pass


@gc.gan("fatal")
@dataclass(frozen=True)
class Fatal(Walk):
    def train(self, session):
        Path(os.environ["BEGUN"]).with_name("source").write_text(__file__)
        os._exit(1)
"""
Go = Callable[..., RunOutcome]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("driver")
    (folder / "mine.toml").write_text(SUITE)
    (folder / "own.py").write_text(GANS)
    (folder / "helper.py").write_text("def speed():\n    return 0.1\n")
    (folder / "extra.txt").write_text("0.01")
    return folder


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that is there once the node that will be lost trains."""
    return tmp_path_factory.mktemp("nodes") / "begun"


@pytest.fixture(scope="module")
def cluster(begun: Path) -> Iterator[Any]:
    """A head and a further node, each for one block at a time, and one connection for all tests: each would bring
    workers of its own, and every worker imports PyTorch."""
    node = {"num_cpus": 1, "object_store_memory": 80 * 2**20}
    head = {**node, "include_dashboard": False, "include_log_monitor": False, "no_monitor": True}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BEGUN", str(begun))
        patch.setenv("RAY_worker_niceness", "0")  # else they wait for all other tests
        try:
            nodes = Cluster(initialize_head=True, head_node_args=head)
            nodes.doomed = nodes.add_node(**node, env_vars={"DOOMED": "1"})
        except Exception as error:  # Ray gives a node 30 seconds to start
            pytest.skip(f"this machine is too busy for a cluster of Ray: {error}")
        with connect(nodes.address):
            yield nodes
        nodes.shutdown()


@pytest.fixture(scope="module")
def go(place: Path) -> Go:
    def call(out: str, executor: Executor, gan: str = "own", on_run: OnRun = lambda _: None) -> RunOutcome:
        seeds = 1 if gan == "fatal" else None  # each try costs a process
        plan = Plan.make(place / "mine.toml", [place / "own.py"], [f"gan={gan}"], seeds, out=place / out, device="cpu")
        return execute(plan, executor, on_run)

    return call


def test_the_plan_names_the_nodes_and_how_many_blocks_each_works_on(
    cluster: Any, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call = ["run", str(place / "mine.toml"), "--with", str(place / "own.py"), "--out", str(place / "planned")]
    assert main([*call, "--device", "cpu", "--engine", "ray", "--address", cluster.address, "--plan"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.endswith("1 CPU, 0 GPUs, 1 block at once") for line in lines) == 2
    assert any("with 2 workers" in line for line in lines)


def test_a_node_that_is_lost_in_the_middle_changes_nothing(
    cluster: Any, place: Path, go: Go, results: Callable[[Path], Any]
) -> None:
    heard: list[RunSummary] = []

    def lose_a_node(summary: RunSummary) -> None:
        heard.append(summary)
        if len(heard) == 1:
            cluster.remove_node(cluster.doomed, allow_graceful=False)

    outcome = go("cluster", RayExecutor(cluster.address), on_run=lose_a_node)
    assert not [str(run) for run in heard if run.status != "done"]
    assert dict(outcome.counts) == {"done": 3}
    go("local", LocalExecutor(1, 1))
    assert results(place / "cluster").same(results(place / "local"))
    assert not results(place / "cluster").leftovers
    assert {path.name for path in (place / "cluster").glob("*.safetensors")} == {
        path.name for path in (place / "local").glob("*.safetensors")
    }
    again = go("cluster", RayExecutor(cluster.address))  # a driver that is started again finds all of it
    assert dict(again.counts) == {"cached": 3}


def test_kept_weights_travel_so_that_a_new_measurement_trains_nothing(
    cluster: Any, place: Path, begun: Path, go: Go, results: Callable[[Path], Any]
) -> None:
    begun.touch()  # nobody waits for a node to be lost
    go("local", LocalExecutor(1, 1))
    folder = shutil.copytree(place / "local", place / "kept")
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")}
    next(folder.glob("*.jsonl")).unlink()
    assert dict(go("kept", RayExecutor(cluster.address)).counts) == {"done": 1, "cached": 2}
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("*.safetensors")} == before
    assert results(folder).same(results(place / "local"))


def test_a_plug_in_that_ends_its_worker_is_failed_and_leaves_no_sources(
    cluster: Any, begun: Path, go: Go, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gancheck.bench.lost_job.TRIES", 1)  # another one would cost a worker
    outcome = go("fatal", RayExecutor(cluster.address, most=1), "fatal")
    assert dict(outcome.counts) == {"failed": 1}
    assert {run.outcome["reason"] for run in outcome.runs} == {"its worker ended in the middle"}
    source = Path(begun.with_name("source").read_text())
    assert source.name == "own.py"
    assert not source.exists()


def test_a_block_that_fits_on_no_node_is_refused(cluster: Any, place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call = ["run", str(place / "mine.toml"), "--with", str(place / "own.py"), "--out", str(place / "wide")]
    assert main([*call, "--device", "cpu", "--engine", "ray", "--address", cluster.address, "--threads", "64"]) == 2
    assert "no node of the cluster has 64 CPUs for a block" in capsys.readouterr().err


def test_shares_of_a_gpu_bound_the_blocks_on_a_node() -> None:
    rooms = [RayExecutor(gpus=share).room({"CPU": 16, "GPU": 2}) for share in (0, 0.25, 0.3, 1, 2)]
    assert rooms == [16, 8, 6, 2, 1]
    assert RayExecutor(threads=4, gpus=0.1).room({"CPU": 16, "GPU": 2}) == 4
    with pytest.raises(BadParameter, match="takes a share of one GPU"):
        RayExecutor(gpus=1.5)


def test_options_of_ray_are_refused_without_it() -> None:
    with pytest.raises(BadParameter, match="add --engine ray"):
        Engine("local", "auto")
