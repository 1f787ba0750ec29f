"""Random tensors for hooks: asked for by name, recorded once, handed out in the order of asking."""

from __future__ import annotations

import pytest
import torch

from gancheck.gans.noise import Noise, NoiseRecorder, NoiseRequest


def test_a_name_asked_for_again_gets_another_tensor() -> None:
    one, two = torch.zeros(3), torch.ones(3)
    noise = Noise({"mix#1": one, "mix#2": two})
    wish = NoiseRequest("normal", (3,))
    assert noise.take("mix", wish) is not noise.take("mix", wish)
    with pytest.raises(KeyError, match="mix#3"):
        noise.take("mix", wish)


def test_names_are_counted_apart_and_shapes_are_those_asked_for() -> None:
    noise = Noise({"mix#1": torch.arange(6.0), "blur#1": torch.arange(2.0)})
    assert noise.take("mix", NoiseRequest("uniform", (2, 3))).tolist() == [[0, 1, 2], [3, 4, 5]]
    assert noise.take("blur", NoiseRequest("normal", (2,))).tolist() == [0, 1]


def test_a_recorder_writes_wishes_down_and_answers_with_draws() -> None:
    recorder = NoiseRecorder({})
    answers = [recorder.take("mix", NoiseRequest("uniform", shape)) for shape in ((2, 3), ())]
    assert [tuple(answer.shape) for answer in answers] == [(2, 3), ()]
    again = [recorder.again().take("mix", NoiseRequest("uniform", (2, 3))) for _ in range(2)]
    assert all(answer.equal(answers[0]) for answer in again)  # one name at one place, one answer
    assert ((answers[0] >= 0) & (answers[0] < 1)).all()
    assert len(set(answers[0].flatten().tolist())) == 6
    assert recorder.requests == {"mix#1": NoiseRequest("uniform", (2, 3)), "mix#2": NoiseRequest("uniform", ())}
