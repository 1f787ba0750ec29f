from __future__ import annotations

import pytest
import torch

from gancheck.errors import BadData
from gancheck.evaluation.view import View
from gancheck.metrics.authenticity import authenticity, copies, memorisation


def points(n: int, d: int, seed: int) -> torch.Tensor:
    return torch.randn(n, d, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def view(n: int = 300, d: int = 2, seed: int = 0, samples: torch.Tensor | None = None) -> View:
    fake, held_out, train = (points(n, d, 3 * seed + i) for i in range(3))
    return View(fake if samples is None else samples, held_out, train=train)


def test_a_perfect_generator_is_as_near_to_either_set():
    found = [memorisation(view(200, 2, i)) for i in range(100)]
    values = torch.stack([f.value for f in found])
    assert abs(values.mean() - 0.5) < 4 * values.std() / 10
    assert sum(bool(f.low <= 0.5 <= f.high) for f in found) >= 90


@pytest.mark.parametrize("sizes", [(200, 1000), (1000, 200)])
def test_a_larger_set_does_not_attract_more_samples(sizes: tuple[int, int]):
    values = [
        float(
            memorisation(
                View(points(200, 2, 3 * i), points(sizes[0], 2, 3 * i + 1), train=points(sizes[1], 2, 3 * i + 2))
            )
        )
        for i in range(30)
    ]
    assert sum(values) / 30 == pytest.approx(0.5, abs=0.03)


def test_a_memoriser_is_at_one_and_leaked_held_out_data_at_zero():
    real = view()
    assert memorisation(View(real.train.x + 1e-6, real.real, train=real.train)).value == 1
    assert memorisation(View(real.real + 1e-6, real.real, train=real.train)).value == 0


def test_a_tie_counts_half():
    train, held_out = torch.tensor([[1.0, 0.0], [0.0, 9.0]]), torch.tensor([[-1.0, 0.0], [0.0, -9.0]])
    assert memorisation(View(torch.zeros(4, 2), held_out, train=train)).value == 0.5


def test_samples_around_one_training_sample_are_one_piece_of_evidence():
    real = view()
    one = memorisation(View(real.train.x[:1].repeat(300, 1), real.real, train=real.train))
    assert one.value == 1
    assert one.low < 0.25


def test_authenticity_agrees_with_full_distance_matrices():
    real = view(120, 5)
    between = torch.cdist(real.train.x, real.train.x).fill_diagonal_(torch.inf).amin(1)
    distance, index = torch.cdist(real.fake, real.train.x).min(1)
    assert authenticity(real).value == (between[index] < distance).double().mean()


def test_authenticity_of_a_perfect_generator_on_a_line_is_a_third():
    uniform = [torch.rand(300, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(i)) for i in range(60)]
    values = torch.stack([authenticity(View(u[:, :1], u[:1, :1], train=u[:, 1:])).value for u in uniform])
    assert abs(values.mean() - 1 / 3) < 4 * values.std() / 60**0.5


def test_copies_are_not_authentic_not_even_of_repeated_data():
    real = view()
    assert authenticity(View(real.train.x, real.real, train=real.train)).value == 0
    twice = real.train.x.repeat(2, 1)
    assert authenticity(View(real.train.x, real.real, train=twice)).value == 0


def test_a_fifth_of_copies_is_seen_as_a_fifth():
    real = view(1000, 10)
    samples = torch.cat([real.train.x[:200] + 1e-6, real.fake[:800]])
    found = copies(View(samples, real.real, train=real.train))
    assert float(found) == pytest.approx(0.2 + 0.8 * 0.01, abs=0.01)
    assert found.low > 0.15


def test_copies_of_a_perfect_generator_are_one_in_a_hundred():
    values = torch.stack([copies(view(150, 3, i)).value for i in range(100)])
    assert abs(values.mean() - 1 / 151) < 4 * values.std() / 10


def test_without_training_data_or_with_a_single_training_sample_there_is_no_answer():
    with pytest.raises(BadData, match="give the training data"):
        copies(View(points(9, 2, 0), points(9, 2, 1)))
    with pytest.raises(BadData, match="at least 2 training samples"):
        authenticity(View(points(9, 2, 0), points(9, 2, 1), train=points(1, 2, 2)))
