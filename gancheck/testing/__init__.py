"""The plug-in contract, for authors and for this project's own tests."""
