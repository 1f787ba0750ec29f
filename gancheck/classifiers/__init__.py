"""The digit classifier that ships with gancheck, and how it is trained."""
