"""Strategies that hold a player back: a term added to its loss, or a bound on its weights."""
