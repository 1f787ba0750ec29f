"""Short hashes: of canonical JSON, and of nothing that JSON cannot hold."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from gancheck.errors import GancheckError
from gancheck.system.digest import digest


def test_the_digest_is_that_of_canonical_json() -> None:
    text = '{"a":{"c":[1,2.5,"x"],"d":null},"b":true}'
    assert digest({"b": True, "a": {"d": None, "c": [1, 2.5, "x"]}}) == hashlib.sha256(text.encode()).hexdigest()[:16]


@pytest.mark.parametrize("value", [float("inf"), float("nan"), object(), np.zeros(2)])
def test_what_json_cannot_hold_has_no_digest(value: object) -> None:
    with pytest.raises(GancheckError, match="must be numbers"):
        digest({"gamma": value})


def test_a_set_has_one_digest_whatever_its_order() -> None:
    listed = digest({"names": ["a", "b", "c"]})
    assert digest({"names": {"c", "a", "b"}}) == digest({"names": {"b", "c", "a"}}) == listed
