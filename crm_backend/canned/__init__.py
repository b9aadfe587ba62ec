"""Replies that agents need often, written once."""
