"""The way out of every answer, of the assistant and of people alike.

What is in the outbox is leased, sent, tried again or given up, and what platforms tell of it is kept.
"""
