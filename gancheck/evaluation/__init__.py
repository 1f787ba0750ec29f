"""What metrics are computed on: samples beside real data, and its modes."""
