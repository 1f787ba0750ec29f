"""Built-in metrics: every module of this folder may define some."""
