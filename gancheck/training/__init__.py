"""The training loop. It knows no strategy by name."""
