"""Codes that prove an address: sent there through the outbox, typed in the conversation that asked for them."""
