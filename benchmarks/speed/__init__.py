"""Speed of gancheck against its peers and against the obvious way, as ratios in one run: `make speed`."""
