"""What an agent notes when a conversation is over: why it was, what was done, and what is still to do."""
