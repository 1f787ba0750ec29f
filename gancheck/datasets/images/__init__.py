"""Images with known modes."""
