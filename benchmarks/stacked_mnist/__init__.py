"""Stacked MNIST: the papers' rows beside runs of our own, never sorted among them."""
