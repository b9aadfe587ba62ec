"""Asking customers how it was: on which channels, how long after, in which words, and how often at most."""
