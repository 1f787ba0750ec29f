from __future__ import annotations

import pytest
import torch

from gancheck.datasets.mixtures.ring import Ring
from gancheck.gans.noise import Noise, NoiseRecorder, NoiseRequest
from gancheck.numerics.seeding import generator
from gancheck.training.streams import AHEAD, LONGEST, ExtendedStream, Stream, noise_stream, normal, uniform

CPU = torch.device("cpu")


def stream(seeds: tuple[int, ...] = (0, 1), purpose: str = "latent", rows: int = 3, size: int = 8) -> Stream:
    return Stream(normal((2,)), rows, size, seeds, purpose, CPU)


def test_any_draw_can_be_made_without_those_before_it() -> None:
    forward = stream()
    draws = [forward.next() for _ in range(3 * LONGEST["cpu"])]
    for k in (150, 3, 64, 63, 127, 128, 0, 191):
        jumping = stream()
        jumping.position = k
        assert jumping.next().equal(draws[k])
    forward.position = 5  # and back again in one stream
    assert forward.next().equal(draws[5])
    assert forward.next().equal(draws[6])


def test_draws_of_a_seed_do_not_depend_on_the_seeds_beside_it() -> None:
    alone, beside = stream((4,)), stream((9, 4, 7))
    for _ in range(LONGEST["cpu"] + 2):
        assert alone.next()[0].equal(beside.next()[1])


def test_no_two_draws_are_alike() -> None:
    drawn = [stream((0, 1), purpose) for purpose in ("data", "latent")]
    numbers = torch.cat([s.next().flatten() for s in drawn for _ in range(2 * LONGEST["cpu"])])
    assert len(numbers.unique()) > 0.999 * len(numbers)  # float32 repeats itself by chance now and then


def test_blocks_shrink_with_the_size_of_a_draw() -> None:
    assert stream(rows=3, size=8).length == LONGEST["cpu"]
    assert stream(rows=1, size=AHEAD // 10).length == 10
    huge = stream(rows=1, size=2 * AHEAD)
    assert huge.length == 1
    assert not huge.next().equal(huge.next())


def test_a_draw_may_have_several_parts() -> None:
    batches = Stream(Ring().draw, 5, 24, (0, 1), "data", CPU)
    batch = batches.next()
    assert batch.x.shape == (2, 5, 2)
    assert batch.y.shape == batch.index.shape == (2, 5)
    whole = Ring().draw(5 * batches.length, generator(CPU, 1, "data", 0))
    assert batch.x[1].equal(whole.x[:5])
    assert batches.next().x[1].equal(whole.x[5:10])


def test_a_wider_stream_gives_the_usual_rows_first_and_jumps_as_a_whole() -> None:
    usual, wide = stream(rows=3), ExtendedStream(stream(rows=3), stream(purpose="latent/more", rows=2))
    draws = [wide.next() for _ in range(4)]
    for draw in draws:
        assert draw.shape == (2, 5, 2)
        assert draw[:, :3].equal(usual.next())
    wide.position = 1
    assert wide.next().equal(draws[1])
    assert wide.position == 2


def test_uniform_draws_fill_the_unit_interval() -> None:
    u = uniform((4,))(20_000, generator(CPU, "u"))
    assert u.shape == (20_000, 4)
    assert (u >= 0).all()
    assert (u < 1).all()
    assert u.mean().item() == pytest.approx(0.5, abs=0.01)
    assert u.var().item() == pytest.approx(1 / 12, rel=0.02)


def test_asking_twice_under_one_name_gives_two_tensors() -> None:
    recorder = NoiseRecorder({})
    for wish in (NoiseRequest("normal", (4, 2)), NoiseRequest("uniform", (4,)), NoiseRequest("normal", ())):
        recorder.take("mix", wish)
    assert recorder.requests == {
        "mix#1": NoiseRequest("normal", (4, 2)),
        "mix#2": NoiseRequest("uniform", (4,)),
        "mix#3": NoiseRequest("normal", ()),
    }
    drawn = {t: noise_stream(t, w, "discriminator", (0, 1), CPU).next()[:, 0] for t, w in recorder.requests.items()}
    assert [tuple(t.shape) for t in drawn.values()] == [(2, 4, 2), (2, 4), (2,)]
    noise = Noise({ticket: tensor[0] for ticket, tensor in drawn.items()})
    first, second = noise.take("mix", NoiseRequest("normal", (4, 2))), noise.take("mix", NoiseRequest("uniform", (4,)))
    assert first.equal(drawn["mix#1"][0])
    assert second.equal(drawn["mix#2"][0])


def test_noise_of_a_hook_differs_by_phase_and_name() -> None:
    wish = NoiseRequest("normal", (3,))
    one = noise_stream("mix#1", wish, "discriminator", (0,), CPU).next()
    for other in (("mix#1", "generator"), ("mix#2", "discriminator"), ("blur#1", "discriminator")):
        assert not one.equal(noise_stream(other[0], wish, other[1], (0,), CPU).next())
