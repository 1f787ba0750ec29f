"""What is measured of a model, of its samples and of what is logged."""
