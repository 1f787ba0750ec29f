"""Broken and hostile files: whatever gancheck reads from outside gives a result or one clear line."""
