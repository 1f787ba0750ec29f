"""Shares of the modes where labels were chosen: what was asked for, rather than what real data has."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from gancheck.evaluation.view import View
from gancheck.loading.raw import join_names
from gancheck.scoring.checks.imbalanced import MARGIN, departure, departure_of_counts
from gancheck.scoring.class_evidence import ClassEvidence
from gancheck.scoring.evidence import Evidence, percent

SHOWN = 3  #: classes whose shares are told


def ask_shares(evidence: Evidence, classes: ClassEvidence) -> Evidence:
    """The evidence with the shares that the labels ask for, where these are surely not real data's.

    A mode's real share is multiplied by how much more often than in real data its classes were asked for. Classes that
    nobody asked for keep their share: what they hold is missing. The real samples behind the shares are then worth as
    many as Kish's design effect leaves of them.
    """
    if not differ(evidence, classes):
        return evidence
    weights = evidence.weights * factors(evidence, classes)[: len(evidence.weights)]
    weights = weights / weights.sum()
    modes = replace(evidence.modes, weights=weights)
    view = View(evidence.view.samples, modes=modes, yardstick=evidence.view.yardstick)
    return replace(evidence, view=view, counted=worth(evidence, weights), shares_asked=True)


def differ(evidence: Evidence, classes: ClassEvidence) -> bool:
    """Whether the labels that were asked for are surely spread otherwise than real ones, by half of what counts."""
    asked = (classes.counts > 0) & (classes.all_real_counts > 0)
    if int(asked.sum()) < 2:
        return False
    if evidence.counted is None:
        found = departure(evidence, classes.counts, asked)
    else:
        found = departure_of_counts(classes.counts[asked], classes.all_real_counts[asked])
    return found.low > MARGIN / 2


def real_shares(evidence: Evidence, classes: ClassEvidence) -> Tensor:
    """(C,) of the classes: those of the modes where these are known, else as counted."""
    return evidence.weights if evidence.counted is None else classes.all_real_counts / classes.all_real_counts.sum()


def factors(evidence: Evidence, classes: ClassEvidence) -> Tensor:
    """(K,) how much more often than in real data samples of a mode were asked for, over the classes found in it."""
    real, asked = real_shares(evidence, classes), classes.counts > 0
    part = torch.where(asked, classes.counts / classes.counts.sum() * real[asked].sum(), real)
    more = torch.where(real > 0, part / real.clamp_min(1e-12), 1.0)
    found = classes.real_looks.sum(0)
    mixture = classes.real_looks / found.clamp_min(1)
    return torch.where(found > 0, (mixture * more[:, None]).sum(0), more[: len(found)])


def worth(evidence: Evidence, weights: Tensor) -> Tensor | None:
    """(K,) the real samples that the new shares are worth; None where shares are known."""
    if evidence.counted is None:
        return None
    ratio = weights / evidence.weights
    return weights * float(evidence.counted.sum() / (evidence.weights * ratio.square()).sum())


def describe_shares(evidence: Evidence, classes: ClassEvidence) -> list[str]:
    """A note where labels are spread otherwise than real ones."""
    if not differ(evidence, classes):
        return []
    own, real = classes.counts / classes.counts.sum(), real_shares(evidence, classes)
    order = (own - real).abs().argsort(descending=True).tolist()
    pairs = [f"class {classes.names[k]} {percent(float(own[k]))} for {percent(float(real[k]))}" for k in order[:SHOWN]]
    return [
        f"their labels are not spread as real ones ({join_names(pairs)}): shares of modes are judged by what was asked "
        "for; if the generator chose the labels, leave them out"
    ]
