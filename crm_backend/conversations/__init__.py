"""Conversations, messages, turns and the outbox.

What every room stands on lies here: the tables, the values that cross the border, and `stream`, where messages get
their numbers. The rooms follow a message: `receiving`, `thinking`, `waiting` and `handing_over` for a person, `desk`,
`sending`; and `reading`, which only looks. Who may know whom stands in pyproject.toml.
"""
