"""Detectors of what is wrong with data: what is trained on, and what is generated."""
