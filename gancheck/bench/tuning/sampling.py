"""Which values a trial takes: drawn at random, on a grid, or where earlier trials were good (TPE).

Bergstra et al., "Algorithms for hyper-parameter optimization", NeurIPS 2011 (tpe); Bergstra & Bengio, "Random search
for hyper-parameter optimization", JMLR 2012. Every trial has a random stream of its own, so that a study which was
stopped goes on as if it had not been.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gancheck.bench.tuning.recipe_space import RecipeSpace, Values
from gancheck.errors import Unsupported
from gancheck.numerics.seeding import key
from gancheck.strategies.search_space import Choice, Linear, Log, Space

if TYPE_CHECKING:
    from optuna.distributions import BaseDistribution
    from optuna.samplers import BaseSampler

SamplerName = Literal["tpe", "random", "grid"]
RANDOM_FIRST = 5  #: trials before TPE looks at what was good


def optuna_module() -> Any:
    """Optuna, silent; Unsupported where it is not installed."""
    try:
        import optuna
    except ImportError as error:
        raise Unsupported("tuning needs Optuna: pip install 'gancheck[tune]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna


def sampler_of(name: SamplerName, seed: int, recipe: str, trial: int) -> BaseSampler:
    """The sampler of one trial; of "grid", whose values are given, one that is not asked."""
    samplers, own = optuna_module().samplers, key("tuning", seed, recipe, trial) % 2**32
    tpe = {"n_startup_trials": RANDOM_FIRST} if name == "tpe" else {}
    made: BaseSampler = (samplers.TPESampler if tpe else samplers.RandomSampler)(seed=own, **tpe)
    return made


def distribution(space: Space) -> BaseDistribution:
    """A space in Optuna's words."""
    distributions = optuna_module().distributions
    drawn: BaseDistribution
    if isinstance(space, Choice):
        drawn = distributions.CategoricalDistribution(space.values)
    else:
        assert isinstance(space, Linear)
        drawn = distributions.FloatDistribution(space.low, space.high, log=isinstance(space, Log))
    return drawn


def grid_point(space: RecipeSpace, trials: int, seed: int, number: int) -> Values:
    """The values of a trial on a grid: as few levels as give enough points, in an order drawn once; where there are not
    enough, as with nothing but a few choices, they come again."""
    axes: list[list[Any]] = []
    for levels in range(2, max(trials, 2) + 1):
        axes = [one.levels(levels) for one in space.spaces.values()]
        if prod(map(len, axes)) >= trials:
            break
    order = np.random.default_rng(key("tuning", seed, space.recipe, -1)).permutation(prod(map(len, axes)))
    points = list(product(*axes))
    return dict(zip(space.spaces, points[order[number % len(points)]], strict=True))
