"""Samples and training data are read like the reference: its columns, by name, in its order."""

from __future__ import annotations

from dataclasses import replace

from gancheck.errors import BadData
from gancheck.loading.column_facts import ColumnFacts
from gancheck.loading.columns import Choice, Facts, choose_columns, reason_to_leave
from gancheck.loading.options import ReadOptions
from gancheck.loading.raw import Raw, join_names
from gancheck.loading.samples import Samples
from gancheck.loading.schema import Schema
from gancheck.loading.table import Table, column_key
from gancheck.system.counts import say_count


def match_columns(table: Table, facts: Facts, schema: Schema) -> Choice:
    """The columns of the reference, found in another table."""
    by_name = table.named and schema.named
    own = match_by_name(table, facts, schema) if by_name else match_by_position(table, facts, schema)
    refuse_words(table, schema, [facts[name] for name in own])
    label = find_label(facts, schema, own) if by_name else None
    notes = (*say_rest(facts, schema, own, label), *say_order(own, facts)) if by_name else (say_position(table),)
    return Choice(schema, own, label, notes)


def match_by_name(table: Table, facts: Facts, schema: Schema) -> tuple[str, ...]:
    """The table's own names of the schema's columns; BadData where one is missing."""
    keys = {column_key(name): name for name in facts}
    found = {c.name: c.name if c.name in facts else keys.get(column_key(c.name)) for c in schema.used}
    missing = [f"'{name}'" for name, own in found.items() if own is None]
    if missing:
        columns = f"column {missing[0]}" if len(missing) == 1 else f"columns {join_names(missing)}"
        raise BadData(
            f"{table.name} has no {columns}, which the reference has; it has {join_names(list(facts))}. Name its "
            "columns as the reference's are, or drop these from the reference"
        )
    return tuple(own for own in found.values() if own is not None)


def match_by_position(table: Table, facts: Facts, schema: Schema) -> tuple[str, ...]:
    """The same without names: all columns are there, or just those that are compared."""
    every = tuple(facts)
    if len(every) == len(schema.every):
        return tuple(every[schema.every.index(column.name)] for column in schema.used)
    features = tuple(name for name in every if reason_to_leave(facts[name], table) is None)
    for own in (every, features, choose_columns(table, facts, None).own):
        if len(own) == len(schema.used):
            return own
    raise BadData(
        f"{table.name} has {say_count(len(every), 'column')}, the reference {len(schema.every)}, of which "
        f"{len(schema.used)} are compared, and without names on both sides they go by position; give both a header"
    )


def refuse_words(table: Table, schema: Schema, facts: list[ColumnFacts]) -> None:
    """BadData where a column of numbers holds words here."""
    for column, fact in zip(schema.used, facts, strict=True):
        if not column.categories and (fact.is_text or fact.nested or fact.dtype.is_temporal()):
            words = f", such as '{fact.categories[0][:40]}'" if fact.categories else ""
            raise BadData(
                f"{table.name}: column '{fact.name}' holds {'words' if fact.is_text else fact.dtype}{words}; in the "
                "reference it holds numbers"
            )


def find_label(facts: Facts, schema: Schema, own: tuple[str, ...]) -> str | None:
    """The reference's column of labels, where the table has it too."""
    keys = {column_key(name): name for name in facts if name not in own}
    return None if schema.label is None else keys.get(column_key(schema.label))


def say_rest(facts: Facts, schema: Schema, own: tuple[str, ...], label: str | None) -> tuple[str, ...]:
    """What is left out, beyond what the reference leaves out too."""
    known = {column_key(name) for name in schema.every}
    extra = [f"'{n}'" for n in facts if n not in own and n != label and column_key(n) not in known]
    named = f"columns matched by name: {join_names(own)}"
    return (named, f"{join_names(extra)} left out: the reference has no such column") if extra else (named,)


def say_order(own: tuple[str, ...], facts: Facts) -> tuple[str, ...]:
    """That columns were in another order."""
    before = tuple(name for name in facts if name in own)
    return (f"columns brought into the reference's order; they were {join_names(before)}",) if before != own else ()


def say_position(table: Table) -> str:
    """Why names were no help."""
    return f"columns matched by position: {'the reference' if table.named else table.name} has no names for them"


def refuse_modes(raw: Raw, options: ReadOptions) -> None:
    """BadData where a column is to hold the modes of what has no columns."""
    if options.modes is not None and raw.schema is None:
        raise BadData(f"{raw.name} is no table: it has no column '{options.modes}' for the modes; give --labels")


def name_coordinates(samples: Samples, like: Samples) -> Samples:
    """Points without names, where the reference has them, or the other way round: by position, and said so.

    BadData where their numbers differ.
    """
    if samples.kind != "points" or bool(samples.columns) == bool(like.columns):
        return samples
    if samples.shape != like.shape:
        names = f", which is compared by {join_names(like.columns)}" if like.columns else ""
        raise BadData(
            f"{samples.name} has {say_count(samples.shape[0], 'column')}, the reference {like.shape[0]}{names}; "
            "without names on both sides they go by position: give both as tables, or both as arrays of as many columns"
        )
    unnamed = samples.name if like.columns else "the reference"
    notes = (*samples.notes, f"columns matched by position: {unnamed} has no names for them")
    return replace(samples, columns=like.columns or samples.columns, notes=tuple(dict.fromkeys(notes)))
