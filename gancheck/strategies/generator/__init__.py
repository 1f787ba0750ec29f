"""Strategies that change the generator: its latents, its branches."""
