from __future__ import annotations

import inspect
import json
import math
import re
from pathlib import Path

import pytest

import gancheck as gc
from gancheck.detectors.alarms import AlarmTracker, causes_first
from gancheck.detectors.base import SEVERITIES
from gancheck.detectors.remembered import parameters_of
from gancheck.detectors.signals import SIGNALS, is_known
from gancheck.errors import BadPlugin
from gancheck.plugins.registry import Registry

REGISTRY = Registry.load()
#: All detectors there are to be: whatever one says that it explains is among these.
NAMES = {
    *("nonfinite", "divergence", "loss-spike", "plateau", "stuck", "overfitting", "underfitting", "performance-drop"),
    *("rate-too-high", "rate-too-low", "vanishing-gradients", "exploding-gradients", "gradient-noise", "dead-units"),
    *("saturated-units", "poor-initialisation", "unsuited-activation", "frozen-parameter", "missing-zero-grad"),
    *("detached-graph", "saddle", "sharpness", "wrong-gradient", "discriminator-wins", "discriminator-too-weak"),
    *("rotation", "duality-gap", "game-eigenvalues", "discriminator-overfitting", "diversity-drop"),
    *("partial-collapse", "cycling", "intra-mode-collapse", "spectral-collapse", "score-drop", "memorisation"),
    *("duplicates", "label-imbalance", "input-range"),
}


def alarm(**changes: object) -> gc.Alarm:
    facts = {"detector": "notes", "step": 1200, "severity": "warning", "statistic": 2.5, "threshold": 1.0}
    return gc.Alarm(**(facts | {"evidence": "it rose"} | changes))  # type: ignore[arg-type]


def test_a_reading_is_suspicious_beyond_its_threshold_on_either_side() -> None:
    assert gc.Reading(2.0, 1.0).is_suspicious
    assert not gc.Reading(1.0, 1.0).is_suspicious
    assert gc.Reading(0.5, 1.0, below=True).excess == 0.5
    assert not gc.Reading(2.0, 1.0, below=True).is_suspicious


def test_a_reading_that_is_no_number_is_not_suspicious() -> None:
    assert not gc.Reading(math.nan, 1.0).is_suspicious
    assert gc.Reading(math.inf, 1.0).is_suspicious
    assert not gc.Reading(math.inf, 1.0, below=True).is_suspicious


def test_an_alarm_says_everything_in_one_go() -> None:
    said = alarm(cause="a rate too high", advice="a lower one", where="layer 2").sentence
    assert said == (
        "step 1,200: notes in layer 2 (warning, 2.5 against 1): it rose. Likely: a rate too high. Try: a lower one."
    )


def test_an_alarm_that_follows_from_another_names_it_instead() -> None:
    said = alarm(cause="a rate too high", advice="a lower one", part_of="divergence").sentence
    assert said.endswith("it rose. Follows from divergence.")


def test_an_alarm_is_a_row_of_json_and_can_end() -> None:
    over = alarm().ends(1300)
    assert gc.Alarm(**json.loads(json.dumps(over.row()))) == over
    assert over.recovered == 1300


@pytest.mark.parametrize("name", REGISTRY.names("detector"))
def test_a_detector_is_in_the_folder_of_its_family_and_needs_known_signals(name: str) -> None:
    entry = REGISTRY.entry("detector", name)
    facts = entry.info.properties
    assert Path(inspect.getfile(entry.thing)).parent.name == facts["family"]
    assert [need for need in facts["needs"] if not is_known(need)] == []
    assert set(facts["explains"]) <= NAMES | set(REGISTRY.names("detector")) - {name}


@pytest.mark.parametrize("name", REGISTRY.names("detector"))
def test_a_detector_says_what_is_wrong_likely_causes_and_what_to_try(name: str) -> None:
    kind = REGISTRY.entry("detector", name).thing
    assert kind.__doc__
    assert kind.cause
    assert kind.advice
    assert not any(text.endswith(".") or "\n" in text for text in (kind.cause, kind.advice))
    assert kind.patience >= 1
    assert kind.severity in SEVERITIES


def test_a_severity_that_there_is_not_is_refused_where_the_detector_is_defined() -> None:
    own = type("Own", (gc.Detector,), {"severity": "Warnings"})
    said = "there is no 'Warnings': the severity of detector 'own' is one of notice, warning, fatal. Did you mean"
    with pytest.raises(BadPlugin, match=re.escape(said)):
        gc.detector("own", needs=("loss",))(own)


def test_no_two_detectors_explain_each_other() -> None:
    facts = {name: REGISTRY.entry("detector", name).info.properties["explains"] for name in REGISTRY.names("detector")}
    assert not [(a, b) for a, explained in facts.items() for b in explained if a in facts.get(b, ())]
    order = causes_first(facts, facts)
    assert order.index("rate-too-high") < order.index("divergence") < order.index("nonfinite")


def test_no_detector_minds_what_is_missing_or_no_number() -> None:
    tracker = AlarmTracker({name: REGISTRY.build("detector", name) for name in REGISTRY.names("detector")})
    for step, value in enumerate([math.nan, math.inf, -math.inf, 0.0, -1.0, 1e30, -1e30, 1e-308] * 40, start=1):
        numbers = {s.name: value for s in SIGNALS.values() if not s.per_layer and (step + len(s.name)) % 3}
        layers = {s.name: {"0": value, "1": -value} for s in SIGNALS.values() if s.per_layer and step % 2}
        tracker.update(gc.Observation(step // 2, numbers, layers))  # steps repeat
    assert tracker.failed == {}


def test_no_detector_changes_its_own_parameters() -> None:
    fresh = {name: REGISTRY.build("detector", name) for name in REGISTRY.names("detector")}
    used = AlarmTracker({name: REGISTRY.build("detector", name) for name in fresh})
    for step in range(1, 200):
        numbers = {s.name: 1.0 + step % 7 for s in SIGNALS.values() if not s.per_layer}
        used.update(gc.Observation(step, numbers, {s.name: {"0": 0.5} for s in SIGNALS.values() if s.per_layer}))
    assert [n for n in fresh if parameters_of(fresh[n]) != parameters_of(used.detectors[n])] == []
