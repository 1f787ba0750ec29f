"""Do the statistics hold? False wins, power, stability, coverage, and what ranks depend on, from stored runs."""
