"""A person's data as files, and the nightly end to keeping."""
