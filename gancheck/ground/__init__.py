"""The ground truth that samples are held against: a dataset's own modes, or those found in a reference."""
