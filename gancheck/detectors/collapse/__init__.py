"""Detectors of mode collapse."""
