"""One file: numbers inside a script, policy, and what is refused."""

from __future__ import annotations

import json

import pytest

from gancheck.report.html.page import embed, hash_of, render, source


def test_texts_inside_numbers_cannot_end_the_script_and_stay_what_they_are() -> None:
    hostile = {"name": "</script><!-- & \u2028"}
    text = str(embed(hostile))
    assert not set(text) & set("<>&\u2028")
    assert json.loads(text) == hostile


def test_not_a_number_is_refused() -> None:
    with pytest.raises(ValueError):
        embed({"score": float("nan")})


def test_policy_names_the_script_that_is_in_the_page() -> None:
    page = render("base.html", {}, ("table.js",))
    assert hash_of(source("dom.js") + source("table.js")) in page
