"""Built-in detectors, one file each; the catalogue finds them by looking into this folder."""
