"""What the author of a GAN or a strategy sees: players, the game, settings."""
