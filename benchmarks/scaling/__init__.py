"""What a cluster costs: `python -m benchmarks.scaling`."""
