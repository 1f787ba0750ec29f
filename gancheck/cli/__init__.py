"""The commands of `gancheck`, one file each; imported only when they are called."""
