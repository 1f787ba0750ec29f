"""Detectors of the game between generator and discriminator."""
