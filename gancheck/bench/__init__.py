"""Rank recipes: suites, their runs, the store, and the leaderboard made of it."""
