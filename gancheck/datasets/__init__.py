"""Built-in datasets, one noun a file; the catalogue finds them by scanning this folder."""
