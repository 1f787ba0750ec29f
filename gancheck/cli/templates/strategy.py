"""The strategy my-plugin: one-sided label smoothing, from a paper that tried it against overconfidence.

Salimans et al., "Improved techniques for training GANs", NeurIPS 2016. Name your own paper here in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

import gancheck as gc


@gc.strategy("my-plugin", family="regulariser")
@dataclass(frozen=True)
class MyPlugin(gc.Strategy):
    """Real samples get the target 1 - smoothing instead of 1, so that the discriminator never becomes too sure.

    `gancheck list strategies` shows the line above. The fields below are the parameters: `my-plugin(smoothing=0.2)`
    sets one. Strategies are joined by a plus sign, as in `r1+my-plugin`.

    A strategy is a few hooks that gancheck calls in every step. Each is a pure function of tensors: no `if` on a
    tensor's value, no `.item()`, and random numbers only from `game.normal(...)` and `game.uniform(...)`, because
    several seeds are trained together. Override what you need:

    - `discriminator_loss`, `generator_loss`: change a player's loss, as below
    - `inputs`: change what the discriminator sees of samples, real and generated alike
    - `constrain`: change the weights that a player plays with, as spectral normalisation does
    - `gradients`, `after_update`: change the gradients before the optimisers use them, or the weights after
    - `settings`: change learning rates, the batch, or the discriminator's steps
    - `prepare`: wrap the networks, or add one; `helper_loss` trains one that shares no other's loss
    - `memory`, `after_step`: remember something from step to step, such as a running mean of the weights
    - `evaluation_weights`, `sampler`: change what is evaluated, and how samples are drawn
    - `study`, `refresh`: plain Python before the training, and between its steps
    - `supports`: say why a GAN or data cannot be treated

    `help(gc.Strategy)` has all hooks. `family` is "objective" where a strategy makes the losses itself and does not
    only add to them; a recipe has one objective. `gancheck.testing.game` lays one game open, so that a loss is compared
    with the paper's formula in three lines, as the test beside this file does.
    """

    smoothing: float = 0.1  #: how much the target of real samples lies below 1

    def __post_init__(self) -> None:
        if not 0 <= self.smoothing < 1:
            raise gc.BadParameter(f"smoothing = {self.smoothing} must lie in [0, 1)")

    def discriminator_loss(self, loss: Tensor, game: gc.Game) -> Tensor:
        """The discriminator's loss, a scalar, from what the strategies before this one made of it.

        `game` holds everything else: `game.real` and `game.fake` (n, *shape) are what the discriminator sees,
        `game.real_logits` and `game.fake_logits` (n,) what it says of them, high for real, without bounds.
        `game.batch` is the real batch itself, `game.samples` what the generator made, `game.progress` the share of
        the training that is done, and `game.input_gradient(x)` the slope of the logits at samples. See help(gc.Game).
        """
        # Cross entropy with the target 1 - s is cross entropy with the target 1, plus s times the logit.
        return loss + self.smoothing * game.real_logits.mean()
