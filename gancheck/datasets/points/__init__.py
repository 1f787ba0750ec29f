"""Points that users bring."""
