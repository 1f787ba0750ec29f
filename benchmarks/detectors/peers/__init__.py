"""Rules of other tools, written from their published definitions, over the same numbers."""
