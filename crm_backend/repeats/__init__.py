"""Repeating oneself: what customers are asked, or say, that was known already."""
