"""The monitor inside the loops of other libraries."""
