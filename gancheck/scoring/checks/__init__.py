"""One file for each verdict."""
