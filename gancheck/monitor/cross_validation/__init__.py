"""One training function on several splits of the data, each under a monitor of its own."""
