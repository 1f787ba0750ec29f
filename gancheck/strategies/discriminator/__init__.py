"""Strategies that change what the discriminator sees or is."""
