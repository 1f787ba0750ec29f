"""The real data that samples are compared with: a dataset's own modes, or those found in a reference."""
