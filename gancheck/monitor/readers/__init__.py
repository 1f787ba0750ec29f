"""What others wrote about a training, read as observations: one file a format."""
