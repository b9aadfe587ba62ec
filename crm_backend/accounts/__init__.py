"""Accounts on the platforms where customers write: their settings, and how they fare."""
