"""Judges: small shipped networks that say which mode an image belongs to and how far out it lies."""
