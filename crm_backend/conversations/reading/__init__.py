"""Conversations as they are read: by the desk in lists and one by one, by customers, by programs."""
