"""Which detectors watch: by preset, or by names with parameters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gancheck.detectors.alarms import AlarmTracker
from gancheck.detectors.base import Detector
from gancheck.detectors.signals import LEVELS, Level, level_of
from gancheck.errors import BadParameter, UnknownName, did_you_mean
from gancheck.plugins import parameters
from gancheck.plugins.registry import Registry


def track(asked: str | Iterable[str], registry: Registry) -> AlarmTracker:
    """A tracker of detectors: a preset ("cheap", "standard", "full"), or names such as
    `"plateau(blocks=50), nonfinite"`, a preset among them, whose detectors keep the parameters
    that are named beside it. UnknownName and BadParameter say what is wrong."""
    texts = parameters.split_outside_brackets(asked, ",") if isinstance(asked, str) else list(asked)
    built: dict[str, Detector] = {}
    limits: dict[str, Level] = {}
    for text in filter(None, texts):
        name, values = parameters.parse_call(text)
        if name in LEVELS:
            refuse_parameters(name, values)
            limits = dict.fromkeys(preset(name, registry), name) | limits
            built = {each: registry.entry("detector", each).build() for each in preset(name, registry)} | built
        else:
            refuse_unknown_name(name, registry)
            limits[name] = LEVELS[-1]
            built[name] = registry.entry("detector", name).build(**values)
    if not built:
        raise BadParameter("no detector is asked for; name a preset (cheap, standard, full) or detectors")
    facts = {name: registry.entry("detector", name).info.properties for name in built}
    needs = {name: tuple(fact["needs"]) for name, fact in facts.items()}
    explains = {name: tuple(fact["explains"]) for name, fact in facts.items()}
    reads = {name: within(limits[name], fact.get("reads", ())) for name, fact in facts.items()}
    return AlarmTracker(built, needs, explains, reads)


def within(level: Level, signals: Iterable[str]) -> tuple[str, ...]:
    """Those of some signals that are measured in a preset."""
    return tuple(s for s in signals if LEVELS.index(level_of((s,))) <= LEVELS.index(level))


def refuse_unknown_name(name: str, registry: Registry) -> None:
    """UnknownName for what is neither a preset nor a detector."""
    names = registry.names("detector")
    if name not in names:
        hint = did_you_mean(name, [*LEVELS, *names])
        known = f"(presets: {', '.join(LEVELS)}; gancheck list detectors)"
        raise UnknownName(f"unknown detector '{name}'.{hint} {known}")


def refuse_parameters(level: str, values: Mapping[str, Any]) -> None:
    """BadParameter for a preset with parameters: they are its detectors' own."""
    if values:
        raise BadParameter(f"{level} takes no parameters; name the detector beside it: '{level}, plateau(...)'")


def preset(level: str, registry: Registry) -> list[str]:
    """Names of a preset's detectors."""
    levels = LEVELS[: LEVELS.index(level) + 1]
    names = registry.names("detector")
    return [n for n in names if level_of(tuple(registry.entry("detector", n).info.properties["needs"])) in levels]
