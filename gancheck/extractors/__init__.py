"""Extractors: what turns images into the features in which samples are compared."""
