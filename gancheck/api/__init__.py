"""What Python users call, with progress on standard error where that is a terminal."""
