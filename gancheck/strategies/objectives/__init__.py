"""Strategies that define both players' losses."""
