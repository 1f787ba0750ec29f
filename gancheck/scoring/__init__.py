"""`gancheck score`: evidence, checks, and the verdict."""
