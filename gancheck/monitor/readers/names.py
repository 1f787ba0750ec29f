"""What others call a signal: `train/loss`, `loss_g`, `eval_accuracy`, `lr`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from gancheck.detectors.directions import is_better_higher, is_better_lower
from gancheck.detectors.signals import SIGNALS

CAMEL = re.compile(r"(?<=[a-z])(?=[GD]$|Loss|Acc)")  #: lossG, valLoss
BETWEEN = " - "  #: a run's name and a column's, as W&B exports them
EXTREMES = ("__MIN", "__MAX")  #: columns of W&B's beside the one that they are of
#: What StyleGAN logs under "Loss" and is none; regularisers may rise in a healthy training.
STYLEGAN = {
    "Loss/scores/real": "real_logit",
    "Loss/scores/fake": "fake_logit",
    "Loss/signs/real": "real_sign",
    **dict.fromkeys(("Loss/signs/fake", "Loss/G/reg", "Loss/D/reg", "Loss/r1_penalty", "Loss/pl_penalty"), ""),
}
HELD_OUT = {"val", "valid", "validation", "eval", "test", "dev"}
TRAINING = {"train", "training", "tr"}
VAGUE = {"total", "avg", "mean", "running", "smoothed", "batch", "step", "epoch", "scalar", "loop", "metrics", "1"}
PLAYERS = {
    **dict.fromkeys(("g", "gen", "generator", "netg"), "generator"),
    **dict.fromkeys(("d", "dis", "disc", "discriminator", "critic", "netd"), "discriminator"),
}
PROBABILITIES = {"d", "x", "g", "z"}  #: D(x), D(G(z))
ACCURACY = {"acc", "accuracy", "top1", "acc1"}
#: Words in names of numbers that say nothing of how well it goes.
ASIDE = re.compile(
    r"time(stamp)?|secs?|seconds?|ms|runtime|eta|elapsed|wall|date|lag|speed|throughput|fps|per|flops?|flos|memory|mem"
    r"|gpu|cpu|rank|seed|epochs?|steps?|iters?|iterations?|it|batch|samples?|tokens?|progress|percent|size|count|num"
    r"|index|id|version|beta|momentum|wd|decay|temperature"
)
OF_A_GAME = PLAYERS.keys() | {"real", "fake"}  #: how sure a player is: `real_score`, `acc_d`
GRADIENT = {"grad", "gradient", "gradients", "gnorm"}


def signals_of(names: Iterable[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Column -> signal; and of the columns that are left out, why. Where two are the same signal the first counts, but
    single steps go before means of an epoch."""
    found: dict[str, str] = {}
    left: dict[str, str] = {}
    taken: set[str] = set()
    for name in sorted(names, key=lambda name: "epoch" in words(name)):
        signal = signal_of(name)
        if not signal:
            left[name] = why_left(name)
        elif signal in taken:
            left[name] = f"another is {signal} already"
        else:
            found[name] = signal
            taken.add(signal)
    return found, left


def signal_of(name: str) -> str:
    """The signal of a column; empty where it is none."""
    name = without_run(name).strip()
    known = SIGNALS.get(name)
    if known and known.name != "loss_block":
        return "" if known.per_layer else known.name
    if name.endswith(EXTREMES) or name in STYLEGAN:
        return STYLEGAN.get(name, "")
    said = words(name)
    if {"learning", "rate"} <= said or "lr" in said:
        return "learning_rate"
    if ({"norm"} < said and said & GRADIENT) or "gnorm" in said:
        return gradient(said)
    if "loss" in said or (said & {"err"} and said & PLAYERS.keys()):
        return loss(name, said)
    if said & ACCURACY and not said & OF_A_GAME:
        rest = said - ACCURACY - VAGUE - TRAINING
        return "accuracy" if not rest else "metric_val_accuracy" if rest <= HELD_OUT else f"metric_{spelt(name)}"
    is_score = is_better_higher(name) or is_better_higher(spelt(name))
    return f"metric_{spelt(name)}" if is_score and not some(said, ASIDE) and not said & OF_A_GAME else ""


def without_run(name: str) -> str:
    """A column's name without that of its run, unless this is nothing but what the column is of, as in `G - loss`."""
    run, _, column = name.rpartition(BETWEEN)
    sides = HELD_OUT | TRAINING | {"set", "data"}
    telling = PLAYERS.keys() if words(column) & sides else PLAYERS.keys() | sides
    return name if words(run) <= telling else column


def why_left(name: str) -> str:
    """Why a column is none; empty for what is no measure of a training's success."""
    name = without_run(name).strip()
    said = words(name)
    if name.endswith(EXTREMES) or name in SIGNALS or name in STYLEGAN:
        return ""
    if said & GRADIENT or some(said, ASIDE) or said <= TRAINING | PROBABILITIES:
        return ""
    is_lower = is_better_lower(name) or is_better_lower(spelt(name))
    return "better lower, and a metric is better higher" if is_lower else "not known to be better higher"


def loss(name: str, said: set[str]) -> str:
    """Which loss it is."""
    rest = said - {"loss", "err"} - VAGUE - TRAINING
    kept = [word for word in ordered(name) if word in rest - HELD_OUT]
    player = PLAYERS.get("".join(kept), "_".join(kept))
    start = "val_" if rest & HELD_OUT else ""
    return f"{start}{player}_loss" if player else f"{start}loss"


def gradient(said: set[str]) -> str:
    """Whose gradient it is the norm of; empty for that of one layer."""
    rest = said - GRADIENT - {"norm", "l2", "2", "0"} - VAGUE - TRAINING
    players = {PLAYERS[word] for word in rest if word in PLAYERS}
    if not rest:
        return "gradient_norm"
    return f"{players.pop()}_gradient" if len(rest) == 1 and players else ""


def some(said: set[str], kind: re.Pattern[str]) -> bool:
    """Whether one of the words is of a kind."""
    return any(kind.fullmatch(word) for word in said)


def words(name: str) -> set[str]:
    """The words in a name, in lower case."""
    return set(ordered(name))


def ordered(name: str) -> list[str]:
    """The same in their order."""
    return re.findall(r"[a-z0-9]+", CAMEL.sub("_", name).lower())


def spelt(name: str) -> str:
    """A name as signals are spelt."""
    kept = [word for word in ordered(name) if word not in TRAINING]
    return "_".join("val" if word in HELD_OUT else word for word in kept)
