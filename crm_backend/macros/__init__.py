"""Several things that an agent does in a conversation with one key."""
