"""Which detectors name which cause, by what they say they are about; written down before any run was judged."""

from __future__ import annotations

#: The causes that scenarios have, and names of gancheck's detectors that are right about it. The first cause that a
#: detector stands in is what it is taken to say where it is wrong.
CAUSES: dict[str, tuple[str, ...]] = {
    "not finite": ("nonfinite",),
    "divergence": ("divergence", "exploding-gradients", "rate-too-high", "nonfinite", "loss-spike"),
    "loss spike": ("loss-spike", "divergence", "exploding-gradients"),
    "rate too high": ("rate-too-high", "divergence", "exploding-gradients", "loss-spike", "nonfinite"),
    "rate too low": ("rate-too-low", "stuck", "underfitting"),
    "noisy gradient": ("gradient-noise",),
    "initialisation": ("poor-initialisation", "stuck", "vanishing-gradients", "dead-units"),
    "exploding": ("exploding-gradients", "saturated-units", "poor-initialisation", "unsuited-activation", "divergence"),
    "dead units": ("dead-units", "poor-initialisation", "unsuited-activation"),
    "vanishing gradients": ("vanishing-gradients", "unsuited-activation", "poor-initialisation", "stuck"),
    "overfitting": ("overfitting",),
    "underfitting": ("underfitting", "stuck"),
    "update bug": ("frozen-parameter", "missing-zero-grad", "detached-graph"),
    "imbalanced labels": ("label-imbalance",),
    "input range": ("input-range",),
    "performance drop": ("performance-drop", "divergence", "overfitting", "loss-spike"),
    "noise scale": ("score-drop", "intra-mode-collapse", "diversity-drop", "partial-collapse"),
    "discriminator wins": ("discriminator-wins",),
    "discriminator too weak": ("discriminator-too-weak",),
    "collapse": ("diversity-drop", "partial-collapse", "cycling", "intra-mode-collapse", "score-drop"),
    "rotation": ("rotation", "game-eigenvalues"),
    "lost modes": ("partial-collapse", "diversity-drop"),
    "cycling": ("cycling", "partial-collapse"),
    "intra-mode collapse": ("intra-mode-collapse",),
    "memorisation": ("memorisation",),
    "repeated samples": ("duplicates", "memorisation"),
}
NOTHING = "nothing wrong"
OTHER = "something else"


def causes_of(detector: str) -> tuple[str, ...]:
    """All causes that this detector is right about."""
    return tuple(cause for cause, detectors in CAUSES.items() if detector in detectors)
