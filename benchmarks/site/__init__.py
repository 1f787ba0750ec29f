"""The pages as a site: what mkdocs is told beyond mkdocs.yml."""
