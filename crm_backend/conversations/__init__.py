"""Conversations, messages, turns and the outbox."""
