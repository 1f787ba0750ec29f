"""What the pages on concepts show, measured: `python -m benchmarks.concepts`."""
