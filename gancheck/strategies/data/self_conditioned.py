"""Self-conditioned GAN: cluster real samples in the discriminator's features, and tell both players the cluster.

Liu, Wang, Bau, Zhu & Torralba, "Diverse image generation via self-conditioned GANs", CVPR 2020. As in the paper,
clusters are drawn as often as they have samples, k-means starts from the clusters before, whose numbers are kept by the
best matching, and between two clusterings samples are assigned by the discriminator that was clustered with. The
paper's discriminator has an output for each cluster; here it sees samples joined with the cluster's one-hot code, and
features are those without any code. Where it judges packs, features are those of a pack of copies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import torch
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from gancheck.datasets.base import Batch, DataSpec
from gancheck.errors import BadParameter
from gancheck.gans.base import Gan
from gancheck.gans.game import Game, Sample
from gancheck.gans.heads import REQUIRES_LINEAR_HEAD, find_head
from gancheck.gans.latent import CODES_TAKEN, Latent, join, one_hot
from gancheck.gans.look import Look
from gancheck.gans.players import Players
from gancheck.gans.sampler import Sampler
from gancheck.gans.state import Kept, Params, State
from gancheck.numerics.kmeans import kmeans, kmeans_from
from gancheck.strategies.base import BuildInfo, Strategy, strategy
from gancheck.strategies.search_space import Choice

MEMORY = "self-conditioned"


@strategy(
    "self-conditioned", family="data", paper="Liu et al., CVPR 2020", search={"clusters": Choice(10, 20, 50, 100)}
)
@dataclass(frozen=True)
class SelfConditioned(Strategy):
    """Condition both players on clusters of the real data, found in the discriminator's features as it learns."""

    clusters: int = 50  #: as in the authors' code for points
    clusterings: int = 20  #: over the run, evenly spaced; the authors cluster points anew every 5,000 steps
    rows: int = 10_000  #: real samples that are clustered

    judges_alone: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not 2 <= self.clusters <= self.rows or self.clusterings < 2:
            raise BadParameter(
                f"clusters = {self.clusters} must lie between 2 and rows = {self.rows}, clusterings = "
                f"{self.clusterings} be at least 2: the first is in features that have learned nothing"
            )

    def period_in(self, steps: int) -> int:
        return -(-steps // self.clusterings)

    def supports(self, gan: Gan, data: DataSpec) -> str | None:
        if gan.build(data).latent.codes:
            return CODES_TAKEN
        judge = gan.build(seen := data.joined(self.clusters)).discriminator
        head = find_head(judge, seen)
        return None if head and head.width == width_of(dict(judge.named_parameters())) else REQUIRES_LINEAR_HEAD

    def discriminator_data(self, data: DataSpec, latent: Latent) -> DataSpec:
        return data.joined(self.clusters)

    def prepare(self, players: Players, info: BuildInfo) -> Players:
        generator = ConditionalGenerator(players.generator, self.clusters, players.latent.size)
        return players.with_codes(self.clusters).replace(generator=generator)

    def memory(self, state: State) -> dict[str, Any]:
        held = {**state.weights["discriminator"], **state.buffers.get("discriminator", {})}
        device = state.progress.device
        centres = torch.zeros(self.clusters, width_of(state.weights["discriminator"]), device=device)
        shares = torch.full((self.clusters,), 1 / self.clusters, device=device)
        return {MEMORY: {"centres": centres, "shares": shares, "discriminator": held}}

    def latents(self, latent: Tensor, code: Tensor | None, game: Game) -> tuple[Tensor, Tensor | None]:
        uniform = game.uniform("self-conditioned", (len(latent),))
        return latent, clusters_at(uniform, game.memory[MEMORY]["shares"])

    def codes(self, code: Tensor, batch: Batch, game: Game) -> Tensor:
        memory = game.memory[MEMORY]
        played = {**game.constrained, "discriminator": memory["discriminator"]}  # as it was clustered with
        paper = replace(game.without_side_effects(), constrained=played, buffers={**game.buffers, "discriminator": {}})
        return nearest(uncoded_features(batch.x, paper), memory["centres"])

    def inputs(self, x: Tensor, of: Sample, game: Game) -> Tensor:
        assert of.code is not None
        pack = len(of.code) // len(x)
        codes = one_hot(of.code[: pack * len(x)], self.clusters)
        return join(x, codes.reshape(len(x), pack, self.clusters).mean(1))

    @torch.no_grad()
    def refresh(self, state: State, look: Look) -> State:
        batch, game = look.data(self.rows), look.game
        features = uncoded_features(batch.x, game)
        if not features.isfinite().all():
            return state  # this seed has diverged; the others go on
        if look.step == 0:
            source = torch.Generator().manual_seed(look.source.initial_seed())
            centres, label = kmeans(features, self.clusters, source)
        else:
            centres, label = cluster_again(features, self.codes(batch.y, batch, game), self.clusters)
        shares = torch.bincount(label, minlength=self.clusters) / len(label)
        held = {**game.buffers["discriminator"], **game.constrained_weights("discriminator")}
        return state.remember(MEMORY, {"centres": centres.float(), "shares": shares, "discriminator": held})

    def sampler(self, inner: Sampler) -> Sampler:
        return ClusterSampler(inner)


class ConditionalGenerator(nn.Module):
    """(z (n, size), code (n,)) -> samples: a learned vector for each code is added to z."""

    def __init__(self, generator: nn.Module, codes: int, size: int) -> None:
        super().__init__()
        self.generator = generator
        self.shift = nn.Parameter(torch.randn(codes, size))

    def forward(self, z: Tensor, code: Tensor) -> Tensor:
        samples: Tensor = self.generator(z + one_hot(code, len(self.shift)) @ self.shift)
        return samples


class ClusterSampler(Sampler):
    """Codes as often as real samples have them."""

    def latents(self, kept: Kept, count: int, source: torch.Generator) -> tuple[Tensor, Tensor | None]:
        latent, _ = self.inner.latents(kept, count, source)
        uniform = torch.rand(count, generator=source, device=source.device)
        return latent, clusters_at(uniform, kept.memory[MEMORY]["shares"])


def width_of(discriminator: Params) -> int:
    """Numbers that the last layer is given for a sample."""
    return [weight for weight in discriminator.values() if weight.dim() > 1][-1][0].numel()


def uncoded_features(x: Tensor, game: Game) -> Tensor:
    """(n, width) the discriminator's features in evaluation mode, of samples without a code."""
    nobody = torch.full((len(x),), -1, device=x.device)
    with evaluation_mode(game.players.discriminator):
        seen = game.see(Sample(x, None, nobody, real=True))
        if (pack := len(x) // len(seen)) > 1:
            seen = game.see(Sample(x.repeat_interleave(pack, 0), None, nobody.repeat(pack), real=True))
        return game.features(seen).detach()


@contextmanager
def evaluation_mode(module: nn.Module) -> Iterator[None]:
    """In here a module is in evaluation mode, afterwards as it was."""
    modes = {part: part.training for part in module.modules()}
    module.eval()
    try:
        yield
    finally:
        for part, training in modes.items():
            part.training = training


def nearest(features: Tensor, centres: Tensor) -> Tensor:
    """(n,) the nearest of centres (k, width)."""
    return (centres.square().sum(1) - 2 * features @ centres.mT).argmin(1)


def clusters_at(uniform: Tensor, shares: Tensor) -> Tensor:
    """(n,) clusters in proportion to their shares (k,), from numbers uniform on [0, 1)."""
    return (uniform[:, None] >= shares.cumsum(0)[:-1]).sum(1)


def cluster_again(features: Tensor, before: Tensor, k: int) -> tuple[Tensor, Tensor]:
    """k-means from the clusters (n,) of before, and each of the new clusters numbered as the old one it is most of."""
    means = [features[before == i] for i in range(k)]
    first = next(rows.mean(0) for rows in means if len(rows))
    start = torch.stack([rows.mean(0) if len(rows) else first for rows in means])
    centres, label = kmeans_from(features, start)
    shared = torch.bincount(before * k + label, minlength=k * k).reshape(k, k)
    order = torch.as_tensor(linear_sum_assignment(shared.cpu(), maximize=True)[1], device=label.device)
    return centres[order], order.argsort()[label]
