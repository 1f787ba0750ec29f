"""The contract of a detector."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from itertools import pairwise

from gancheck.detectors.alarms import AlarmTracker, acts_on
from gancheck.detectors.base import SEVERITIES, Detector, Reading
from gancheck.detectors.loss_blocks import ENDING, LossBlocks
from gancheck.detectors.observation import Observation
from gancheck.detectors.remembered import remembered, restore
from gancheck.detectors.replay import replay
from gancheck.detectors.signals import SIGNALS, is_known
from gancheck.errors import BadPlugin, did_you_mean, refuse_unknown
from gancheck.plugins.entry import PluginEntry
from gancheck.plugins.registry import Registry
from gancheck.testing.require import require

STEPS = 400
LAYERS = tuple(f"layer {n}" for n in range(1, 9))
#: Where signals of a healthy training lie, if not around 1/2.
USUAL = {
    **dict.fromkeys(("learning_rate", "update_ratio"), 1e-3),
    **dict.fromkeys(("mode_gap", "mode_drift", "frechet", "duality_gap"), 0.02),
    **dict.fromkeys(("gradient_cosine", "path_turns"), 0.1),
    **dict.fromkeys(("diversity", "modes_held", "near_distance", "activation_spread", "input_deviation"), 1.0),
    **dict.fromkeys(("negative_curvature", "game_growth", "fake_logit"), -0.5),
    "coverage": 0.9,
    "label_count": 2000.0,
}
#: Numbers that count a fault: zero in a healthy training.
FAULTS = (
    "mode_shares",
    "copies",
    "repeats",
    "unmoved",
    "no_gradient",
    "dead_units",
    "saturated_units",
    "gradient_error",
)
LOSSES = ("loss", "loss_block")  #: how names of losses end, which may be a user's own
ALWAYS = ("loss", "accuracy")  #: what every training has, beside what is asked for
FALL = 30  #: steps in which a healthy loss falls
Course = Callable[[int], float]  #: a signal's mean at a step, as a multiple of the steady one
#: What a detector is shown; it must read something of at least one.
COURSES: dict[str, Course] = {
    "steady": lambda step: 1.0,
    "rising": lambda step: 1 + step / 20,
    "falling": lambda step: math.exp(-step / 60),
    "spiking": lambda step: 1.0 if step % 50 else 30.0,
}


def check_detector(entry: PluginEntry, registry: Registry) -> list[str]:
    """It is silent on steady noise, survives NaN, absent signals and repeated steps, starts afresh, goes on from what
    it remembered, and reads something."""
    made, facts = entry.build(), entry.info.properties
    require(isinstance(made, Detector), "must derive from gancheck.Detector")
    refuse_unknown_signals("needs", facts["needs"])
    refuse_unknown_signals("reads", [name for name in facts["reads"] if "*" not in name and not name.endswith(LOSSES)])
    asked = (*facts["needs"], *(name for pattern in facts["reads"] for name in names_that_fit(pattern)))
    refuse_unknown(str(made.severity), SEVERITIES, "severity", BadPlugin)
    require(bool(made.cause and made.advice), "says no cause or no advice: set both as class attributes")
    refuse_unshown(made, asked)
    steady = shown(asked, COURSES["steady"])
    readings = {name: read(made, shown(asked, way)) for name, way in COURSES.items()}
    refuse_alarm(made, steady)
    again = repr(read(made, steady))  # as text, since NaN is not equal to itself
    require(repr(readings["steady"]) == again, "remembers an earlier run: forget everything in start()")
    refuse_forgetting(entry, asked)
    for rough in (damaged(steady, math.nan), damaged(steady, math.inf), repeated(steady), sparse(steady)):
        read(made, rough)
    given = {name: sum(r is not None for r in found) for name, found in readings.items()}
    require(any(given.values()), f"it never gave a reading of {', '.join(COURSES)} numbers in {STEPS} steps")
    finite = any(math.isfinite(r.statistic) for found in readings.values() for r in found if r is not None)
    require(finite, "its statistic is never a finite number: are its signals spelt as in needs, or as in reads?")
    return ["silent on steady noise", f"reads {', '.join(name for name, count in given.items() if count)} numbers"]


def refuse_unknown_signals(verb: str, names: Sequence[str]) -> None:
    """BadPlugin for a signal that no training gives."""
    known = ", ".join(SIGNALS)
    for name in names:
        hint = did_you_mean(name, SIGNALS)
        require(is_known(name), f"{verb} the signal '{name}', which no training has.{hint} There are: {known}")


def names_that_fit(pattern: str) -> Iterator[str]:
    """What a pattern such as `metric_*` stands for: the signals of the table that it fits, and one of a user's own; of
    a name, that name."""
    yield from (name for name in SIGNALS if fnmatchcase(name, pattern))
    yield pattern.replace("*", "own")


def refuse_unshown(made: Detector, asked: Sequence[str]) -> None:
    """BadPlugin where a detector does something at a step without any signal that it says it acts on."""
    if not made.acts_on:
        return
    others = [name for name in dict.fromkeys((*SIGNALS, *asked)) if not acts_on(made, [name])]
    made.start()
    before = repr(remembered(made))
    for seen in course(others, COURSES["rising"], (), STEPS // 10):
        found = made.update(seen)
        same = found is None and repr(remembered(made)) == before
        require(same, f"acts on more than {', '.join(made.acts_on)}: name every signal in acts_on, or leave it empty")


def refuse_alarm(made: Detector, steady: Sequence[Observation]) -> None:
    """BadPlugin where it raises an alarm on steady noise, or an exception."""
    tracker = replay(AlarmTracker({"it": made}), steady)
    require(not tracker.failed, f"raises {tracker.failed.get('it')}")
    first = tracker.alarms[0] if tracker.alarms else None
    require(first is None, f"raises an alarm on steady noise, at step {first.step if first else 0}")


def read(made: Detector, seen: Sequence[Observation]) -> list[Reading | None]:
    """A detector's readings of a run; BadPlugin where an answer is none, or it takes none."""
    made.start()
    return [reading_of(made, one) for one in seen]


def reading_of(made: Detector, seen: Observation) -> Reading | None:
    """A detector's reading of one step."""
    found = made.update(seen)
    kind = type(found).__name__
    require(found is None or isinstance(found, Reading), f"update() gave {kind}: give a gancheck.Reading or None")
    if found is not None:
        numbers = all(isinstance(v, int | float) for v in (found.statistic, found.threshold))
        require(numbers, "a reading's statistic and threshold are plain numbers")
    return found


def refuse_forgetting(entry: PluginEntry, asked: Sequence[str]) -> None:
    """BadPlugin where a run that is taken up from what was remembered in its middle goes on differently."""
    for name, way in COURSES.items():
        seen, one, other = shown(asked, way), entry.build(), entry.build()
        read(one, seen[: STEPS // 2])
        other.start()
        try:
            kept = json.loads(json.dumps(remembered(one)))
        except TypeError as error:
            require(False, f"remembers what is no number, text, list or dictionary: {error}")
        restore(other, kept)
        same = all(repr(reading_of(one, s)) == repr(reading_of(other, s)) for s in seen[STEPS // 2 :])
        require(same, f"forgets: taken up in the middle of {name} numbers it goes on differently; keep all in fields")


def shown(asked: Sequence[str], way: Course) -> list[Observation]:
    """A course as a tracker shows it: with the means of losses."""
    blocks = LossBlocks()
    return [blocks.add(one) for one in course([*map(given_for, asked)], way)]


def given_for(signal: str) -> str:
    """What a training gives for a signal to be there: of the means of a loss, the loss."""
    return signal.removesuffix(ENDING) if signal.endswith("loss_block") else signal


def course(
    asked: Sequence[str], way: Course, always: tuple[str, ...] = ALWAYS, steps: int = STEPS
) -> Iterator[Observation]:
    """Noise around a course, of every signal that is asked for, and of what every training has."""
    source = random.Random(0)
    names = dict.fromkeys((*asked, *always))
    for step in range(1, steps + 1):
        numbers = {n: noisy(n, step, way, source) for n in names if not per_layer(n)}
        layers = {n: {layer: noisy(n, step, way, source) for layer in LAYERS} for n in names if per_layer(n)}
        yield Observation(step, numbers, layers)


def noisy(name: str, step: int, way: Course, source: random.Random) -> float:
    """One number: a tenth of noise around its usual size, on a course. Losses fall first."""
    if name in FAULTS:
        return max(0.0, way(step) - 1) * 0.1
    start = 1 + 4 * math.exp(-step / FALL) if name.endswith("loss") else 1.0
    return USUAL.get(name, 0.5) * start * way(step) * (1 + 0.1 * source.gauss(0, 1))


def per_layer(name: str) -> bool:
    """Whether every layer has this signal."""
    return name in SIGNALS and SIGNALS[name].per_layer


def damaged(seen: Sequence[Observation], value: float) -> list[Observation]:
    """Every third step with numbers that are not finite."""

    def spoilt(one: Observation) -> Observation:
        layers = {name: dict.fromkeys(values, value) for name, values in one.layers.items()}
        return Observation(one.step, dict.fromkeys(one.numbers, value), layers)

    return [spoilt(one) if one.step % 3 == 0 else one for one in seen]


def repeated(seen: Sequence[Observation]) -> list[Observation]:
    """Every step twice, and some that go back."""
    return [one for before, after in pairwise(seen) for one in (before, after, before)]


def sparse(seen: Sequence[Observation]) -> list[Observation]:
    """One signal absent in turn, and steps at which nothing was measured."""

    def less(one: Observation) -> Observation:
        gone = list(one.names())[one.step % len(list(one.names()))]
        layers = {name: values for name, values in one.layers.items() if name != gone}
        return Observation(one.step, {name: v for name, v in one.numbers.items() if name != gone}, layers)

    return [less(one) if one.step % 4 else Observation(one.step) for one in seen]
