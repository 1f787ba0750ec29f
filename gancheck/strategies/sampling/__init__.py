"""Strategies that change how samples are drawn from what was trained."""
