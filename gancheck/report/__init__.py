"""Tables and pictures of results; every function draws one thing from plain arrays and rows."""
