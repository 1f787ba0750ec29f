"""Are the strategies those of other repositories? `python -m benchmarks.strategies.parity --peers FOLDER` looks."""
