"""Equal tuning: every recipe gets as many trials, on seeds that are never ranked."""
