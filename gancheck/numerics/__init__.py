"""Arithmetic that knows nothing of GANs: distances, kernels, moments, random streams."""
