"""Shops that people can go to: where they are, when they are open, what is done there."""
