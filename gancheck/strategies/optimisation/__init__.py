"""Strategies that change how the players are optimised."""
