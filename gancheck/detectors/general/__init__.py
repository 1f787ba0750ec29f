"""Detectors that suit any training."""
