"""What `gancheck doctor` looks at, one file a subject."""
