"""Strategies that choose the training samples, or find groups in them."""
