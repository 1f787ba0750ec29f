"""Which columns of a table are compared: what is no feature is left out by a stated rule, and said."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gancheck.errors import BadData, did_you_mean
from gancheck.loading.column_facts import LABELS, ColumnFacts, commonest_words
from gancheck.loading.raw import join_names
from gancheck.loading.schema import Column, Schema
from gancheck.loading.table import PLAIN, Table, column_key
from gancheck.loading.words import as_words

SURE = ("labels", "label", "class")  #: names that say nothing but labels
CLASSES = 20  #: different values that a column of labels may have, or the square root of the rows
SURELY = 10  #: rows a class, on average, that allow more of them under a sure name
COUNTING = 50  #: rows from which whole numbers without a gap or repeat are row numbers
MOST_MISSING = 0.5  #: share of a column's cells beyond which it is left out
SAVED = re.compile(r"|(unnamed: \d+(\.\d+)*)|__index_level_\d+__", re.IGNORECASE)  #: pandas names row labels so
WRITTEN = re.compile(r"level_\d+|index", re.IGNORECASE)
ID = re.compile(r"(^|[_ .-])(id|uuid|guid|idx|index|key|rowid)$", re.IGNORECASE)
CAMEL = re.compile(r"[a-z](Id|ID)$")

Facts = Mapping[str, ColumnFacts]


@dataclass(frozen=True)
class Choice:
    """Which of a table's columns are compared, and what to say of it."""

    schema: Schema
    own: tuple[str, ...]  #: the table's name of each column of the schema
    label: str | None  #: the table's column of labels
    notes: tuple[str, ...]


def choose_columns(table: Table, facts: Facts, modes: str | None) -> Choice:
    """The columns of a table that is read on its own: a reference, or samples beside a known dataset."""
    if not any(fact.rows for fact in facts.values()):
        raise BadData(f"{table.name} holds no samples")
    label = label_column(facts, modes, table.name)
    reasons = {name: why for name, fact in facts.items() if name != label and (why := reason_to_leave(fact, table))}
    used = [name for name in facts if name not in reasons and (name != label or modes is not None)]
    refuse_nested([facts[name] for name in used], table.name)
    if not used:
        left = f" ({'; '.join(say_left_out(reasons))})" if reasons else ""
        raise BadData(f"{table.name} has no column of numbers or categories{left}; {PLAIN}")
    columns = tuple(Column(name, facts[name].categories or mode_names(table, facts, name, modes)) for name in used)
    notes = (*say_left_out(reasons), *say_label(facts, label), *say_used(columns), *warn_of_ids(facts, used))
    return Choice(Schema(columns, tuple(facts), table.named, label), tuple(used), label, notes)


def mode_names(table: Table, facts: Facts, name: str, modes: str | None) -> tuple[str, ...]:
    """The categories of a column of numbers that holds the modes: compared too, since the generator makes them."""
    if modes is None or name != named_column(modes, facts, table.name):
        return ()
    return commonest_words(table.frame, as_words(name, facts[name].dtype))


def reason_to_leave(fact: ColumnFacts, table: Table) -> str | None:
    """Why a column is no feature, if it is none."""
    if fact.name in table.index or (table.named and is_index(fact)):
        return "row numbers"
    if fact.missing == fact.rows:
        return "empty"
    if fact.missing > MOST_MISSING * fact.rows:
        return "more than half missing"
    if fact.all_different and table.named and is_id_name(fact.name):
        return "ids, all different"
    if fact.counts_rows and fact.rows >= COUNTING:
        return "whole numbers without a gap or repeat: row numbers"
    if fact.is_dates:
        return "dates: turn them into numbers to have them compared"
    if fact.is_words:
        return "words, nearly all different"
    return None


def is_index(fact: ColumnFacts) -> bool:
    """Whether a column is the row labels that a library saved beside the data."""
    name = fact.name.strip()
    return (bool(SAVED.fullmatch(name)) and not fact.fractions) or (
        bool(WRITTEN.fullmatch(name)) and fact.all_different
    )


def is_id_name(name: str) -> bool:
    """Whether a column is called an id."""
    return bool(ID.search(name.strip()) or CAMEL.search(name.strip()))


def label_column(facts: Facts, modes: str | None, table: str) -> str | None:
    """The column that the user names; else one called label and the like that holds classes."""
    if modes is not None:
        return named_column(modes, facts, table)
    keys = {column_key(name): name for name in facts}
    for key in LABELS:
        if key in keys and holds_classes(facts[keys[key]], key) and not (key == "y" and "x" in keys):
            return keys[key]
    return None


def named_column(modes: str, facts: Facts, table: str) -> str:
    """The column whose categories are the modes."""
    found = modes if modes in facts else {column_key(name): name for name in facts}.get(column_key(modes))
    if found is None:
        near = did_you_mean(modes, facts)
        raise BadData(f"{table} has no column '{modes}' for the modes; it has {join_names(list(facts))}.{near}")
    if facts[found].fractions:
        raise BadData(f"{table}: column '{found}' holds fractions; modes are words, whole numbers or true and false")
    return found


def holds_classes(fact: ColumnFacts, key: str) -> bool:
    """Whether a column of this name has few enough different values, none with a fraction, to be labels."""
    plain = not fact.fractions and not fact.nested and fact.missing < fact.rows
    if fact.negative and key not in SURE:
        return False
    return plain and fact.distinct <= most_classes(fact.rows, key)


def most_classes(rows: int, key: str) -> float:
    """Different values beyond which a column of this name is none of labels: 20, or the square root of the rows."""
    return max(CLASSES, math.sqrt(rows), rows / SURELY if key in SURE else 0)


def refuse_nested(facts: Iterable[ColumnFacts], table: str) -> None:
    """BadData for columns of lists and the like, by name."""
    wrong = [f"'{fact.name[:40]}'" for fact in facts if fact.nested]
    if wrong:
        what = "column " if len(wrong) == 1 else "columns "
        raise BadData(f"{table}: {what}{join_names(wrong)} not numeric, nor words; give one number a cell, or drop it")


def say_left_out(reasons: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each reason."""
    whys = dict.fromkeys(reasons.values())
    named = {why: [f"'{name}'" for name, reason in reasons.items() if reason == why] for why in whys}
    return tuple(f"column{'s' * (len(n) > 1)} {join_names(n)} left out ({why})" for why, n in named.items())


def say_label(facts: Facts, label: str | None) -> tuple[str, ...]:
    """Why a column that is called like labels is none."""
    keys = {column_key(name): name for name in facts}
    passed = [keys[key] for key in LABELS if key in keys and keys[key] != label and label is None]
    return tuple(
        f"column '{name}' read as a coordinate: {why_no_label(facts[name])}"
        for name in passed
        if not (column_key(name) == "y" and "x" in keys)
    )


def why_no_label(fact: ColumnFacts) -> str:
    """What keeps it from being labels."""
    if fact.fractions or fact.negative:
        return "it holds fractions" if fact.fractions else "it holds negative numbers"
    return f"{fact.distinct:,} different values are too many for labels; --modes {fact.name} makes it the labels"


def say_used(columns: tuple[Column, ...]) -> tuple[str, ...]:
    """Which columns are compared, and which of them are words."""
    words = [f"'{column.name}' ({len(column.categories)})" for column in columns if column.categories]
    used = f"columns compared: {join_names([column.name for column in columns])}"
    return (used, f"a column of 0 and 1 for each category of {join_names(words)}") if words else (used,)


def warn_of_ids(facts: Facts, used: Iterable[str]) -> tuple[str, ...]:
    """A word on columns that are compared, and look like ids."""
    like = [f"'{n}'" for n in used if is_id_name(n) or (facts[n].rising and facts[n].rows >= COUNTING)]
    return (f"{join_names(like)} may be ids or times rather than features: drop them if so",) if like else ()
