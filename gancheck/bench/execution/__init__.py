"""Where cells are worked on: in processes of this machine, or elsewhere."""
