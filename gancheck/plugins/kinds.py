"""The kinds of plug-ins: the one table that a further kind is added to.

The rest goes by the kind's name: `gancheck.<name>` is its decorator, `gancheck/testing/<name>.py` its contract,
`gancheck/cli/templates/<name>.py` what `gancheck new <name>` writes.
"""

from __future__ import annotations

from dataclasses import dataclass

from gancheck.errors import UnknownName, did_you_mean


@dataclass(frozen=True)
class Kind:
    """One kind of plug-in."""

    name: str  #: as in `gancheck new strategy`
    plural: str  #: as in `gancheck list strategies`
    package: str = ""  #: whose modules hold the built-in ones; empty: they are in `models/`
    reserved: tuple[str, ...] = ()  #: names that mean something else on a board or in an option
    use: str = ""  #: what to type behind `gancheck` to use the plug-in {name} of {file}


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "gan",
            "gans",
            use="run quick --with {file} --only gan={name}",
        ),
        Kind(
            "strategy",
            "strategies",
            "gancheck.strategies",
            reserved=("real", "memoriser", "blanket"),
            use="run quick --with {file} --only strategy=none,{name}",
        ),
        Kind(
            "dataset",
            "datasets",
            "gancheck.datasets",
            use="run quick --with {file} --only dataset={name}",
        ),
        Kind(
            "metric",
            "metrics",
            "gancheck.metrics",
            reserved=("held", "all", "usual", "core"),
            use="score samples.npy --dataset ring8 --with {file} --metrics {name}",
        ),
        Kind(
            "detector",
            "detectors",
            "gancheck.detectors",
            use="diagnose run.jsonl --with {file} --detectors {name}  # a trace: gc.watch(..., trace='run.jsonl')",
        ),
        Kind(
            "extractor",
            "extractors",
            "gancheck.extractors",
            reserved=("auto",),
            use="score made/ --reference real/ --with {file} --features {name}",
        ),
    )
}


#: What is asked for by another name, and where it is.
ALSO_CALLED = {"model": " A model without a discriminator is a gan that derives from gancheck.Model: take gan."}


def kind_named(name: str) -> Kind:
    """The kind of this name, or UnknownName with the nearest one."""
    if name not in KINDS:
        hint = ALSO_CALLED.get(name) or did_you_mean(name, KINDS)
        raise UnknownName(f"unknown kind of plug-in '{name}'.{hint} Take one of {', '.join(KINDS)}")
    return KINDS[name]
