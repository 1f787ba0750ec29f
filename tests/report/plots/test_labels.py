from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from gancheck.report.plots.labels import fit_labels

RATES = "learning-rates(generator=0.563, discriminator=3.13)"


def test_names_that_fit_stay_as_they_are() -> None:
    names = ["none", "pacgan(m=3)", "rpgan+r1r2(gamma=0.1)"]
    assert fit_labels(names) == dict(zip(names, names, strict=True))


def test_parameters_of_a_tuned_recipe_are_left_out_the_last_ones_first() -> None:
    names = [f"r1(gamma=0.2)+{RATES}", f"instance-noise(sigma=0.985)+{RATES}", RATES]
    assert list(fit_labels(names).values()) == [
        "r1(gamma=0.2)+learning-rates(…)",
        "instance-noise(…)+learning-rates(…)",
        "learning-rates(…)",
    ]


def test_recipes_that_differ_in_what_is_left_out_are_numbered() -> None:
    names = ["none", RATES, RATES.replace("0.563", "0.1")]
    assert list(fit_labels(names).values()) == ["none", "learning-rates(…) [2]", "learning-rates(…) [3]"]


@given(st.lists(st.text(alphabet="abr1+(=.)…- []", max_size=90), max_size=20))
def test_labels_fit_and_every_name_has_its_own(names: list[str]) -> None:
    labels = fit_labels(names, room=30)
    assert set(labels) == set(names)
    assert all(len(label) <= 30 for label in labels.values())
    assert len(set(labels.values())) == len(labels)
