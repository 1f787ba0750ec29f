"""Plug-ins: what they say about themselves, their parameters, and the registry that finds them."""
