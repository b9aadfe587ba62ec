"""Articles as files: what other help centres export, and what goes out to be read elsewhere."""
