"""Words that conversations are sorted by, the same for the whole company."""
