"""Products on a GPU are those of float32 unless TF32 was asked for, and a process's settings come back."""

from __future__ import annotations

import pytest
import torch

from gancheck.system.arithmetic import arithmetic


def settings() -> tuple[bool, bool]:
    """Whether convolutions and products may be rounded."""
    return torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision() != "highest"


def test_factors_keep_their_digits_unless_tf32_was_asked_for() -> None:
    before = settings()
    with arithmetic():
        assert settings() == (False, False)
        with arithmetic("tf32"):
            assert settings() == (True, True)
        assert settings() == (False, False)
    assert settings() == before


def test_an_error_leaves_the_settings_as_they_were() -> None:
    before = settings()
    with pytest.raises(ZeroDivisionError), arithmetic("tf32"):
        1 / 0  # noqa: B018
    assert settings() == before
