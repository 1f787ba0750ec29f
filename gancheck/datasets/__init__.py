"""Built-in datasets, one noun a file; the registry finds them by scanning this folder."""
