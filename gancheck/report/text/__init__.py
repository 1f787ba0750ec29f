"""Tables and lines for terminals and files."""
