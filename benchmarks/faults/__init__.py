"""What becomes of a results folder when things go wrong: `python -m benchmarks.faults`."""
