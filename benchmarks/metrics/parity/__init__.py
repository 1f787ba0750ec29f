"""Are the metrics those of other libraries? `python -m benchmarks.metrics.parity` looks."""
