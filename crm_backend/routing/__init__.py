"""Queues: who waits, for how long, for whom."""
