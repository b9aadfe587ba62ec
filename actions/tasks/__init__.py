"""Finishing a customer's business: what a topic declares, and what carries it from one message to the next."""
